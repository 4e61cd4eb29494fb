"""Rasters of the user on ejecta and beside them: any resolution, named bands, lunar maturity."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY, body_named
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.analysis.map_quantities import RasterSummaryTable
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.checks import check_summaries
from ejmap_project.planetwide.raster_summaries import summarise_rasters
from ejmap_project.planetwide.user_rasters import fields_of, maturity_words
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, DISC_M, GRID, SETTINGS, write_mapped_discs

# Of each band on ejecta above the ground.
HEIGHTS = {"iron": 7.0, "titanium": -3.0}
FINER = BasemapGrid(body=MERCURY, width_px=2048)


def _east_half(grid: BasemapGrid, center: LonLat) -> np.ndarray:
    """Return where a half disc of ejecta lies that begins at the meridian of its crater."""
    full = np.zeros(grid.shape, np.bool_)
    disc(grid, center=center, radius_m=DISC_M).paste_into(full)
    lon_deg = (np.arange(grid.width_px) + 0.5) * 360 / grid.width_px - 180
    return full & ((lon_deg - center.lon_deg) % 360 < 180)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project whose craters have ejecta in the east, and a finer raster of two bands."""
    folder = tmp_path_factory.mktemp("rasters")
    plain = write_mapped_discs(folder)
    is_ejecta, counts = np.zeros(FINER.shape, np.bool_), np.zeros(GRID.shape, np.uint16)
    for crater in CRATERS:
        half = _east_half(GRID, crater.center)
        counts += half
        placed = PlacedMask.from_full(half, GRID)
        write_mask(plain.paths.basemap_mask(crater.key), placed, basemap=GRID, center=crater.center)
        is_ejecta |= _east_half(FINER, crater.center)
    write_cog(plain.paths.overlap_count, counts, grid=GRID)
    bands = np.stack([50 + height * is_ejecta for height in HEIGHTS.values()])
    write_cog(folder / "elements.tif", bands.astype(np.float32), grid=FINER)
    patterns = {"crater_id": [1, 2, 3], "optical_blanket_radii": [np.nan, 4.0, 4.0]}
    write_table(pd.DataFrame(patterns), plain.paths.patterns)
    named = f"rasters: {{elements: {{file: elements.tif, bands: [{', '.join(HEIGHTS)}]}}}}\n"
    (folder / "project.yaml").write_text(SETTINGS + named)
    return OpenProject.at(folder)


def test_a_finer_raster_is_summarised_in_its_own_numbers(project: OpenProject) -> None:
    """The difference is what ejecta add; a crater without a blanket has rays alone."""
    made = summarise_rasters(project, Silence())

    table = RasterSummaryTable.validate(pd.read_parquet(project.paths.raster_summaries))
    for band, height in HEIGHTS.items():
        rows = table[(table["band"] == band) & (table["part"] != "ring")]
        # At borders a cell may lie on a pixel of the other grid.
        np.testing.assert_allclose(rows["difference"], height, rtol=0.06)
        np.testing.assert_allclose(rows["ejecta"] - rows["beside"], rows["difference"])
    parts = table[table["part"] != "ring"].groupby("crater_id")["part"].unique()
    assert [*parts[1]] == ["rays"]
    assert [*parts[2]] == ["blanket", "rays"]
    assert "Moon" in str(made.metadata["maturity"])
    assert check_summaries(project).fault == ""


@pytest.mark.parametrize("column", ["difference", "difference_low", "difference_high"])
def test_a_difference_that_its_row_contradicts_is_found(project: OpenProject, column: str) -> None:
    """One of other means, and intervals that do not hold it."""
    summarise_rasters(project, Silence())
    path = project.paths.raster_summaries
    table = pd.read_parquet(path)
    row = int(np.flatnonzero(table["difference_low"].notna())[0])
    off = -1.0 if column.endswith("high") else 1.0
    table.loc[row, column] = float(table["difference"].to_numpy()[row]) + off
    write_table(table, path)

    found = check_summaries(project)

    assert found.numbers["wrong_rows"] == 1
    assert "materialise raster_summaries again" in found.fault


def _moon(
    folder: Path, names: str, values: tuple[float, ...], *, body: str = "Moon"
) -> OpenProject:
    """Return a project of the Moon with a raster of bands that are even."""
    grid = BasemapGrid(body=body_named(body), width_px=16)
    bands = np.stack([np.full(grid.shape, value, np.float32) for value in values])
    write_cog(folder / "clementine.tif", bands, grid=grid)
    stated = f"rasters: {{clementine: {{file: clementine.tif, bands: {names}}}}}\n"
    (folder / "project.yaml").write_text(f'body: "{body}"\n' + SETTINGS + stated)
    return OpenProject.at(folder)


def test_maturity_follows_from_two_bands_of_reflectance(tmp_path: Path) -> None:
    """R750 = .2 and R950 = .22: the root of .12^2 + (1.1 - 1.19)^2 is .15."""
    project = _moon(tmp_path, "[415 nm, 750 nm, 950 nm]", (0.1, 0.2, 0.22))

    fields = fields_of(project)

    assert [field.band for field in fields] == ["415 nm", "750 nm", "950 nm", "OMAT"]
    np.testing.assert_allclose(fields[-1].read().values, 0.15, rtol=1e-5)
    assert "clementine" in maturity_words(project, fields)


@pytest.mark.parametrize("body", ["Moon:1738", "moon"])
def test_the_moon_on_another_sphere_is_the_moon(tmp_path: Path, body: str) -> None:
    """What holds for a body holds whatever its radius is stated as, and however it is spelt."""
    fields = fields_of(_moon(tmp_path, "[750 nm, 950 nm]", (0.2, 0.22), body=body))

    assert fields[-1].band == "OMAT"


def test_maturity_is_refused_with_the_reason(tmp_path: Path) -> None:
    """Bands that nobody names, and numbers that are no reflectance."""
    (tmp_path / "a").mkdir()
    unnamed = _moon(tmp_path / "a", "[one, two]", (0.2, 0.22))
    (tmp_path / "b").mkdir()
    levels = _moon(tmp_path / "b", "[R750, R950]", (120, 130))

    assert "750 nm" in maturity_words(unnamed, fields_of(unnamed))
    with pytest.raises(RasterError, match="reflectance lies between 0 and 1"):
        fields_of(levels)[-1].read()


def test_a_raster_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """All rasters are looked at; each that does not fit is named with its key."""
    project = _moon(tmp_path, "[750 nm]", (0.2, 0.22))

    with pytest.raises(SourceError, match=r"rasters.clementine: .* has 2 band\(s\), but 1"):
        fields_of(project)


def test_a_raster_may_be_stated_as_a_file_alone(tmp_path: Path) -> None:
    """One line of YAML: its bands are called by their numbers."""
    project = _moon(tmp_path, "[]", (0.2, 0.22))
    text = (tmp_path / "project.yaml").read_text()
    stated = text[: text.index("rasters:")] + "rasters: {thermal: clementine.tif}\n"
    (tmp_path / "project.yaml").write_text(stated)

    fields = fields_of(OpenProject.at(tmp_path))

    assert [(one.raster, one.band) for one in fields] == [
        ("thermal", "band 1"),
        ("thermal", "band 2"),
    ]
    assert project.settings.rasters["clementine"].bands == ()
