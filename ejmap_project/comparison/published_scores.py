"""The members that the authors trained, and how good they found them."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from ejmap_ml.errors import MlError
from ejmap_project.comparison.members import (
    Member,
    Plain,
    flattened,
    trained_members,
)
from ejmap_project.errors import ProjectError
from ejmap_project.files.table_file import read_table
from ejmap_project.models.member_provenance import MemberProvenance
from ejmap_project.models.model_version import ModelVersion, model_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind, ProjectPaths
from ejmap_project.published.scores import read_map_metrics, read_test_metrics
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.source import ScoreFiles

RUN = ["split", "iteration"]
# Scores of the map that a member makes alone.
MAP_PREFIX = "map_"


def published_members(project: OpenProject) -> Iterator[Member]:
    """Read the published scores of every member.

    Most versions were published by their scores alone. Their hyperparameters are those of the
    project's presets, where there are any.

    Raises:
        SourceError: If a table of scores is none.
    """
    source, doi = source_of(project), project.settings.source.traits.doi
    for kind in MODEL_KINDS:
        for version, scores in _scores_by_version(source.scores_of(kind)):
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
                        source=doi, scores=dict(zip(names, values, strict=True))
                    ),
                )


def every_member(project: OpenProject) -> Iterator[Member]:
    """Read the members that lie in a project, then those that are published by their scores alone.

    A member whose weights were imported is one of the published ones, and has their scores.

    Raises:
        StepError: If a bundle is incomplete or is none.
        SettingsError: If a folder of models has the name of no version.
        SourceError: If a table of scores is none.
    """
    published = {_identity(one): one for one in published_members(project)}
    maps = _scores_of_maps(project.paths)
    for member in trained_members(project.paths):
        twin = published.pop(_identity(member), None)
        theirs = {} if twin is None else twin.provenance.scores
        of_map = maps.get((member.kind, member.version.key, member.iteration), {})
        scores = of_map | theirs | member.provenance.scores
        yield replace(member, provenance=member.provenance.model_copy(update={"scores": scores}))
    yield from published.values()


def _scores_of_maps(
    paths: ProjectPaths,
) -> dict[tuple[ModelKind, str, int], dict[str, float | None]]:
    """Return the scores of the map that each member of EJSEG makes alone, where they were made."""
    if not paths.member_map_scores.is_file():
        return {}
    table = read_table(paths.member_map_scores)
    alone = table[table["map"] == ""]
    names = [str(name) for name in table.columns if str(name).startswith(MAP_PREFIX)]
    return {
        ("ejseg", str(version), int(iteration)): dict(zip(names, values, strict=True))
        for version, iteration, *values in alone[["version", "iteration", *names]].itertuples(
            index=False
        )
    }


def _identity(member: Member) -> tuple[ModelKind, str, int, str | None]:
    # One that was trained here is another network, even with the version and number of theirs.
    return member.kind, member.version.key, member.iteration, member.provenance.source


def _scores_by_version(files: ScoreFiles) -> Iterator[tuple[int, pd.DataFrame]]:
    for version in sorted({*files.members, *files.maps}):
        tables: list[pd.DataFrame] = []
        if version in files.members:
            tables.append(read_test_metrics(files.members[version]))
        if version in files.maps:
            tables.append(read_map_metrics(files.maps[version]))
        joined = tables[0] if len(tables) == 1 else tables[0].merge(tables[1], on=RUN, how="outer")
        yield version, joined


def _config(project: OpenProject, kind: ModelKind, name: str) -> dict[str, Plain]:
    try:
        return flattened(model_of(project, kind, ModelVersion(name)).model_dump(mode="json"))
    except (ProjectError, MlError):
        # Its row is broken, or its table was not brought along; the scores are known all the same.
        return {}
