"""``ejmap status``: what of a project is there, what is stale and why, and what the rest takes."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import (
    AS_JSON,
    PROJECT_OR_DEFAULT,
    chosen_folder,
    command,
    require_project,
    suggested,
)
from ejmap_cli.printing import print_json, table_lines
from ejmap_project.estimates import size_words

if TYPE_CHECKING:
    from rich.table import Table

    from ejmap_assets.status.project_status import ProjectStatus

# In the instance: what was read of its history, so that the next answer comes sooner.
RECORDS = "records.json"
# Of the craters in one state.
MOST_NAMED = 12
MOST_REASONS = 2


@command("status", "ejmap status projects/mine", "ejmap status projects/mine --json")
@PROJECT_OR_DEFAULT
@AS_JSON
def status(project: Path | None, *, as_json: bool) -> int:
    """Say what is there, what is stale and why, and what the rest takes."""
    import dagster as dg

    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.lineage.records import RecordCache
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_assets.status.project_status import status_of
    from ejmap_project.open_project import OpenProject

    folder = chosen_folder(project)
    require_project(folder)
    opened = OpenProject.at(folder)
    # Who asks makes no instance.
    is_there = home_of(folder).is_dir()
    with open_instance(folder) if is_there else dg.DagsterInstance.ephemeral() as instance:
        cache = RecordCache(home_of(folder) / RECORDS if is_there else None)
        found = status_of(book_of(opened, instance), cache)
        cache.keep()
    if as_json:
        print_json({"project": str(folder), **facts_of(found)})
    else:
        click.echo(f"project    {folder}, {opened.settings.source.kind} on {opened.settings.body}")
        click.echo("\n".join(lines_of(found, folder, is_terminal=sys.stdout.isatty())))
    return 0


def facts_of(found: "ProjectStatus") -> dict[str, object]:
    """Return a status as JSON holds it."""
    states = found.states
    return {
        "is_current": found.is_current,
        "steps": [
            {
                "title": step.title,
                "current": step.current,
                "stale": step.stale,
                "missing": step.missing,
                "why": dict(step.why),
                **step.cost._asdict(),
            }
            for step in found.steps
        ],
        "states": None if states is None else {state.value: n for state, n in states.items()},
        "craters": [
            {"key": one.key, "name": one.name, "state": one.state.value, "why": one.why}
            for one in found.craters
        ],
        "to_do": found.cost._asdict(),
        "free_bytes": found.free_bytes,
    }


def lines_of(found: "ProjectStatus", folder: Path, *, is_terminal: bool) -> Iterator[str]:
    """Yield a status as lines: a table of steps, the craters by state, and what the rest takes."""
    yield from table_lines(_table(found), is_terminal=is_terminal)
    if found.states is None:
        yield "craters    not known before their table is read"
    else:
        counts = ", ".join(f"{count} {state.value}" for state, count in found.states.items())
        yield f"craters    {counts or 'none in the catalogue'}"
    yield from _named(found)
    if found.is_current:
        yield "to do      nothing"
        return
    more = " and what the craters take" if found.states is None else ""
    yield f"to do      {found.cost.words}{more}; {size_words(found.free_bytes)} are free"
    yield f"next       {suggested('ejmap', 'run', folder)}"


def _table(found: "ProjectStatus") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("step")
    for heading in ("current", "stale", "missing"):
        table.add_column(heading, justify="right")
    table.add_column("why", overflow="fold")
    for step in found.steps:
        reasons = [f"{why} ({count})" for why, count in list(step.why.items())[:MOST_REASONS]]
        hidden = len(step.why) - len(reasons)
        told = "; ".join([*reasons, *([f"{hidden} more reasons"] if hidden else [])])
        table.add_row(step.title, str(step.current), str(step.stale), str(step.missing), told)
    return table


def _named(found: "ProjectStatus") -> Iterator[str]:
    """Yield a line for each state and reason with the craters that it is of."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in found.craters:
        groups.setdefault((one.state.value, one.why), []).append(f"{one.key} {one.name}".strip())
    for (state, why), names in groups.items():
        hidden = len(names) - MOST_NAMED
        told = ", ".join(names[:MOST_NAMED]) + (f" and {hidden} more" if hidden > 0 else "")
        yield f"{state:<10} {told}{f' ({why})' if why else ''}"
