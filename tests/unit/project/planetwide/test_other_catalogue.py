"""A catalogue that is not that of the map: steps after the map show what both of them know."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.masks.placed_mask import disc
from ejmap_project.artefact import Artefact
from ejmap_project.corrections.tiles_to_label import rank_tiles
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.table_file import write_table
from ejmap_project.map_page.page import write_map_page
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.planet_statistics import measure_planet
from ejmap_project.planetwide.qgis_project import write_qgis_project
from ejmap_project.planetwide.uncertainty import check_uncertainty, map_uncertainty
from ejmap_project.progress import Silence
from ejmap_project.scoring.mask_contrast import measure_contrast
from tests.mapped_discs import CRATERS, GRID
from tests.mapped_page import write_mapped_page

STEPS: dict[str, Callable[[OpenProject], Artefact]] = {
    "contrast": measure_contrast,
    "exclusion": lambda project: exclude_ejecta(project, Silence(), tags={}),
    "overlaps": lambda project: rank_overlaps(project, Silence(), tags={}),
    "page": lambda project: write_map_page(project, Silence()),
    "qgis": write_qgis_project,
    "statistics": measure_planet,
    "tiles": lambda project: rank_tiles(project, Silence()),
    "uncertainty": lambda project: map_uncertainty(project, Silence(), tags={}),
}
LATER = replace(CRATERS[0], crater_id=9, name="Later", center=LonLat(90, 0))


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a mapped project of three discs with all that these steps read, to be copied."""
    project = write_mapped_page(tmp_path_factory.mktemp("mapped"))
    radii = pd.DataFrame({"crater_id": [1, 2, 3], "optical_blanket_radii": [5.0, 5.0, 5.0]})
    write_table(radii, project.paths.patterns)
    rank_overlaps(project, Silence(), tags={})
    exclude_ejecta(project, Silence(), tags={})
    return project.paths.folder


@pytest.fixture
def project(mapped: Path, tmp_path: Path) -> OpenProject:
    """Give a copy of it that a test may change."""
    return OpenProject.at(Path(shutil.copytree(mapped, tmp_path / "copy")))


def _with_catalogue(project: OpenProject, craters: list[Crater]) -> OpenProject:
    write_catalogue(catalogue_from(craters, MERCURY), project.paths.crater_catalogue)
    return OpenProject.at(project.paths.folder)


@pytest.mark.parametrize("step", STEPS)
def test_a_crater_that_came_after_the_map_stops_no_step(project: OpenProject, step: str) -> None:
    """It has no mask yet."""
    later = _with_catalogue(project, [*project.craters().values(), LATER])

    STEPS[step](later)


@pytest.mark.parametrize("step", STEPS)
def test_a_crater_that_left_the_catalogue_stops_no_step(project: OpenProject, step: str) -> None:
    """The map still shows it, and its mask still lies there."""
    fewer = _with_catalogue(project, [*project.craters().values()][:2])

    STEPS[step](fewer)


@pytest.mark.parametrize("step", ["overlaps", "page", "qgis", "statistics", "uncertainty"])
def test_a_mask_that_came_after_the_map_stops_no_step(project: OpenProject, step: str) -> None:
    """A run that was stopped had mapped a crater, and had not drawn the map yet."""
    later = _with_catalogue(project, [*project.craters().values(), LATER])
    mask = disc(GRID, center=LATER.center, radius_m=300_000)
    write_mask(project.paths.basemap_mask(LATER.key), mask, basemap=GRID, center=LATER.center)
    first = project.paths.segmentation(CRATERS[0].key)
    target = project.paths.segmentation(LATER.key)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(first.read_bytes())

    STEPS[step](later)

    if step == "uncertainty":
        assert check_uncertainty(later).fault == ""
