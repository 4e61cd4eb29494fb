"""Masks against whole manual maps: discs in discs, in every form that maps come in."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.patterns.published_pattern import COLUMNS, INDEX
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.errors import SourceError
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.files.mask_file import write_mask
from ejmap_project.manual_maps.comparison_check import check_comparison
from ejmap_project.manual_maps.comparison_table import (
    PARTS,
    ManualComparisonTable,
    published_tables,
)
from ejmap_project.manual_maps.id_map import read_id_map
from ejmap_project.manual_maps.manual_comparison import compare_with_manual_maps
from ejmap_project.manual_maps.whole_maps import whole_maps
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, DISC_M, GRID, RADIUS_M, SETTINGS, write_mapped_discs

MANUAL_M = 300_000.0
FOLDER = SETTINGS + "analysis: {manual_maps: theirs}\n"


def _compared(project: OpenProject, settings: str = FOLDER) -> pd.DataFrame:
    (project.paths.folder / "project.yaml").write_text(settings)
    opened = OpenProject.at(project.paths.folder)
    compare_with_manual_maps(opened, Silence())
    return ManualComparisonTable.validate(pd.read_parquet(opened.paths.manual_comparison))


def _write_about(path: Path, crater: Crater, *, resolution_m: float) -> None:
    """Write the manual disc of a crater as an azimuthal raster of other pixels."""
    grid = AzimuthalGrid.reaching(
        MERCURY, center=crater.center, resolution_m=resolution_m, reach_m=2 * MANUAL_M
    )
    row, col = np.indices(grid.shape) + 0.5 - grid.half_size_px
    write_cog(path, np.hypot(row, col) * resolution_m <= MANUAL_M, grid=grid)


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give three mapped discs of 420 km, and manual ones of 300 km in two forms of file."""
    project = write_mapped_discs(tmp_path_factory.mktemp("manual"))
    folder = project.paths.folder / "theirs"
    for crater in CRATERS[:2]:
        placed = disc(GRID, center=crater.center, radius_m=MANUAL_M)
        path = folder / f"mask_{crater.key}.tif"
        write_mask(path, placed, basemap=GRID, center=crater.center)
    _write_about(folder / f"mask_{CRATERS[2].key}.tif", CRATERS[2], resolution_m=5000.0)
    return project


@pytest.fixture(scope="module")
def table(discs: OpenProject) -> pd.DataFrame:
    """Compare them."""
    return _compared(discs)


@pytest.mark.parametrize("crater", CRATERS, ids=lambda one: one.key)
def test_a_disc_in_a_disc_has_its_closed_forms(table: pd.DataFrame, crater: Crater) -> None:
    """At the antimeridian and over the pole: shares of areas without the inside of the rim."""
    rows = table[table["crater_id"] == crater.crater_id].set_index("part")
    ring = MANUAL_M**2 - RADIUS_M**2

    # Pixels of 15 km: an edge of one pixel is 3 % of the area.
    assert rows.loc["whole", "recall"] == pytest.approx(1, abs=0.03)
    precision = ring / (DISC_M**2 - RADIUS_M**2)
    assert rows.loc["whole", "precision"] == pytest.approx(precision, rel=0.05)
    assert rows.loc["upper right", "precision"] == pytest.approx(precision, rel=0.06)
    half_km = math.sqrt(RADIUS_M**2 + ring / 2) / 1000
    assert rows.loc["decile 5", "outer_km"] == pytest.approx(half_km, rel=0.04)
    assert rows.loc["decile 5", "f1"] == pytest.approx(1, abs=0.01)
    assert rows.loc["decile 5", "manual_share"] == pytest.approx(0.5, abs=0.03)
    assert rows.loc["manual blanket", "outer_km"] == pytest.approx(300, abs=60)
    assert rows.loc["mapped blanket", "outer_km"] == pytest.approx(420, abs=60)
    assert rows.loc["mapped blanket", "manual_share"] == 1
    assert "labelled tiles" not in rows.index


def test_every_part_of_every_crater_has_a_row(table: pd.DataFrame) -> None:
    """Three craters of all parts but tiles, of which the project has none."""
    assert len(table) == 3 * (len(PARTS) - 1)
    assert table["is_independent"].all()


def test_the_tables_are_exported_as_published(
    discs: OpenProject, table: pd.DataFrame, tmp_path: Path
) -> None:
    """Nine files in the published names, with their indices and columns."""
    names = PublishedNames.of(discs, run="mine")

    export_project(discs, tmp_path / "e", names=names, what=["analysis"], tell=lambda _: None)

    folder = tmp_path / "e" / "results" / "output_masks" / "mine"
    metrics = pd.read_csv(folder / "dl_hm_metrics.csv", index_col="Name")
    assert [*metrics] == [
        "F1",
        "Precision",
        "Recall",
        "F1_tiles",
        "Precision_tiles",
        "Recall_tiles",
    ]
    whole = table[table["part"] == "whole"]
    np.testing.assert_allclose(metrics["F1"], whole["f1"])
    assert metrics["F1_tiles"].isna().all()
    craters = ["0001", "0002", "0003"]
    for score in ("precision", "recall", "f1"):
        squares = pd.read_csv(folder / f"dl_hm_{score}_sq.csv", index_col=0)
        assert [*squares.index] == ["Square 1", "Square 2", "Square 3", "Square 4"]
        assert [*squares] == craters
        rings = pd.read_csv(folder / f"dl_hm_{score}_ring.csv", index_col="Ring")
        deciles = [str(number) for number in range(1, 11)]
        assert [*rings.index] == ["Blanket_HM", "Blanket_DL", *deciles]
        assert [*rings] == craters
    blankets = pd.read_csv(folder / "blankets.csv", index_col="Name")
    assert [*blankets] == ["dl_quantile", "hm_quantile"]
    assert blankets["dl_quantile"].tolist() == [1, 1, 1]
    manual = pd.read_csv(folder / "analysis_hm.csv", index_col=INDEX)
    assert [*manual] == list(COLUMNS)
    # The rim is kept.
    area_px = math.pi * (MANUAL_M / GRID.resolution_m) ** 2
    np.testing.assert_allclose(manual["area"], area_px, rtol=0.04)


def test_an_undefined_square_is_published_as_nought(discs: OpenProject) -> None:
    """A manual map of the eastern half: squares in the west hold no manual ejecta to find."""
    crater = CRATERS[0]
    folder = discs.paths.folder / "half"
    grid = AzimuthalGrid.reaching(
        MERCURY, center=crater.center, resolution_m=5000.0, reach_m=2 * MANUAL_M
    )
    row, col = np.indices(grid.shape) + 0.5 - grid.half_size_px
    half = (np.hypot(row, col) * 5000 <= MANUAL_M) & (col > 0)
    write_cog(folder / f"mask_{crater.key}.tif", half, grid=grid)

    found = _compared(discs, SETTINGS + "analysis: {manual_maps: half}\n")

    rows = found.set_index("part")
    assert math.isnan(rows.loc["upper left", "recall"])
    assert rows.loc["upper left", "precision"] == 0
    assert rows.loc["upper right", "recall"] == pytest.approx(1, abs=0.03)
    squares = published_tables(found)["dl_hm_recall_sq"]
    assert squares["0001"].tolist() == pytest.approx([0, 1, 0, 1], abs=0.03)


def test_a_map_of_ids_holds_many_craters(discs: OpenProject) -> None:
    """One raster of ids gives the same as masks; its nodata value is no crater."""
    ids = np.full(GRID.shape, 65535, np.uint16)
    for crater in CRATERS:
        full = np.zeros(GRID.shape, np.bool_)
        disc(GRID, center=crater.center, radius_m=MANUAL_M).paste_into(full)
        ids[full] = crater.crater_id
    write_cog(discs.paths.folder / "ids.tif", ids, grid=GRID, nodata=65535)

    found = _compared(discs, SETTINGS + "analysis: {manual_maps: ids.tif}\n")

    whole = found[found["part"] == "whole"]
    assert whole["crater_id"].tolist() == [1, 2, 3]
    assert (whole["recall"] > 0.97).all()


def test_ids_that_may_mean_nothing_are_refused(discs: OpenProject) -> None:
    """Without a nodata value, crater 0 and "no ejecta" look alike."""
    path = discs.paths.folder / "unclear.tif"
    write_cog(path, np.zeros(GRID.shape, np.uint8), grid=GRID)

    with pytest.raises(RasterError, match="states no nodata value, and 0 is the id of a crater"):
        read_id_map(path, GRID, known=[0, 1])
    assert read_id_map(path, GRID, known=[1]).crater_ids == ()


def test_a_project_without_manual_maps_says_so(discs: OpenProject) -> None:
    """Empty tables and a sentence on what to name."""
    (discs.paths.folder / "project.yaml").write_text(SETTINGS)
    opened = OpenProject.at(discs.paths.folder)

    artefact = compare_with_manual_maps(opened, Silence())

    assert artefact.metadata["compared_craters"] == 0
    assert "analysis.manual_maps" in str(artefact.metadata["nothing_to_compare"])
    assert pd.read_parquet(opened.paths.manual_comparison).empty


def test_a_folder_that_holds_no_maps_is_refused(discs: OpenProject) -> None:
    """The sentence names the setting that leads there."""
    (discs.paths.folder / "project.yaml").write_text(
        SETTINGS + "analysis: {manual_maps: nowhere}\n"
    )
    opened = OpenProject.at(discs.paths.folder)

    with pytest.raises(SourceError, match=r"does not exist; correct it \(analysis\.manual_maps"):
        list(whole_maps(opened, GRID))


def test_quarters_that_do_not_add_up_are_named(discs: OpenProject) -> None:
    """A count that was changed by hand is found."""
    _compared(discs)
    assert check_comparison(discs).fault == ""
    path = discs.paths.manual_comparison
    table = pd.read_parquet(path)
    table.loc[table["part"] == "whole", "true_positive"] += 1
    table.to_parquet(path, index=False)

    fault = check_comparison(discs).fault

    assert fault.startswith("quarters of 3 crater(s) do not add up ([1, 2, 3])")
