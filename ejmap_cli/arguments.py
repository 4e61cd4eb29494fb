"""The arguments of the command ``ejmap`` that take more than a line to describe."""

import argparse
from pathlib import Path

from ejmap_project.settings.sources import PUBLISHED_DOI


def describe_new(new: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap new`."""
    new.add_argument("project", type=Path, help="folder to make")
    new.add_argument("--mosaic", type=Path, required=True, help="raster of the whole planet")
    new.add_argument("--craters", type=Path, required=True, help=".gpkg, .shp, .parquet or .csv")
    new.add_argument("--masks", type=Path, help="folder of mask_NNNN.tif of labelled craters")
    new.add_argument("--body", default="Mercury", help="Mercury (default) or Moon")


def describe_import(importing: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap import`."""
    importing.description = (
        "List what a published EJMAP folder (data/ and results/, or any part of them) holds, what "
        "it lacks and what that rules out, and make a project that maps, evaluates and trains "
        "with it."
    )
    importing.add_argument("folder", type=Path, help="folder that holds data/ and results/")
    importing.add_argument("--project", type=Path, help="folder to make (projects/NAME of FOLDER)")
    importing.add_argument("--list", action="store_true", help="only list; make nothing")
    importing.add_argument("--mosaic", type=Path, help="mosaic to take instead of the folder's")
    importing.add_argument("--doi", default=PUBLISHED_DOI, help=f"origin ({PUBLISHED_DOI})")
    importing.add_argument("--tables", type=Path, help="folder of the *_version_hparams.csv")
    importing.add_argument("--split", type=int, metavar="K", help="split of column test_K")
    importing.add_argument("--ejconn-version", type=int, metavar="V", help="version of EJCONN")
    importing.add_argument("--ejseg-version", type=int, metavar="V", help="version of EJSEG")
    importing.add_argument("--masks-run", metavar="RUN", help="show these masks; map nothing")


def describe_export(exporting: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap export`."""
    exporting.description = (
        "Write a project's craters, masks, tiles, splits, connections, weights, maps and scores "
        "as a published EJMAP folder, whole or not at all."
    )
    exporting.add_argument("project", type=Path, help="project folder")
    exporting.add_argument("folder", type=Path, help="folder to write to")
    exporting.add_argument(
        "--what",
        action="append",
        metavar="PART",
        help="craters, mosaic, masks, tiles, connections, weights, map, scores (all of these), or "
        "azimuthal-mosaics, tiles-npy; may be repeated",
    )
    exporting.add_argument("--force", action="store_true", help="replace files that are there")
    exporting.add_argument("--split", type=int, metavar="K", help="number of the split")
    exporting.add_argument("--ejconn-version", type=int, metavar="V", help="number of EJCONN")
    exporting.add_argument("--ejseg-version", type=int, metavar="V", help="number of EJSEG")
    exporting.add_argument("--run", metavar="NAME", help="name of the map in output_masks")


def describe_train(train: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap train`."""
    train.add_argument("project", type=Path, help="project folder")
    train.add_argument("--model", choices=("ejconn", "ejseg"), required=True)
    train.add_argument(
        "--version",
        action="append",
        default=[],
        metavar="NAME",
        help="preset, or models/NAME.yaml of the project; may be repeated",
    )
    train.add_argument(
        "--split",
        action="append",
        type=int,
        default=[],
        metavar="K",
        help="split whose test tiles are held back; may be repeated",
    )
    train.add_argument("--iterations", type=int, help="members of each ensemble")


def describe_promote(promote: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap promote`."""
    promote.description = (
        "Let the configured version of a model map the craters if it passes the gate: its test F1 "
        "must hold against the current ensemble's, and no check may be red. Nothing is mapped yet: "
        "`ejmap run`, or keep_up_to_date in the UI, does that."
    )
    _describe_decision(promote)
    promote.add_argument("--by-hand", action="store_true", help="whatever the gate says")


def describe_roll_back(roll_back: argparse.ArgumentParser) -> None:
    """Describe the arguments of `ejmap roll-back`."""
    roll_back.description = (
        "Let an ensemble that was promoted before map the craters again. Masks that it made and "
        "that are kept (mapping.kept_results) are found again by the next `ejmap run`."
    )
    _describe_decision(roll_back)
    roll_back.add_argument(
        "--to", default="", metavar="DIGEST", help="which one; the one before the current one"
    )


def _describe_decision(decision: argparse.ArgumentParser) -> None:
    decision.add_argument("project", type=Path, help="project folder")
    decision.add_argument("--model", choices=("ejconn", "ejseg"), required=True)
    decision.add_argument("--reason", default="", help="why, for the record")
