"""Overlaps as files: who claims contested ground, and the pairs of craters."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.rasters.raster import read_mask_on, read_raster
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.overlaps import BANDS, rank_overlaps
from ejmap_project.planetwide.pair_tables import OverlapTable
from ejmap_project.progress import Silence
from ejmap_project.settings.sources import SourceTraits
from tests.mapped_discs import GRID, SURE, write_mapped_discs


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project whose overlaps are ranked."""
    project = write_mapped_discs(tmp_path_factory.mktemp("overlaps"))
    rank_overlaps(project, Silence(), tags={"EJMAP_RECIPE": "r"})
    return project


def test_the_surer_crater_is_first_where_both_claim(project: OpenProject) -> None:
    """Two discs across the antimeridian: 2 claimants, crater 2 before 1, by 25 %."""
    paths = project.paths
    masks = [read_mask_on(paths.basemap_mask(key), GRID) for key in ("0001", "0002")]
    both = np.ones(GRID.shape, np.bool_)
    for mask in masks:
        full = np.zeros(GRID.shape, np.bool_)
        mask.paste_into(full)
        both &= full

    with read_raster(paths.overlaps) as ranked:
        values, names = ranked.to_numpy(), ranked.attrs["long_name"]

    assert tuple(names) == BANDS
    margin = round(100 * (SURE[2] - SURE[1]))
    assert both.any()
    assert values[:, both].T.tolist() == [[2, 2, 1, margin]] * int(both.sum())
    assert (values[:, ~both] == NODATA).all()
    with opened(paths.overlaps) as raster:
        assert raster.tags()["EJMAP_RECIPE"] == "r"
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_the_only_pair_is_listed_with_its_shares(project: OpenProject) -> None:
    """Equal discs: the same share of both, and the area of the contested pixels."""
    table = OverlapTable.validate(pd.read_parquet(project.paths.overlap_pairs))

    row = table.iloc[0]
    assert len(table) == 1
    assert (row["crater_id"], row["other_id"]) == (1, 2)
    assert row["share_of_crater"] == pytest.approx(row["share_of_other"], rel=0.02)
    with read_raster(project.paths.overlap_count) as counted:
        contested = counted.to_numpy()[0] > 1
    lat = np.radians(90 - (np.arange(GRID.shape[0]) + 0.5) * 180 / GRID.shape[0])
    pixel_km2 = (GRID.resolution_m / 1000) ** 2 * np.cos(lat)
    assert row["shared_km2"] == pytest.approx(float(contested.sum(1) @ pixel_km2), rel=1e-4)


def test_published_masks_count_as_sure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without probabilities the margin is 0 and the lower id comes first."""
    project = write_mapped_discs(tmp_path)
    published = property(lambda _: SourceTraits(masks_run="run"))
    monkeypatch.setattr(type(project.settings.source), "traits", published)

    rank_overlaps(project, Silence(), tags={})

    with read_raster(project.paths.overlaps) as ranked:
        values = ranked.to_numpy()
    assert {tuple(one) for one in values[:, values[0] != NODATA].T.tolist()} == {(2, 1, 2, 0)}
