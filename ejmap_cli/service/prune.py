"""``ejmap prune``: remove what nothing in a project needs any more."""

from collections import Counter
from pathlib import Path

import click

from ejmap_cli.command import PROJECT, command, require_project
from ejmap_project.estimates import size_words

DAYS = 30


@command("prune", "ejmap prune projects/mine", "ejmap prune projects/mine --days 7 --yes")
@PROJECT
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=DAYS,
    help=f"younger runs stay; default: {DAYS}",
)
@click.option("--yes", is_flag=True, help="remove without asking")
def prune(project: Path, days: float, *, yes: bool) -> int:
    """Remove files of former craters and old runs; asks first.

    A run stays while it made the present state of anything: nothing has to be made again
    afterwards. Releases, models and results kept for a roll-back stay.
    """
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_assets.runs.old_runs import ended_runs, superseded_runs
    from ejmap_project.leftovers import leftovers
    from ejmap_project.open_project import OpenProject

    require_project(project)
    opened = OpenProject.at(project)
    with open_instance(project) as instance:
        ended_runs(instance)
        runs = superseded_runs(instance, older_than_days=days)
        home = home_of(opened.paths.folder)
        found = list(leftovers(opened, home, older_than_days=days))
        if not runs and not found:
            click.echo("nothing to remove")
            return 0
        for why, count in Counter(one.why for one in found).items():
            click.echo(f"{count:>6} place(s): {why}")
        click.echo(f"{len(runs):>6} run(s): everything they made was made again or is gone")
        freed = size_words(sum(one.size_bytes for one in found))
        if not yes and not click.confirm(f"remove them for good ({freed} and their events)?"):
            click.echo("nothing was removed")
            return 1
        for one in found:
            one.remove()
        for record in runs:
            instance.delete_run(record.dagster_run.run_id)
    click.echo(f"removed {len(found)} place(s), {freed}, and {len(runs)} run(s)")
    return 0
