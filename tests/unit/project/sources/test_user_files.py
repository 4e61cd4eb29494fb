"""Files of the user as a source; each wrong one is one clear sentence before anything is made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from ejmap_geo.craters.catalogue import craters_of
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.crs import equidistant_cylindrical_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import Project, ProjectPaths
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.source import ProjectSource

BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
TABLE = {
    "crater_id": [0, 8],
    "lon_deg": [16.65, -170.45],
    "lat_deg": [57.84, -32.39],
    "radius_m": [57_000.0, 37_500.0],
}


def _mosaic(folder: Path, *, bands: int = 3, body: Body = MERCURY, width_px: int = 64) -> None:
    grid = BasemapGrid(body=body, width_px=width_px)
    write_cog(folder / "mosaic.tif", np.ones((bands, *grid.shape), np.uint8), grid=grid)


def _craters(folder: Path, **changes: Any) -> None:
    pd.DataFrame(TABLE | changes).to_csv(folder / "craters.csv", index=False)


def _mask(folder: Path, name: str = "mask_0008.tif", *, width_px: int = 64) -> None:
    grid = BasemapGrid(body=MERCURY, width_px=width_px)
    window = Window(row=2, col=60, height=3, width=8)
    write_cog(folder / "masks" / name, np.ones(window.shape, np.bool_), grid=grid, window=window)


def _good(folder: Path) -> None:
    _mosaic(folder)
    _craters(folder)
    _mask(folder)


def _check(folder: Path, **source: Any) -> list[str]:
    files = {"kind": "files", "mosaic": "mosaic.tif", "craters": "craters.csv", "masks": "masks"}
    project = Project.model_validate({"source": files | source, "bands": "mercury-enhanced"})
    return source_of(OpenProject(settings=project, paths=ProjectPaths(folder))).check()


def test_good_input_passes_and_changes_are_told(tmp_path: Path) -> None:
    """Files that fit need no word; longitudes of 0..360 are accepted with a note."""
    _good(tmp_path)

    assert _check(tmp_path) == []

    _craters(tmp_path, lon_deg=[16.65, 189.55])
    assert _check(tmp_path) == ["1 longitudes outside [-180, 180) were brought into it"]


def _without_crs(folder: Path) -> None:
    _raw_mosaic(folder, crs=None)


def _of_16_bit(folder: Path) -> None:
    _raw_mosaic(folder, crs=CRS.from_wkt(equidistant_cylindrical_crs(MERCURY).to_wkt()))


def _raw_mosaic(folder: Path, *, crs: CRS | None) -> None:
    half_m, px_m = MERCURY.half_circumference_m, BASEMAP.resolution_m
    with rasterio.open(
        folder / "mosaic.tif",
        "w",
        driver="GTiff",
        dtype="uint16",
        count=3,
        height=32,
        width=64,
        crs=crs,
        transform=Affine(px_m, 0, -half_m, 0, -px_m, half_m / 2),
    ) as raster:
        raster.write(np.ones((3, 32, 64), np.uint16))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(_without_crs, r"mosaic mosaic.tif has no CRS; state it", id="no-crs"),
        pytest.param(
            lambda folder: _mosaic(folder, body=MOON),
            r"mosaic.*1737400.*Mercury here is a sphere of 2439400",
            id="another-planet",
        ),
        pytest.param(
            lambda folder: _mosaic(folder, bands=1),
            r"1 band\(s\), not 3 as stated",
            id="band-count",
        ),
        pytest.param(_of_16_bit, r"uint16 values.*value_range", id="16-bit"),
        pytest.param(
            lambda folder: _mosaic(folder, width_px=128),
            r"mask mask_0008.tif has 0.1778 pixels per degree, the mosaic 0.3556; resample",
            id="mosaic-of-another-size",
        ),
        pytest.param(
            lambda folder: (folder / "mosaic.tif").unlink(), r"it does not exist", id="no-mosaic"
        ),
        pytest.param(
            lambda folder: _craters(folder, radius_m=[57.0, 37.5]),
            r"these look like kilometres: state --column",
            id="radius-in-km",
        ),
        pytest.param(
            lambda folder: _craters(folder, lon_deg=[1.0, 400.0]),
            r"lon_deg must lie in .*found 400 at crater 8",
            id="longitude",
        ),
        pytest.param(
            lambda folder: pd.DataFrame(TABLE).iloc[:0].to_csv(folder / "craters.csv"),
            r"crater table craters.csv is empty",
            id="empty-table",
        ),
        pytest.param(
            lambda folder: _craters(folder, crater_id=[8, 8]),
            r"must be unique, but 8",
            id="duplicate-ids",
        ),
        pytest.param(
            lambda folder: (folder / "craters.csv").unlink(), r"does not exist", id="no-table"
        ),
        pytest.param(
            lambda folder: _mask(folder, "mask_0099.tif"),
            r"masks of craters that are not in the table \(mask_0099.tif\)",
            id="stranger-mask",
        ),
        pytest.param(
            lambda folder: (folder / "masks" / "mask_0008.tif").rename(folder / "masks" / "8.tif"),
            r"named otherwise than mask_NNNN.tif; rename them \(such as 8.tif to mask_0008.tif\)",
            id="mask-names",
        ),
    ],
)
def test_each_wrong_file_is_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], message: str
) -> None:
    """The user's mistakes that issue 2 lists, one at a time."""
    _good(tmp_path)
    spoil(tmp_path)

    with pytest.raises(SourceError, match=message) as caught:
        _check(tmp_path)

    assert "\n" not in str(caught.value)
    assert "; and " not in str(caught.value)


def test_a_missing_folder_of_masks_is_named(tmp_path: Path) -> None:
    """The setting to correct is in the message."""
    _good(tmp_path)

    with pytest.raises(SourceError, match=r"does not exist; correct it"):
        _check(tmp_path, masks="elsewhere")


def test_all_wrong_files_are_told_at_once(tmp_path: Path) -> None:
    """A wrong mosaic and a wrong table are two sentences of one message."""
    _good(tmp_path)
    _mosaic(tmp_path, bands=1)
    _craters(tmp_path, radius_m=[57.0, 37.5])

    with pytest.raises(SourceError, match=r"kilometres.*; and mosaic mosaic.tif has 1 band"):
        _check(tmp_path)


def test_tile_locations_are_checked_with_the_rest(tmp_path: Path) -> None:
    """They must lie on the mosaic; without a mosaic that fits nothing can be said of them."""
    _good(tmp_path)
    tiles = {"tile_id": [1], "row": [8], "col": [60], "height_px": [8], "width_px": [8]}
    pd.DataFrame(tiles).to_csv(tmp_path / "tiles.csv", index=False)

    assert _check(tmp_path, tiles="tiles.csv") == []

    pd.DataFrame(tiles | {"row": [30]}).to_csv(tmp_path / "tiles.csv", index=False)
    with pytest.raises(SourceError, match="tile 1 at row 30, col 60 with 8x8 px does not lie"):
        _check(tmp_path, tiles="tiles.csv")


def _source(folder: Path, **source: Any) -> ProjectSource:
    files = {"kind": "files", "mosaic": "mosaic.tif", "craters": "craters.csv"}
    bands = source.pop("bands", "mercury-enhanced")
    project = Project.model_validate({"source": files | source, "bands": bands})
    return source_of(OpenProject(settings=project, paths=ProjectPaths(folder)))


def test_mosaic_and_craters_are_read_from_the_named_files(tmp_path: Path) -> None:
    """Relative paths count from the project folder; 16.65 degrees west is -16.65 degrees east."""
    _good(tmp_path)
    source = _source(tmp_path, west_positive=True)

    raster, grid = source.basemap(lambda _: None)
    catalogue = source.catalogue()

    assert grid == BASEMAP
    assert raster.shape == (3, 32, 64)
    assert set(raster.flat) == {1}
    assert catalogue["lon_deg"].tolist() == pytest.approx([-16.65, 170.45])
    assert catalogue["radius_m"].tolist() == [57_000.0, 37_500.0]


def test_a_16_bit_mosaic_is_stretched_to_the_stated_range(tmp_path: Path) -> None:
    """Its upper end is white."""
    _good(tmp_path)
    _of_16_bit(tmp_path)
    source = _source(tmp_path, value_range=[0, 1])

    raster, _ = source.basemap(lambda _: None)

    assert set(raster.flat) == {255}


def test_a_mosaic_must_have_the_bands_that_are_stated(tmp_path: Path) -> None:
    """What the bands mean cannot be told where their number differs."""
    _good(tmp_path)

    with pytest.raises(RasterError, match=r"3 band\(s\), not 1 as stated"):
        _source(tmp_path, bands="grey").basemap(lambda _: None)


def test_masks_are_those_of_the_named_folder(tmp_path: Path) -> None:
    """Crater 8 has one; without a folder nobody has."""
    _good(tmp_path)
    craters = {one.key: one for one in craters_of(_source(tmp_path).catalogue())}

    masks = list(_source(tmp_path, masks="masks").masks(craters, BASEMAP))

    assert [(crater.crater_id, mask.area_px) for crater, mask in masks] == [(8, 24)]
    assert list(_source(tmp_path).masks(craters, BASEMAP)) == []


def test_ejecta_are_known_in_the_named_rectangles(tmp_path: Path) -> None:
    """Whichever craters are asked for; without a table they are known everywhere."""
    tiles = {"tile_id": [4], "row": [8], "col": [60], "height_px": [6], "width_px": [7]}
    pd.DataFrame(tiles).to_csv(tmp_path / "tiles.csv", index=False)

    locations = _source(tmp_path, tiles="tiles.csv").locations([], BASEMAP)

    assert locations == {4: Window(row=8, col=60, height=6, width=7)}
    assert _source(tmp_path).locations([], BASEMAP) is None


def test_every_named_file_is_listed_for_recipes(tmp_path: Path) -> None:
    """All files of a Shapefile among them, and the rectangles although they are not there."""
    for name in ("rims.shp", "rims.dbf", "rims_of_old.shp", "masks/a.tif", "masks/a.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

    files = _source(tmp_path, craters="rims.shp", masks="masks", tiles="tiles.csv").files()

    assert list(files.mosaic) == [tmp_path / "mosaic.tif"]
    assert sorted(files.catalogue) == [tmp_path / "rims.dbf", tmp_path / "rims.shp"]
    assert list(files.masks) == [tmp_path / "masks" / "a.tif"]
    assert files.tiles == tmp_path / "tiles.csv"


def test_a_mosaic_of_a_part_of_the_planet_is_padded_on_request(tmp_path: Path) -> None:
    """The rest counts as not imaged; without the request it is refused with the setting's name."""
    _good(tmp_path)
    grid = BasemapGrid(body=MERCURY, width_px=64)
    window = Window(row=4, col=40, height=10, width=20)
    part = np.full((3, 10, 20), 7, np.uint8)
    write_cog(tmp_path / "mosaic.tif", part, grid=grid, window=window)

    with pytest.raises(SourceError, match=r"not the whole planet; .*state --pad, or pad: true"):
        _check(tmp_path)
    assert _check(tmp_path, pad=True) == []


def test_what_lies_beside_a_mask_is_one_of_its_files(tmp_path: Path) -> None:
    """It places the mask, so that a change in it makes what was learned from the mask stale."""
    _good(tmp_path)
    beside = tmp_path / "masks" / "mask_0008.tif.aux.xml"
    beside.write_text("<PAMDataset></PAMDataset>")
    files = {"kind": "files", "mosaic": "mosaic.tif", "craters": "craters.csv", "masks": "masks"}
    project = Project.model_validate({"source": files, "bands": "mercury-enhanced"})

    found = source_of(OpenProject(settings=project, paths=ProjectPaths(tmp_path))).files()

    assert beside in [*found.masks]
