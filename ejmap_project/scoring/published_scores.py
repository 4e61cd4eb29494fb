"""The members that the authors trained, and how good they found them."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError
from ejmap_project.models.model_version import ModelVersion, model_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.scoring.members import KINDS, Member, MemberProvenance, Plain, flattened
from ejmap_project.scoring.published_metrics import read_map_metrics, read_test_metrics
from ejmap_project.settings.project import EjmapFolderSource
from ejmap_project.sources.published_source import published_folder

RUN = ["split", "iteration"]


def published_members(project: OpenProject) -> Iterator[Member]:
    """Read the scores of every member in the folder that a project stands on.

    Most versions were published by their scores alone. Their hyperparameters are those of the
    project's presets, where there are any.

    Raises:
        SourceError: If a table of scores is none.
    """
    source, published = project.settings.source, published_folder(project)
    if published is None or not isinstance(source, EjmapFolderSource):
        return
    for kind in KINDS:
        for version, scores in _scores_by_version(published, kind):
            name = f"{kind}_v{version}"
            config = _config(project, kind, name)
            names = [str(word) for word in scores.columns.drop(RUN)]
            for split, iteration, *values in scores[[*RUN, *names]].itertuples(index=False):
                yield Member(
                    kind=kind,
                    version=ModelVersion(name, None if pd.isna(split) else int(split)),
                    iteration=int(iteration),
                    config=config,
                    provenance=MemberProvenance(
                        source=source.doi, scores=dict(zip(names, values, strict=True))
                    ),
                )


def _scores_by_version(
    published: PublishedFolder, kind: ModelKind
) -> Iterator[tuple[int, pd.DataFrame]]:
    of_tests = _by_version(published.found(layout.training_metrics(kind)))
    of_maps = _by_version(published.found(layout.map_metrics(kind)))
    for version in sorted({*of_tests, *of_maps}):
        tables: list[pd.DataFrame] = []
        if version in of_tests:
            tables.append(read_test_metrics(of_tests[version]))
        if version in of_maps:
            tables.append(read_map_metrics(of_maps[version]))
        joined = tables[0] if len(tables) == 1 else tables[0].merge(tables[1], on=RUN, how="outer")
        yield version, joined


def _by_version(files: dict[tuple[int | str, ...], Path]) -> dict[int, Path]:
    return {int(version): path for (version,), path in files.items()}


def _config(project: OpenProject, kind: ModelKind, name: str) -> dict[str, Plain]:
    try:
        return flattened(model_of(project, kind, ModelVersion(name)).model_dump(mode="json"))
    except (ProjectError, MlError):
        # Its row is broken, or its table was not brought along; the scores are known all the same.
        return {}
