"""What was measured of the whole map is looked at: sound as made, and faults are named."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ejmap_geo.rasters.raster import read_raster, write_cog
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.checks import (
    Checked,
    check_counting_areas,
    check_order,
    check_overlaps,
    check_statistics,
)
from ejmap_project.planetwide.exclusion import OUTSIDE, exclude_ejecta
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.planet_statistics import measure_planet
from ejmap_project.planetwide.superposition import order_craters
from ejmap_project.progress import Silence
from tests.mapped_discs import GRID, write_mapped_discs

CHECKS = (check_overlaps, check_order, check_statistics, check_counting_areas)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs, all of whose planet is measured."""
    project = write_mapped_discs(tmp_path_factory.mktemp("checks"))
    radii = pd.DataFrame({"crater_id": [1, 2, 3], "optical_blanket_radii": [5.0, 5.0, 5.0]})
    write_table(radii, project.paths.patterns)
    rank_overlaps(project, Silence(), tags={})
    order_craters(project, Silence())
    measure_planet(project)
    exclude_ejecta(project, Silence(), tags={})
    return project


@pytest.mark.parametrize("check", CHECKS)
def test_what_was_just_measured_is_sound(
    project: OpenProject, check: Callable[[OpenProject], Checked]
) -> None:
    """No fault, and numbers to look at."""
    found = check(project)

    assert found.fault == ""
    assert found.numbers


def test_overlaps_of_another_map_are_named(project: OpenProject) -> None:
    """The map counts no overlap any more: the claimants of all pixels disagree."""
    paths = project.paths
    with read_raster(paths.overlap_count) as counted:
        before = counted.to_numpy()[0]
    write_cog(paths.overlap_count, np.minimum(before, 1), grid=GRID)

    found = check_overlaps(project)
    write_cog(paths.overlap_count, before, grid=GRID)

    assert f"{int((before > 1).sum())} px disagree" in found.fault


def test_a_circle_of_younger_craters_is_named(project: OpenProject) -> None:
    """1 on 2 on 3 on 1 is no order."""
    path = project.paths.superposition
    before = pd.read_parquet(path)
    rows = [(1, 2, "a", "b"), (2, 3, "b", "c"), (3, 1, "c", "a")]
    names = ["younger_id", "older_id", "younger", "older"]
    ring = pd.DataFrame(rows, columns=pd.Index(names))
    write_table(ring.assign(probability=0.9, is_answered=True, shared_km2=1.0), path)

    found = check_order(project)
    write_table(before.head(0), path)
    missing = check_order(project)
    write_table(before, path)

    assert "round and round" in found.fault
    assert "0 rows for 1 pairs" in missing.fault


def test_statistics_that_disagree_are_named(project: OpenProject) -> None:
    """A zone lost its crater."""
    path = project.paths.planet_statistics
    before = pd.read_parquet(path)
    write_table(before.assign(craters=before["craters"].where(before["by"] == "latitude", 0)), path)

    found = check_statistics(project)
    write_table(before, path)

    assert "materialise planet_statistics" in found.fault


def test_areas_that_are_not_the_rest_are_named(project: OpenProject) -> None:
    """One area less than the mask leaves."""
    path = project.paths.counting_areas
    areas = gpd.read_file(path, layer=OUTSIDE)
    areas.iloc[1:].to_file(path, driver="GPKG", layer=OUTSIDE)

    assert "materialise exclusion_mask" in check_counting_areas(project).fault
