"""Which assets of the lineage a project makes: fewer if it uses published artefacts."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.stages import RELEASE, Stage
from ejmap_assets.partitions import Partitioning
from ejmap_project.models.model_version import (
    configured_version,
    imported_from,
    is_wholly_given,
    member_count,
    ready_made,
    wanted_versions,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.settings.training import OwnMasks


def partitioned_by(partitioning: Partitioning) -> tuple[str, ...]:
    """Return the assets of a partitioning, upstream first."""
    return tuple(name for name, row in LINEAGE.items() if row.partitioning is partitioning)


def assets_of(*stages: Stage) -> tuple[str, ...]:
    """Return the assets of stages, upstream first."""
    makes = [stage.repeats or stage for stage in stages]
    return tuple(name for name, row in LINEAGE.items() if row.stage in makes)


def mask_asset() -> str:
    """Return the asset that is the mask of a crater."""
    return next(name for name, row in LINEAGE.items() if row.is_mask)


def inputs_of(project: OpenProject, asset: str, partition: str = "") -> tuple[str, ...]:
    """Return the inputs of an artefact in this project.

    A published artefact (a model's member, a crater's connections or its mask) has fewer inputs.
    The models that map craters decide which inputs connections and masks use.

    Raises:
        StepError: If the promoted ensemble cannot be read.
        ConfigError: If nothing is promoted and the settings name no valid configuration.
    """
    row = LINEAGE[asset]
    if row.published is not None and row.published.is_used(project, partition):
        return row.published.inputs
    inputs = row.inputs if row.used_inputs is None else row.used_inputs(project)
    return tuple(
        name for name in inputs if name not in row.optional_inputs or is_made(project, name)
    )


def crater_steps_of(project: OpenProject) -> tuple[str, ...]:
    """Return the assets of a crater that this project makes, upstream first.

    Assets that are only inputs of a published artefact are left out. An asset that no crater needs
    but a score reads (connections that follow from a polar prediction) is made where its inputs
    are made anyway.
    """
    steps = tuple(
        name for name in partitioned_by(Partitioning.CRATERS) if LINEAGE[name].is_possible(project)
    )
    used = {parent for name in steps for parent in LINEAGE[name].inputs}
    needed = _upstream(project, steps, {*steps} - used)
    read = {
        parent
        for row in LINEAGE.values()
        if row.partitioning is not Partitioning.CRATERS
        for parent in {*row.inputs} - {*row.optional_inputs}
    }
    crater_inputs = {name: {*inputs_of(project, name)} & {*steps} for name in read & {*steps}}
    scored = {name for name, inputs in crater_inputs.items() if inputs and inputs <= {*needed}}
    return tuple(name for name in steps if name in {*needed} | scored)


def steps_to_mask(project: OpenProject) -> tuple[str, ...]:
    """Return the assets from the mosaic to a crater's mask that this project makes."""
    return _upstream(project, partitioned_by(Partitioning.CRATERS), {mask_asset()})


def models_to_make(project: OpenProject) -> tuple[ModelKind, ...]:
    """Return the models of this project: those that map craters, and those that were imported.

    A model whose outputs were imported maps no craters, so the project does not train it. Neither
    does it train EJCONN where connections follow from the polar prediction: of the EJSEG that maps
    the craters, of the configured one, and of the candidate, which may be promoted next.
    """
    used = {
        name
        for one in (project, *_projects_to_come(project))
        for step in crater_steps_of(one)
        for name in inputs_of(one, step)
    }
    return tuple(
        kind for kind in MODEL_KINDS if f"promoted_{kind}" in used or _is_imported(project, kind)
    )


def models_to_train(project: OpenProject) -> tuple[ModelKind, ...]:
    """Return the models of which a version that the settings name is trained here."""
    return tuple(
        kind
        for kind in models_to_make(project)
        if any(not is_wholly_given(project, kind, one) for one in wanted_versions(project, kind))
    )


def uses_labels(project: OpenProject) -> bool:
    """Return whether a project uses labelled tiles: it trains a model, or scores in its own."""
    is_labelled = isinstance(project.settings.training, OwnMasks)
    return is_labelled or bool(models_to_train(project))


def is_made(project: OpenProject, asset: str) -> bool:
    """Return whether this project makes an asset where it is brought up to date."""
    return Making(project).makes(asset)


def assets_made(project: OpenProject) -> frozenset[str]:
    """Return all assets that :func:`is_made` names."""
    return frozenset(filter(Making(project).makes, LINEAGE))


class Making:
    """What a project makes; each of the answers takes a while and is asked for once."""

    def __init__(self, project: OpenProject) -> None:
        self._project = project

    def makes(self, asset: str) -> bool:
        """Return whether the project makes an asset."""
        row = LINEAGE[asset]
        if row.stage is RELEASE:
            return False
        if row.is_optional:
            return self._project.settings.vetting is not None
        if row.is_of_labels:
            return self._uses_labels
        if row.partitioning is Partitioning.CRATERS:
            return asset in self._crater_steps
        return row.is_possible(self._project) and asset not in self._unused

    @cached_property
    def _uses_labels(self) -> bool:
        return uses_labels(self._project)

    @cached_property
    def _crater_steps(self) -> tuple[str, ...]:
        return crater_steps_of(self._project)

    @cached_property
    def _unused(self) -> set[str]:
        """Assets of models that are not made, and the samples of those not trained."""
        models, trained = models_to_make(self._project), models_to_train(self._project)
        others = [kind for kind in MODEL_KINDS if kind not in models]
        names = {name for kind in others for name in (f"{kind}_model", f"promoted_{kind}")}
        # Members that come as files need no samples.
        return names | {f"{kind}_samples" for kind in MODEL_KINDS if kind not in trained}


def _upstream(project: OpenProject, steps: tuple[str, ...], wanted: set[str]) -> tuple[str, ...]:
    for name in reversed(steps):
        if name in wanted:
            wanted |= {*inputs_of(project, name)} & {*steps}
    return tuple(name for name in steps if name in wanted)


def _is_imported(project: OpenProject, kind: ModelKind) -> bool:
    version = configured_version(project, kind)
    # A copy of a ready-made member looks like an import, but nobody needs it to be made.
    if ready_made(project, kind, version) is not None:
        return False
    members = range(member_count(project, kind))
    return all(imported_from(project.paths, kind, version.key, one) is not None for one in members)


def _projects_to_come(project: OpenProject) -> Iterator[OpenProject]:
    """Yield the project as it will be once its configured EJSEG is promoted, or its candidate."""
    settled = replace(project, maps_by_settings=True)
    yield settled
    candidate = project.settings.models.candidate
    if candidate is not None:
        models = {"ejseg": candidate, "candidate": None}
        settings = project.settings
        yield replace(
            settled,
            settings=settings.model_copy(
                update={"models": settings.models.model_copy(update=models)}
            ),
        )
