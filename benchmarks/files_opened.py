"""What other programs say of the files of a project: ``files_opened.py PROJECT [CRATER]``.

Opens every file of the map and of one crater, and every export, with GDAL and its validators,
rio-cogeo, rioxarray, geopandas and QGIS, and prints a page in Markdown. GDAL and QGIS are those of
the machine (``apt-get install --no-install-recommends python3-qgis``).
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
from rio_cogeo.cogeo import cog_validate

from ejmap_geo.rasters.raster import read_raster
from ejmap_project.gis_export.formats import FORMATS, export_map
from ejmap_project.open_project import OpenProject

# The Python of the machine, which has GDAL and QGIS.
PYTHON = "/usr/bin/python3"
SCRIPTS = Path(__file__).parents[1] / "tests"
HEAD = """# Files, as other programs open them

Written by `benchmarks/files_opened.py` on a project of {craters} craters: the files of the map,
those of one crater, and `export/FORM/`. GDAL {gdal} with its validators of cloud-optimised GeoTIFFs
and GeoPackages, QGIS {qgis}, rio-cogeo, rioxarray and geopandas, which also
judges whether geometries are valid.

`data/map/ejmap.qgs` in QGIS: {layers} layers, {invalid} of them invalid, {errors} errors while they
were drawn, in {crs}.
"""
VECTORS = (".gpkg", ".shp", ".parquet")
# Labels of PDS4 describe whole rows one after another: these are no cloud-optimised files.
PLAIN = "export/pds4/"


def main(folder: str, key: str = "") -> int:
    """Print the page; return how many files have a fault."""
    project = OpenProject.at(Path(folder).resolve())
    crater = key or next(iter(project.craters()))
    with tempfile.TemporaryDirectory() as scratch:
        exported = Path(scratch)
        for form in FORMATS:
            export_map(project, exported / form, form=form)
        roots = {project.paths.data: "", exported: "export/"}
        files = [*_files(project, crater), *sorted(exported.rglob("*"))]
        opened = [path for path in files if path.suffix in {".tif", *VECTORS}]
        by_gdal = _asked("open_in_gdal.py", *(p for p in opened if p.suffix != ".parquet"))
        rows = [_row(path, _name(path, roots), by_gdal["files"].get(str(path))) for path in opened]
        by_qgis = _asked("open_in_qgis.py", project.paths.qgis_project, exported / "map.png")
    invalid = [one["name"] for one in by_qgis["layers"] if not one["valid"]]
    print(
        HEAD.format(
            craters=len(project.craters()),
            gdal=by_gdal["version"],
            qgis=by_qgis["version"],
            layers=len(by_qgis["layers"]),
            invalid=len(invalid),
            errors=len(by_qgis["errors"]),
            crs=by_qgis["crs"],
        )
    )
    print("| file | GDAL finds | CRS | rioxarray or geopandas | faults |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return sum(row[-1] != "none" for row in rows) + len(invalid)


def _files(project: OpenProject, key: str) -> Iterator[Path]:
    paths = project.paths
    yield paths.basemap_mosaic
    yield from sorted(paths.label_map.parent.iterdir())
    yield from sorted(paths.crater(key).iterdir())
    yield from (paths.crater_catalogue, paths.manual_mask(key))


def _row(path: Path, name: str, told: dict[str, Any] | None) -> list[str]:
    faults = list(told["faults"]) if told else []
    if path.suffix == ".tif":
        if PLAIN in name:
            faults = []
        else:
            is_valid, errors, warned = cog_validate(path, quiet=True)
            faults += [f"rio-cogeo: {one}" for one in (*errors, *warned)] if not is_valid else []
        with read_raster(path) as raster:
            seen = f"{raster.dtype} {raster.shape}"
    elif path.suffix == ".parquet":
        seen, faults = _table(path, faults)
    else:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        tables = {layer: gpd.read_file(path, layer=layer) for layer in layers}
        seen = ", ".join(f"{layer} ({len(table)})" for layer, table in tables.items())
        faults += [
            f"{layer}: {_invalid(table)} invalid geometries"
            for layer, table in tables.items()
            if _invalid(table)
        ]
    found = told or {"holds": "not read by the GDAL of the machine", "crs": ""}
    return [f"`{name}`", str(found["holds"]), str(found["crs"]), seen, "; ".join(faults) or "none"]


def _table(path: Path, faults: Sequence[str]) -> tuple[str, list[str]]:
    try:
        table = gpd.read_parquet(path)
    except ValueError:
        return "a table without geometry", list(faults)
    crs = "no CRS" if table.crs is None else table.crs.name
    wrong = [f"{_invalid(table)} invalid geometries"] if _invalid(table) else []
    return f"{len(table)} rows, {crs}", [*faults, *wrong]


def _invalid(table: gpd.GeoDataFrame) -> int:
    return int((~table.is_valid).sum())


def _name(path: Path, roots: dict[Path, str]) -> str:
    root = next(one for one in roots if path.is_relative_to(one))
    return roots[root] + path.relative_to(root).as_posix()


def _asked(script: str, *words: object) -> dict[str, Any]:
    """Return what a script answers in the Python of the machine."""
    command = [PYTHON, str(SCRIPTS / script), *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own scripts
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
