"""What a project takes from its source: files in its own form, and numbers about them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from ejmap_geo.craters.catalogue import catalogue_from, read_catalogue, write_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.basemap import read_project_basemap
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.planet_files import write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.sources.source_artefacts import take_catalogue, take_masks, take_mosaic
from tests.tiny_planet import OWN_MASKS


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Three craters with known ejecta."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


@pytest.fixture
def project(tmp_path: Path, planet: Planet) -> OpenProject:
    """A project whose files are those of a person; the third crater has no mask."""
    (tmp_path / "project.yaml").write_text(OWN_MASKS)
    write_cog(tmp_path / "mosaic.tif", planet.raster, grid=planet.basemap, nodata=0)
    craters = catalogue_from(planet.craters, planet.basemap.body)
    write_catalogue(craters, tmp_path / "craters.csv")
    for crater in planet.craters[:2]:
        write_mask(
            tmp_path / "masks" / f"mask_{crater.key}.tif",
            planet.truth[crater.crater_id],
            basemap=planet.basemap,
            center=crater.center,
        )
    return OpenProject.at(tmp_path)


def test_the_mosaic_is_taken_as_it_is(project: OpenProject, planet: Planet) -> None:
    """Its pixels, grid and share of imaged ground."""
    found = take_mosaic(project, Silence())

    taken = read_project_basemap(project)
    np.testing.assert_array_equal(taken.raster, planet.raster)
    assert found.metadata["resolution_km"] == planet.basemap.resolution_m / 1000
    assert found.metadata["imaged_share"] == (planet.raster > 0).any(axis=0).mean()
    assert found.content == take_mosaic(project, Silence()).content
    with rasterio.open(project.paths.basemap_mosaic) as raster:
        tags = raster.tags()
    assert tags["EJMAP_MOSAIC"] == f"mosaic.tif, digest {found.content}"
    assert tags["EJMAP_VALUES"] == "0 (nodata): not imaged; 1 to 255"


def test_a_former_synthetic_planet_goes_when_another_mosaic_is_there(
    project: OpenProject, planet: Planet
) -> None:
    """Not before: a mosaic that cannot be read costs nothing."""
    former, mosaic = project.paths.synthetic_planet, project.paths.folder / "mosaic.tif"
    write_planet(former, planet)
    whole = mosaic.read_bytes()
    mosaic.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GeoError):
        take_mosaic(project, Silence())
    assert former.is_dir()

    mosaic.write_bytes(whole)
    take_mosaic(project, Silence())

    assert not former.exists()


def test_the_catalogue_is_checked_and_counted(project: OpenProject, planet: Planet) -> None:
    """It is the table of the artefact too, because others are made from it."""
    take_mosaic(project, Silence())

    found = take_catalogue(project)

    taken = read_catalogue(project.paths.crater_catalogue, body=planet.basemap.body)
    assert taken["crater_id"].tolist() == [1, 2, 3]
    assert found.metadata["craters"] == len(found.table) == 3
    radii_m = [crater.radius_m for crater in planet.craters]
    assert found.metadata["largest_radius_km"] == pytest.approx(max(radii_m) / 1000)
    assert pd.read_parquet(project.paths.crater_catalogue)["observed_share"].between(0.9, 1).all()


def test_only_craters_with_a_mask_are_known(project: OpenProject, planet: Planet) -> None:
    """Their pixels are counted one by one."""
    take_mosaic(project, Silence())
    take_catalogue(project)

    found = take_masks(project, tags={"EJMAP_RUN": "r"})

    truth = {crater.key: planet.truth[crater.crater_id] for crater in planet.craters[:2]}
    assert found.metadata["masks"] == 2
    assert found.metadata["ejecta_px"] == {key: mask.area_px for key, mask in truth.items()}
    for key, mask in truth.items():
        taken = read_mask_on(project.paths.manual_mask(key), planet.basemap)
        np.testing.assert_array_equal(taken.mask, mask.mask)
        with rasterio.open(project.paths.manual_mask(key)) as raster:
            assert raster.tags()["EJMAP_RUN"] == "r"
            assert raster.tags()["EJMAP_VALUES"].startswith("1: known ejecta of this crater")
        assert project.paths.manual_mask(key).with_suffix(".qml").is_file()
    assert not project.paths.manual_mask("0003").exists()


def test_a_folder_of_other_masks_is_refused(project: OpenProject) -> None:
    """The message says how files are named."""
    take_mosaic(project, Silence())
    take_catalogue(project)
    for path in (project.paths.folder / "masks").iterdir():
        path.rename(path.with_stem(f"{path.stem}_old"))

    with pytest.raises(SourceError, match="name the files mask_NNNN"):
        take_masks(project, tags={})
