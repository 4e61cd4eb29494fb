"""What a published folder holds, what it lacks, and what that rules out."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.file_family import FileFamily, require_inside
from ejmap_project.published.layout import PublishedFolder

# The published encoding of EJCONN's input lives in a notebook that cannot be had.
EJCONN_NOTE = (
    "published EJCONN weights run on our own crops, because the encoding that they were trained on "
    "was not published; only published conn_positions give the paper's connections"
)


class Part(NamedTuple):
    """A part of a published folder.

    Attributes:
        name: What it is.
        families: The files that belong to it; one of them is enough.
        without: What cannot be done without it.
    """

    name: str
    families: tuple[FileFamily, ...]
    without: str


def _parts_of(kind: ModelKind) -> tuple[Part, ...]:
    name, weights = layout.NAMES[kind], (layout.CHECKPOINT[kind], layout.BEST_CHECKPOINT[kind])
    without_norm = f"{name} weights cannot be imported: their normalization is not known"
    scores = (layout.TRAINING_METRICS[kind], layout.MAP_METRICS[kind])
    return (
        Part(f"{name} weights", weights, f"{name} has to be trained"),
        Part(f"{name} norms", (layout.NORM[kind],), without_norm),
        Part(f"{name} scores", scores, "no published scores to compare with"),
    )


PARTS = (
    Part("craters (fresh_craters.shp)", (layout.CRATERS,), "nothing can be imported"),
    Part(
        "mosaic (cylindrical_mosaic.tif)",
        (layout.MOSAIC,),
        "craters cannot be mapped (or give --mosaic); published masks, evaluation and export work",
    ),
    Part(
        "manual masks",
        (layout.MANUAL_MASK,),
        "no training on them and no evaluation; mapping with imported weights works",
    ),
    Part(
        "tile rectangles (positions_crater)",
        (layout.RECTANGLES, layout.ALL_RECTANGLES),
        "labelled tiles have no place on the mosaic: no evaluation and no training",
    ),
    Part(
        "tiles and splits (az_positions_all.csv)",
        (layout.LABELLED_TILES,),
        "tiles are laid out anew and the published splits are not known",
    ),
    Part(
        "tile squares (az_positions_crater)",
        (layout.LABELLED_SQUARES,),
        "labelled tiles have no squares: models cannot be trained on them",
    ),
    Part(
        "mapping tiles (eval_positions)",
        (layout.MAPPING_SQUARES,),
        "our own grid of tiles is mapped, and published connections cannot be used",
    ),
    Part(
        "EJCONN tiles (npy)",
        (layout.EJCONN_IMAGE,),
        "EJCONN is trained on our own crops of the mosaic",
    ),
    Part(
        "EJSEG tiles (npy)", (layout.EJSEG_IMAGE,), "EJSEG is trained on tiles cut from the mosaic"
    ),
    Part(
        "connections (conn_positions)",
        (layout.CONNECTIONS,),
        "tiles are connected by a model of ours or by imported weights",
    ),
    *_parts_of("ejconn"),
    *_parts_of("ejseg"),
    Part("output masks", (layout.OUTPUT_MASK,), "the published map cannot be shown or scored"),
    Part(
        "whole manual maps (az_manual)",
        (layout.WHOLE_MANUAL_MASK, layout.MANUAL_ID_MAP),
        "no comparison with whole manual maps",
    ),
)
TABLES = Part(
    "hyperparameter tables",
    (),
    "only weights of the final versions (EJCONN 32, EJSEG 200) can be imported (or give --tables)",
)
# Which blanks of the names are told, by which word, and how many values are listed: 0 counts them.
TOLD = {
    "run": ("run", 2),
    "version": ("version", 6),
    "split": ("split", 6),
    "iteration": ("iteration", 0),
    "crater": ("crater", 0),
    "name": ("crater", 0),
}


class Finding(NamedTuple):
    """What was found of a part.

    Attributes:
        part: The part.
        files: Number of files.
        detail: Which craters, versions or runs they are of.
    """

    part: Part
    files: int
    detail: str


class Inventory(NamedTuple):
    """Everything that was looked for.

    Attributes:
        findings: One a part, in the order in which a project needs them.
        notes: What else should be known.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the inventory as a table for people, and what is ruled out."""
        width = max(len(one.part.name) for one in self.findings)
        found = [
            f"found    {part.name:<{width}}  {files:>6}  {detail}".rstrip()
            for part, files, detail in self.findings
            if files
        ]
        missing = [
            f"missing  {part.name:<{width}}  {'':>6}  {part.without}"
            for part, files, _ in self.findings
            if not files
        ]
        return [*found, *missing, *(f"note     {note}" for note in self.notes)]


def take_inventory(published: PublishedFolder, *, tables: Path | None = None) -> Inventory:
    """Count what a published folder holds, without reading any of it.

    Args:
        published: The folder.
        tables: Folder of the hyperparameter tables, if it is another one.

    Raises:
        SourceError: If a symbolic link leads out of the folder.
    """
    findings = [_finding(published, part) for part in PARTS]
    names = [path.name for path in hyperparameter_tables(published, tables).values()]
    findings.append(Finding(TABLES, len(names), ", ".join(names)))
    weights = (layout.CHECKPOINT["ejconn"], layout.BEST_CHECKPOINT["ejconn"])
    has_weights = any(published.found(family) for family in weights)
    return Inventory(tuple(findings), notes=(EJCONN_NOTE,) if has_weights else ())


def hyperparameter_tables(
    published: PublishedFolder, tables: Path | None = None
) -> dict[ModelKind, Path]:
    """Return the tables of hyperparameters that can be found, by model.

    Args:
        published: Its folder ``code``, or the folder itself, may hold them.
        tables: Folder to look in instead.

    Raises:
        SourceError: If a table is a symbolic link that leads out of its folder.
    """
    places = [tables] if tables else [published.folder / one for one in layout.TABLE_FOLDERS]
    found: dict[ModelKind, Path] = {}
    for kind, name in layout.HYPERPARAMETERS.items():
        there = [place / name for place in places if (place / name).is_file()]
        if there:
            found[kind] = there[0]
            require_inside(there[0], tables or published.folder)
    return found


def _finding(published: PublishedFolder, part: Part) -> Finding:
    keys = [
        dict(zip(family.blanks, key, strict=True))
        for family in part.families
        for key in published.found(family)
    ]
    return Finding(part, len(keys), _detail(keys))


def _detail(keys: Sequence[dict[str, int | str]]) -> str:
    """Say of how many craters, and of which versions, splits and runs files are."""
    told: list[str] = []
    for blank, (noun, most) in TOLD.items():
        values = {key[blank] for key in keys if blank in key}
        ordered = sorted(values, key=lambda one: (isinstance(one, str), one))
        if values and most:
            more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
            told.append(f"{noun} {', '.join(map(str, ordered[:most]))}{more}")
        elif values:
            told.append(f"{len(values)} {noun}{'' if len(values) == 1 else 's'}")
    return ", ".join(told)
