"""How probable it is that the map is wrong: by hand on three discs of known probability."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import read_mask_on, read_raster
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.map_page.probe_values import CLAIMED, STEP_PERCENT, probe_values
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.uncertainty import (
    BANDS,
    NODATA,
    check_uncertainty,
    map_uncertainty,
)
from ejmap_project.progress import Silence
from ejmap_project.settings.sources import SourceTraits
from tests.mapped_discs import CRATERS, GRID, SURE, write_mapped_discs


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Give three mapped discs; the network says the same as far as each crater reaches."""
    return write_mapped_discs(tmp_path)


def _bands(project: OpenProject) -> tuple[np.ndarray, np.ndarray]:
    with read_raster(project.paths.uncertainty) as told:
        assert tuple(told.attrs["long_name"]) == BANDS
        wrong, surest = told.to_numpy()
    return wrong, surest


def _masks(project: OpenProject) -> dict[int, np.ndarray]:
    masks = {one.crater_id: np.zeros(GRID.shape, np.bool_) for one in CRATERS}
    for crater in CRATERS:
        mask = read_mask_on(project.paths.basemap_mask(crater.key), GRID)
        mask.paste_into(masks[crater.crater_id])
    return masks


def test_the_map_is_wrong_by_what_the_surest_crater_leaves(project: OpenProject) -> None:
    """Inside a disc one minus its probability, of two the higher; outside the probability."""
    map_uncertainty(project, Silence(), tags={"EJMAP_RECIPE": "r"})
    wrong, surest = _bands(project)
    masks = _masks(project)

    both = masks[1] & masks[2]
    assert both.any()
    assert {*wrong[both]} == {round(100 - 100 * SURE[2])}
    assert {*wrong[masks[3]]} == {round(100 - 100 * SURE[3])}
    shown = masks[1] | masks[2] | masks[3]
    beside = ~shown & (surest != NODATA)
    assert {*wrong[beside]} == {round(100 * SURE[one]) for one in SURE}
    with opened(project.paths.uncertainty) as raster:
        assert raster.tags()["EJMAP_RECIPE"] == "r"
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert "50 %" in project.paths.uncertainty.with_suffix(".qml").read_text()


def test_nothing_is_told_beyond_the_reach_of_every_crater(project: OpenProject) -> None:
    """The angle to the nearest centre decides, to within a pixel."""
    map_uncertainty(project, Silence(), tags={})
    _, surest = _bands(project)
    rows, cols = GRID.shape
    lat = np.radians(90 - (np.arange(rows) + 0.5) * 180 / rows)[:, None]
    lon = np.radians((np.arange(cols) + 0.5) * 360 / cols - 180)
    away = np.full(GRID.shape, np.inf)
    for crater in CRATERS:
        lon0, lat0 = np.radians(crater.center)
        cosine = np.sin(lat) * np.sin(lat0) + np.cos(lat) * np.cos(lat0) * np.cos(lon - lon0)
        away = np.minimum(away, np.arccos(cosine.clip(-1, 1)) * MERCURY.radius_m)

    reach_m = CRATERS[0].reach(MERCURY)
    assert (surest[away < reach_m - 2 * GRID.resolution_m] != NODATA).all()
    # Rasters about a crater are squares.
    assert (surest[away > 1.42 * reach_m + 2 * GRID.resolution_m] == NODATA).all()


def test_expected_areas_are_those_of_the_pixels(project: OpenProject) -> None:
    """Sums of the first band over pixels of the sphere, inside and outside of the discs."""
    told = map_uncertainty(project, Silence(), tags={}).metadata
    wrong, _ = _bands(project)
    shown = np.logical_or.reduce([*_masks(project).values()])
    edges = np.sin(np.radians(90 - np.arange(GRID.shape[0] + 1) * 180 / GRID.shape[0]))
    pixel_km2 = (MERCURY.radius_m / 1e3) ** 2 * -np.diff(edges) * 2 * np.pi / GRID.shape[1]
    share = np.where(wrong == NODATA, 0, wrong / 100)

    assert told["expected_false_km2"] == pytest.approx((share * shown).sum(1) @ pixel_km2)
    assert told["expected_missed_km2"] == pytest.approx((share * ~shown).sum(1) @ pixel_km2)
    assert check_uncertainty(project).fault == ""


def test_the_map_page_tells_the_same(project: OpenProject) -> None:
    """Its probe of the surest crater, on a mosaic that it holds pixel by pixel, to its step."""
    map_uncertainty(project, Silence(), tags={})
    _, surest = _bands(project)
    mapped = MappedCraters.of(project)
    values = probe_values(mapped, 3, GRID)
    assert values is not None
    (there, here), *_ = values.window.pieces(GRID.width_px)

    cells = values.cells[here]
    is_told = cells > 0
    percent = (cells & (CLAIMED - 1)).astype(int) * STEP_PERCENT
    assert np.abs(percent - surest[there])[is_told].max() <= STEP_PERCENT / 2


def test_masks_without_probabilities_are_sure(
    project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wrong where a published mask shows ejecta, nor beside it."""
    published = property(lambda _: SourceTraits(masks_run="run"))
    monkeypatch.setattr(type(project.settings.source), "traits", published)

    told = map_uncertainty(project, Silence(), tags={}).metadata

    assert told["expected_false_km2"] == told["expected_missed_km2"] == 0
    assert check_uncertainty(project).fault == ""


def test_a_raster_of_another_map_is_named(project: OpenProject) -> None:
    """The count of overlaps changed: what was no ejecta is some now."""
    map_uncertainty(project, Silence(), tags={})
    with opened(project.paths.overlap_count) as counted:
        values, profile = counted.read(), counted.profile
    project.paths.overlap_count.unlink()
    values[0, :4, :4] = 1 - values[0, :4, :4]
    kept = ("dtype", "count", "height", "width", "crs", "transform")
    with rasterio.open(
        project.paths.overlap_count, "w", driver="GTiff", **{one: profile[one] for one in kept}
    ) as out:
        out.write(values)

    assert check_uncertainty(project).fault.endswith("materialise uncertainty again")
