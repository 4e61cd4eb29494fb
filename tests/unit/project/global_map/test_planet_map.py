"""All masks as one map: who is drawn, who is left out, and what is said of each."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from PIL import Image

from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.maps.color import crater_color
from ejmap_geo.rasters import raster
from ejmap_project.artefact import Artefact
from ejmap_project.files.mask_file import write_mask
from ejmap_project.global_map import planet_map
from ejmap_project.global_map.map_layers import CRATERS
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject

CURRENT, STALE = CraterState.CURRENT, CraterState.STALE
TAGS = {"EJMAP_RECIPE": "1"}
KEYS = ("0001", "0002", "0003")


@pytest.fixture
def masked(project: OpenProject, planet) -> OpenProject:
    """The project with the true ejecta of every crater as its mask."""
    for crater in planet.craters:
        truth = planet.truth[crater.crater_id]
        path = project.paths.basemap_mask(crater.key)
        write_mask(path, truth, basemap=planet.basemap, center=crater.center)
    return project


def _drawn(project: OpenProject, *states: CraterState) -> Artefact:
    return draw_planet_map(project, dict(zip(KEYS, states, strict=True)), tags=TAGS)


def _table(artefact: Artefact) -> pd.DataFrame:
    assert artefact.table is not None
    return artefact.table.set_index("crater_id")


def test_the_map_holds_every_crater_and_its_area(masked: OpenProject, planet) -> None:
    """Labels, overlaps, colours, preview and table lie in their places."""
    found = _drawn(masked, CURRENT, STALE, CURRENT)

    paths = masked.paths
    with rasterio.open(paths.label_map) as file:
        labels, tags = file.read(1), file.tags()
    with rasterio.open(paths.overlap_count) as file:
        claims = file.read(1)
    pixels = np.zeros(planet.basemap.shape, int)
    for mask in planet.truth.values():
        full = np.zeros(planet.basemap.shape, np.bool_)
        mask.paste_into(full)
        pixels += full
    np.testing.assert_array_equal(claims, pixels)
    assert set(np.unique(labels)) & {1, 2, 3} == {1, 2, 3}
    assert tags["EJMAP_RECIPE"] == "1"
    with Image.open(paths.preview) as preview:
        assert preview.size[0] >= planet.basemap.width_px
    expected = {one: mask.area_m2(planet.basemap) / 1e6 for one, mask in planet.truth.items()}
    assert _table(found)["mask_km2"].to_dict() == pytest.approx(expected)
    assert found.metadata["current_count"] == 2
    assert found.metadata["stale_craters"] == ["0002"]
    assert found.metadata["missing_count"] == 0


def test_a_crater_with_a_mask_of_a_person_is_labelled(masked: OpenProject, planet) -> None:
    """Whatever the crater table says, as long as the project holds masks."""
    silent = [replace(one, labelled=False) for one in planet.craters]
    write_catalogue(catalogue_from(silent, planet.basemap.body), masked.paths.crater_catalogue)
    masked.paths.manual_mask("0002").unlink()

    found = _drawn(masked, CURRENT, CURRENT, CURRENT)

    layer = gpd.read_file(masked.paths.map_layers, layer=CRATERS)
    for table in (_table(found), layer.set_index("crater_id")):
        assert table["labelled"].to_dict() == {1: True, 2: False, 3: True}


def test_the_map_opens_in_the_colours_of_its_craters(masked: OpenProject, planet) -> None:
    """The label map holds them as colour table; every raster has a style and says its values."""
    _drawn(masked, CURRENT, CURRENT, CURRENT)

    paths = masked.paths
    with rasterio.open(paths.label_map) as file:
        colors = file.colormap(1)
        assert file.nodata == 65_535
        assert "65534: ejecta of several craters" in file.tags()["EJMAP_VALUES"]
    assert colors[65_535][3] == 0
    for crater in planet.craters:
        assert colors[crater.crater_id][:3] == crater_color(crater.crater_id, crater.name)
    assert paths.label_map.with_name("label_map.tif.aux.xml").is_file()
    for path in (paths.label_map, paths.overlap_count, paths.composite):
        assert path.with_suffix(".qml").is_file()
        with rasterio.open(path) as file:
            assert file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
            assert "Mercury" in file.crs.wkt.split('"')[1]


def test_the_digest_of_a_map_does_not_depend_on_the_date(
    masked: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files say when they were made; the data version is that of their pixels."""
    first = _drawn(masked, CURRENT, CURRENT, CURRENT)
    stamp = {"TIFFTAG_DATETIME": "2001:01:01 00:00:00"}
    monkeypatch.setattr(raster, "file_stamp", lambda: stamp)

    second = _drawn(masked, CURRENT, CURRENT, CURRENT)

    assert first.content == second.content
    with rasterio.open(masked.paths.label_map) as file:
        assert file.tags()["TIFFTAG_DATETIME"] == stamp["TIFFTAG_DATETIME"]


def test_the_table_holds_what_the_wider_masks_say(masked: OpenProject, planet, monkeypatch) -> None:
    """Empty for a crater without one, and for all where the ensemble promises nothing now."""
    crater = planet.craters[0]
    write_mask(
        masked.paths.promised_recall_mask(crater.key),
        planet.truth[crater.crater_id],
        basemap=planet.basemap,
        center=crater.center,
        tags={"EJMAP_EXPECTED_KM2": "7.0", "EJMAP_LOW_KM2": "5.0", "EJMAP_HIGH_KM2": "9.5"},
    )
    names = ["expected_km2", "low_km2", "high_km2", "promised_recall_km2"]

    silent = _table(_drawn(masked, CURRENT, CURRENT, CURRENT))
    monkeypatch.setattr(planet_map, "promises_recall", lambda _: True)
    found = _table(_drawn(masked, CURRENT, CURRENT, CURRENT))

    assert silent[names].isna().all(axis=None)
    area_km2 = planet.truth[crater.crater_id].area_m2(planet.basemap) / 1e6
    assert found.loc[crater.crater_id, names].tolist() == pytest.approx([7, 5, 9.5, area_km2])
    assert found[names].isna().all(axis=1).sum() == 2


def test_a_held_back_crater_is_left_out_and_named(masked: OpenProject) -> None:
    """It has no pixel and no area, though its mask is there."""
    found = _drawn(masked, CURRENT, CraterState.HELD_BACK, CURRENT)

    with rasterio.open(masked.paths.label_map) as file:
        assert 2 not in file.read(1)
    assert np.isnan(_table(found)["mask_km2"][2])
    assert found.metadata["held_back_craters"] == ["0002"]
    assert "damaged_masks" not in found.metadata


def test_a_mask_that_cannot_be_read_counts_as_failed(masked: OpenProject) -> None:
    """The others are drawn, and the artefact says which file to delete."""
    damaged = masked.paths.basemap_mask("0003")
    damaged.write_bytes(b"no raster")

    found = _drawn(masked, CURRENT, CURRENT, CURRENT)

    assert found.metadata["failed_craters"] == ["0003"]
    assert found.metadata["current_count"] == 2
    assert found.metadata["damaged_masks"] == [str(damaged)]
    assert _table(found)["state"][3] == "failed"
