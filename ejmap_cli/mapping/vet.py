"""``ejmap vet``: which entries of a crater catalogue may be no craters."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_cli.command import PROJECT, command
from ejmap_cli.console import Console

if TYPE_CHECKING:
    from ejmap_project.paths import ProjectPaths


@command("vet", "ejmap vet projects/mine")
@PROJECT
def vet(project: Path) -> int:
    """Score every entry of the crater catalogue; name those that may be no craters."""
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.runs.instance import open_instance
    from ejmap_project.open_project import OpenProject
    from ejmap_project.sources.kinds import source_of
    from ejmap_project.vetting.vetting_choice import classifier_config, classifier_version

    opened = OpenProject.at(project.resolve())
    # Before anything is made: a misspelt preset should not cost the reading of a mosaic.
    classifier_config(opened, classifier_version(opened))
    with Console() as console:
        for note in source_of(opened).check():
            console.line(note)
        with open_instance(opened.paths.folder) as instance:
            complaints = runner_of(opened, instance, console).vet()
        for sentence in complaints:
            console.line(f"not done: {sentence}")
        if complaints:
            return 1
        for line in _result_lines(opened.paths):
            console.line(line)
        console.line(f"took {console.elapsed_seconds:.0f} s")
        return 0


def _result_lines(paths: "ProjectPaths") -> Iterator[str]:

    from ejmap_project.files.table_file import read_table
    from ejmap_project.vetting.candidates import doubtful_words
    from ejmap_project.vetting.vetting_tiles import DOUBTFUL, NOT_JUDGED

    table = read_table(paths.crater_candidates)
    counts = table["status"].value_counts()
    yield f"scores     {paths.crater_candidates}, and .csv beside it"
    yield f"pictures   {paths.least_sure}"
    doubtful, not_judged = counts.get(DOUBTFUL, 0), counts.get(NOT_JUDGED, 0)
    yield f"doubtful   {doubtful} of {len(table)}, {not_judged} cannot be judged"
    if doubtful:
        yield f"           {doubtful_words(table)}"
