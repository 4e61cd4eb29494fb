"""What people state to ``ejmap new``, and the places that they state it in."""

import contextlib
import io
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from rasterio.crs import CRS

from ejmap_cli.main import main
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.settings.project import Project, load_project
from ejmap_project.settings.sources import FilesSource

GRID = BasemapGrid(body=MERCURY, width_px=64)
TABLE = """crater_id,name,lon_deg,lat_deg,radius_m
7,Hokusai,16.65,57.84,57000
12,Debussy,12.54,-33.95,40500
"""
NOT_UTF8 = os.fsdecode(b"Bash\xf4")
Words = list[str]


class Case(NamedTuple):
    """A command that was tried.

    Attributes:
        kind: What is special about it.
        what: The command in words.
        words: Prepares the folder and returns the words after ``ejmap new``.
        holds: What must be true of the settings that are made.
        encoding: Of standard output and standard error.
    """

    kind: str
    what: str
    words: Callable[[Path], Words]
    holds: Callable[[FilesSource], bool] = lambda _: True
    encoding: str = "utf-8"


def mosaic(path: Path, *, bands: int = 1, dtype: str = "uint8") -> Path:
    """Write a mosaic of the whole planet with some contrast."""
    rows, cols = np.indices(GRID.shape)
    values = np.broadcast_to(40 + (7 * rows + 13 * cols) % 90, (bands, *GRID.shape)).astype(dtype)
    options = {"crs": CRS.from_wkt(GRID.crs.to_wkt()), "transform": GRID.transform}
    height, width = GRID.shape
    with rasterio.open(
        path, "w", driver="GTiff", dtype=dtype, count=bands, height=height, width=width, **options
    ) as raster:
        raster.write(values)
    return path


def files(
    folder: Path,
    *more: str,
    project: str = "p",
    image: str = "mosaic.tif",
    table: str = "craters.csv",
    text: str = TABLE,
    **raster: Any,
) -> Words:
    """Write a mosaic and a table, and return the words that name them."""
    mosaic(folder / "written.tif", **raster)
    (folder / "written.tif").rename(folder / image)
    (folder / table).write_text(text, encoding="utf-8")
    named = ["--mosaic", str(folder / image), "--craters", str(folder / table)]
    return [str(folder / project), *named, *(word.replace("FOLDER", str(folder)) for word in more)]


def stated(*more: str, **changes: Any) -> Callable[[Path], Words]:
    """Return what states files in a folder of the test, with more words."""
    return lambda folder: files(folder, *more, **changes)


def with_folder(
    make: Callable[[Path], object], *more: str, **changes: Any
) -> Callable[[Path], Words]:
    """Return what states files, and makes something else beforehand."""

    def words(folder: Path) -> Words:
        make(folder)
        return files(folder, *more, **changes)

    return words


def masks(name: str) -> Callable[[Path], object]:
    """Return what writes a mask of the whole planet under a name."""

    def make(folder: Path) -> None:
        (folder / "masks").mkdir()
        mosaic(folder / "masks" / "written.tif")
        with rasterio.open(folder / "masks" / "written.tif", "r+") as raster:
            raster.write(np.zeros((1, *GRID.shape), np.uint8))
        (folder / "masks" / "written.tif").rename(folder / "masks" / name)

    return make


def well_known(lon: float = 1, radius: float = 1) -> str:
    """Return a table of the craters of the reference set, read wrongly by factors."""
    craters = [one for (body, _), one in reference_craters().items() if body == "Mercury"]
    rows = [
        f"{number},{lon * one.center.lon_deg},{one.center.lat_deg},{radius * one.radius_m}"
        for number, one in enumerate(craters)
    ]
    return "\n".join(["crater_id,lon_deg,lat_deg,radius_m", *rows]) + "\n"


WEST = TABLE.replace("16.65", "343.35").replace("12.54", "347.46")
IN_KM = "number,X,Y,R_km\n7,16.65,57.84,57\n12,12.54,-33.95,40.5\n"
COLUMNS = [
    word
    for column in ("crater_id=number", "lon_deg=X", "lat_deg=Y", "radius_m=R_km*1000")
    for word in ("--column", column)
]
NO_IDS = "lon,lat,D_km\n16.65,57.84,114\n12.54,-33.95,81\n"
TILES = "tile_id,row,col,height_px,width_px\n0,0,0,8,8\n"

SETTINGS = (
    Case("names", "blanks, # and % in the name of the project", stated(project="my planet #1 50%")),
    Case("names", "? in the name of the project", stated(project="planet?")),
    Case(
        "names",
        "brackets, #, ? and % in the names of files",
        stated(image="m [1] #?%.tif", table="c [1] #?%.csv"),
    ),
    Case(
        "names",
        "quotes, colons, a backslash and a character of four bytes",
        stated(project='it\'s: "x"\\\U0001f311', image="m: 'a'\\.tif"),
    ),
    Case("names", "a project whose name is not UTF-8", stated(project=NOT_UTF8)),
    Case("names", "a mosaic whose name is not UTF-8", stated(image=f"{NOT_UTF8}.tif")),
    Case(
        "environment",
        "standard output in ascii, names with a macron",
        stated(project="Bash\u014d"),
        encoding="ascii",
    ),
    Case(
        "environment",
        "standard output in Latin-1, names with a macron",
        stated(project="Bash\u014d"),
        encoding="latin-1",
    ),
    Case("folder", "is there, and empty", with_folder(lambda folder: (folder / "p").mkdir())),
    Case(
        "folder",
        "holds other files",
        with_folder(masks("a.tif"), project="masks"),
    ),
    Case("folder", "is a file", with_folder(lambda folder: (folder / "p").touch())),
    Case(
        "folder",
        "below a file",
        with_folder(lambda folder: (folder / "file").touch(), project="file/p"),
    ),
    Case(
        "statements",
        "--value-range for a 16-bit mosaic",
        stated("--value-range", "0", "200", dtype="uint16"),
        lambda source: source.value_range == (0, 200),
    ),
    Case(
        "statements",
        "--value-range from high to low",
        stated("--value-range", "200", "0", dtype="uint16"),
    ),
    Case(
        "statements",
        "--west-positive",
        stated("--west-positive", text=WEST),
        lambda source: source.west_positive,
    ),
    Case(
        "statements",
        "--column for every column",
        stated(*COLUMNS, text=IN_KM),
        lambda source: source.columns["radius_m"] == "R_km*1000",
    ),
    Case("statements", "--column of no column of ours", stated("--column", "radius=R_km")),
    Case("statements", "--column without =", stated("--column", "radius_m")),
    Case(
        "statements",
        "--column twice for one column",
        stated("--column", "lon_deg=lon", "--column", "lon_deg=x"),
    ),
    Case("statements", "--column that is a number", stated("--column", "radius_m=57")),
    Case("statements", "--column with a factor of 0", stated("--column", "radius_m=R_km*0")),
    Case("statements", "--value-range that is no number", stated("--value-range", "0", "nan")),
    Case("statements", "--bands purple", stated("--bands", "purple")),
    Case("statements", "--bands rgb for one band", stated("--bands", "rgb")),
    Case("statements", "--body Moon for a mosaic of Mercury", stated("--body", "Moon")),
    Case(
        "statements",
        "a folder in place of the mosaic and of the table",
        with_folder(
            lambda folder: (folder / "files").mkdir(),
            "--mosaic",
            "FOLDER/files",
            "--craters",
            "FOLDER/files",
        ),
    ),
    Case(
        "statements",
        "--tiles",
        with_folder(
            lambda folder: (folder / "tiles.csv").write_text(TILES), "--tiles", "FOLDER/tiles.csv"
        ),
        lambda source: source.tiles is not None,
    ),
    Case(
        "statements",
        "mosaic and craters swapped",
        lambda folder: [
            word if n not in {2, 4} else files(folder)[6 - n]
            for n, word in enumerate(files(folder))
        ],
    ),
    Case(
        "masks",
        "mask_0012.tif",
        with_folder(masks("mask_0012.tif"), "--masks", "FOLDER/masks"),
        lambda source: source.masks is not None,
    ),
    Case("masks", "mask_12.tif", with_folder(masks("mask_12.tif"), "--masks", "FOLDER/masks")),
    Case(
        "masks",
        "crater_0012.tiff",
        with_folder(masks("crater_0012.tiff"), "--masks", "FOLDER/masks"),
    ),
    Case(
        "masks",
        "of a crater that is not in the table",
        with_folder(masks("mask_0099.tif"), "--masks", "FOLDER/masks"),
    ),
    Case(
        "masks",
        "of a table without ids",
        with_folder(masks("mask_0001.tif"), "--masks", "FOLDER/masks", text=NO_IDS),
    ),
    Case("masks", "a file in place of the folder", stated("--masks", "FOLDER/mosaic.tif")),
    Case(
        "at once",
        "16-bit mosaic, table without a size, folder of masks that is not there",
        stated(
            "--masks", "FOLDER/masks", dtype="uint16", text="crater_id,lon,lat\n7,16.65,57.84\n"
        ),
    ),
    Case("well-known craters", "longitudes to the west", stated(text=well_known(lon=-1))),
    Case("well-known craters", "diameters as radii", stated(text=well_known(radius=2))),
    Case("well-known craters", "where they are", stated(text=well_known())),
)


def outcome_of(case: Case, folder: Path) -> str:
    """Run a command and say what came of it, in the words of the page.

    Raises:
        AssertionError: If settings are not as stated, or a refused command left something behind.
    """
    words = case.words(folder)
    before = _tree(folder)
    shown, code = _run(["new", *words], case.encoding)
    if code:
        assert _tree(folder) == before, case.what
        lines = shown.strip().splitlines()
        assert code == 2 or len(lines) == 1, (case.what, shown)
        return f"refused: {lines[-1].replace(f'{folder}/', '')}"
    project = Path(words[0])
    settings = load_project(project)
    _require_as_stated(settings, words, case)
    command = shlex.split(shown.strip().splitlines()[-1].split(" is ready; ")[-1])
    assert case.encoding != "utf-8" or command == ["ejmap", "run", words[0]], shown
    shutil.rmtree(project)
    return "made as stated"


def _require_as_stated(settings: Project, words: Words, case: Case) -> None:
    source = settings.source
    assert isinstance(source, FilesSource), case.what
    assert str(source.mosaic) == words[2], case.what
    assert str(source.craters) == words[4], case.what
    assert case.holds(source), case.what


def _run(words: Words, encoding: str) -> tuple[str, int]:
    """Run a command with streams of an encoding that refuse other characters."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, errors="strict", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        code = main(words)
    # Click writes UTF-8 where a stream claims to be in ascii.
    return written.getvalue().decode("utf-8" if encoding == "ascii" else encoding), code


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
