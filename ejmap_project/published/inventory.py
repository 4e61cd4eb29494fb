"""What a published folder holds, what it lacks, and what that rules out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.file_family import require_inside
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.parts import EJCONN_NOTE, PARTS, TABLES, Part, checkpoints_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a part.

    Attributes:
        part: The part.
        count: Number of files.
        detail: Which craters, versions or runs they are of.
    """

    part: Part
    count: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that was looked for.

    Attributes:
        findings: One a part, in the order in which a project needs them.
        notes: What else should be known.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the inventory as a table for people, and what is ruled out."""
        there = [one for one in self.findings if one.count]
        missing = [one for one in self.findings if not one.count]
        width = max(len(one.part.name) for one in self.findings)
        lines = [
            f"found    {one.part.name:<{width}}  {one.count:>6}  {one.detail}".rstrip()
            for one in there
        ]
        lines += [
            f"missing  {one.part.name:<{width}}  {'':>6}  {one.part.without}".rstrip()
            for one in missing
        ]
        return [*lines, *(f"note     {note}" for note in self.notes)]


def take_inventory(published: PublishedFolder, *, tables: Path | None = None) -> Inventory:
    """Count what a published folder holds, without reading any of it.

    Args:
        published: The folder.
        tables: Folder of the hyperparameter tables, if it is another one.

    Raises:
        SourceError: If a symbolic link leads out of the folder.
    """
    findings = [_finding(published, part) for part in PARTS]
    found_tables = hyperparameter_tables(published, tables)
    findings.append(
        Finding(
            part=TABLES,
            count=len(found_tables),
            detail=", ".join(path.name for path in found_tables.values()),
        )
    )
    has_weights = any(published.found(one) for one in checkpoints_of("ejconn"))
    return Inventory(findings=tuple(findings), notes=(EJCONN_NOTE,) if has_weights else ())


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
    found = [published.found(family) for family in part.families]
    keys = [
        dict(zip(family.blanks, key, strict=True))
        for family, files in zip(part.families, found, strict=True)
        for key in files
    ]
    return Finding(part=part, count=sum(map(len, found)), detail=_detail(keys))


def _detail(keys: Sequence[dict[str, int | str]]) -> str:
    """Say of how many craters, and of which versions, splits and runs files are."""
    told: list[str] = []
    for blank, tell in _TOLD.items():
        values = sorted({key[blank] for key in keys if blank in key}, key=str)
        if values:
            told.append(tell(values))
    return ", ".join(told)


def _number(noun: str) -> Callable[[Sequence[int | str]], str]:
    return lambda values: f"{len(values)} {noun}{'' if len(values) == 1 else 's'}"


def _listed(noun: str, most: int = 6) -> Callable[[Sequence[int | str]], str]:
    def tell(values: Sequence[int | str]) -> str:
        ordered = sorted(values, key=lambda one: (isinstance(one, str), one))
        shown = ", ".join(map(str, ordered[:most]))
        more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
        return f"{noun} {shown}{more}"

    return tell


_TOLD: dict[str, Callable[[Sequence[int | str]], str]] = {
    "run": _listed("run", most=2),
    "version": _listed("version"),
    "split": _listed("split"),
    "iteration": _number("iteration"),
    "crater": _number("crater"),
    "name": _number("crater"),
}
