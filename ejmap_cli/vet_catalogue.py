"""Vetting a catalogue from the command line: which of its entries may be no craters."""

from pathlib import Path

import pandas as pd

from ejmap_assets.definitions import runner_of
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.sources.kinds import source_of
from ejmap_project.vetting.candidates import doubtful_words
from ejmap_project.vetting.vetting_choice import classifier_config, classifier_version
from ejmap_project.vetting.vetting_tables import DOUBTFUL, NOT_JUDGED


def vet_catalogue(folder: Path, console: Console) -> int:
    """Score every entry of a project's catalogue, and name the doubtful ones.

    Returns:
        The exit code: 1 when something failed.

    Raises:
        ProjectError: If there is no such project, or it does not say how to vet.
        ConfigError: If its classifier is not valid.
        RunFailedError: If mosaic or catalogue cannot be read.
    """
    paths = ProjectPaths(folder.resolve())
    project = OpenProject.at(paths.folder)
    # Asked for before anything is made: a misspelt preset should not cost the reading of a mosaic.
    classifier_config(project, classifier_version(project))
    for note in source_of(project).check():
        console.line(note)
    with open_instance(paths.folder) as instance:
        complaints = runner_of(project, instance, console).vet()
    for sentence in complaints:
        console.line(f"not done: {sentence}")
    if complaints:
        return 1
    table = pd.read_parquet(paths.crater_candidates)
    counts = table["status"].value_counts()
    console.line(f"scores     {paths.crater_candidates}, and .csv beside it")
    console.line(f"pictures   {paths.least_sure}")
    console.line(
        f"doubtful   {counts.get(DOUBTFUL, 0)} of {len(table)}, "
        f"{counts.get(NOT_JUDGED, 0)} cannot be judged"
    )
    if counts.get(DOUBTFUL, 0):
        console.line(f"           {doubtful_words(table)}")
    console.line(f"took {console.elapsed_seconds:.0f} s")
    return 0
