"""The ensembles that a project may map with: ready-made ones, and versions that have members."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ejmap_ml.ready.ensembles import PACKAGED, ReadyEnsemble, names
from ejmap_project.comparison.members import trained_members
from ejmap_project.models.member_provenance import MemberProvenance, provenance_of
from ejmap_project.models.model_version import configured_version
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.models.ready_models import kind_of, ready_named, ready_names
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEnsemble:
    """An ensemble, in figures.

    Attributes:
        version: How settings and commands call it.
        kind: Which of the two models.
        origin: ``ready-made``, ``imported`` or ``trained``.
        members: Number of its members.
        bands: Number of bands of the mosaics that it reads.
        reads: What they mean, in words; empty where the ensemble does not say.
        scores: Means over the members, of the scores that all of them have.
        is_configured: Whether the settings name it.
        maps: Whether it maps the craters.
    """

    version: str
    kind: ModelKind
    origin: str
    members: int
    bands: int | None
    reads: str
    scores: Mapping[str, float]
    is_configured: bool = False
    maps: bool = False


def packaged_ensembles() -> list[KnownEnsemble]:
    """Return the ready-made ensembles that come with EJMAP."""
    return [_of_ready(ReadyEnsemble(PACKAGED / name)) for name in names()]


def known_ensembles(project: OpenProject) -> list[KnownEnsemble]:
    """Return the ensembles that a project may name: ready-made ones, then those with members.

    Copies of ready-made members are not listed again.

    Raises:
        StepError: If a member is incomplete.
        BundleError: If a ready-made ensemble is not complete.
    """
    return [*_ready_made(project), *_with_members(project)]


def _ready_made(project: OpenProject) -> Iterator[KnownEnsemble]:
    for name in ready_names(project):
        ready = ready_named(project, name)
        assert ready is not None  # noqa: S101 - it was just listed
        yield _of_ready(ready, project)


def _of_ready(ready: ReadyEnsemble, project: OpenProject | None = None) -> KnownEnsemble:
    kind = kind_of(ready)
    origins = [provenance_of(ready.member(one)) for one in range(ready.member_count)]
    return KnownEnsemble(
        version=ready.name,
        kind=kind,
        origin="ready-made",
        members=len(origins),
        bands=ready.config.bands,
        reads="" if ready.config.reads is None else ready.config.reads_words,
        scores=_mean_scores(origins),
        is_configured=project is not None and _is_configured(project, kind, ready.name),
        maps=project is not None and _maps(project, kind, ready.name),
    )


def _with_members(project: OpenProject) -> Iterator[KnownEnsemble]:
    ready = {*ready_names(project)}
    members = trained_members(project.paths)
    for (kind, version), group in groupby(members, key=lambda one: (one.kind, one.version)):
        found = list(group)
        if version.key in ready:
            continue
        bands = found[0].config.get("bands")
        origins = [one.provenance for one in found]
        yield KnownEnsemble(
            version=version.key,
            kind=kind,
            origin="imported" if all(one.source for one in origins) else "trained",
            members=len(found),
            bands=bands if isinstance(bands, int) else None,
            reads=str(found[0].config.get("reads") or ""),
            scores=_mean_scores(origins),
            is_configured=_is_configured(project, kind, version.key),
            maps=_maps(project, kind, version.key),
        )


def _is_configured(project: OpenProject, kind: ModelKind, key: str) -> bool:
    return configured_version(project, kind).key == key


def _maps(project: OpenProject, kind: ModelKind, key: str) -> bool:
    note = mapping_ensemble(project, kind)
    return note is not None and note.version == key


def _mean_scores(origins: Iterable[MemberProvenance]) -> dict[str, float]:
    every = [one.scores for one in origins]
    shared = [name for name in every[0] if all(one.get(name) is not None for one in every)]
    return {name: sum(one[name] or 0.0 for one in every) / len(every) for name in shared}
