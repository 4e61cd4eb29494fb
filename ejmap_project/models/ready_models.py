"""Ready-made ensembles that a project may name as a version: its own, and those of the package.

A project maps with a copy of the members: the package may bring others later, or be gone. No torch
at import: the lineage reads this.
"""

from dataclasses import replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_ml.config.model_config import TimmClassifierConfig
from ejmap_ml.ready.ensembles import ReadyEnsemble, names, ready_ensemble
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle


def ready_names(project: OpenProject, kind: ModelKind | None = None) -> tuple[str, ...]:
    """Return the names of the ready-made ensembles that a project may use, in their order.

    Args:
        project: The project.
        kind: Only those of one of the two models; None returns those of both.
    """
    found = {name for root in _roots(project) for name in names(root)}
    ensembles = (ready_named(project, name) for name in sorted(found))
    return tuple(one.name for one in ensembles if one is not None and kind in {None, kind_of(one)})


def ready_named(project: OpenProject, name: str) -> ReadyEnsemble | None:
    """Return the ready-made ensemble of a name; None if there is none.

    A model configuration of the project with the same name comes first, then an ensemble of the
    project, then one of the package: what a person added means what it meant when it was added.
    """
    if project.paths.preset(name).is_file():
        return None
    found = (ready_ensemble(name, root) for root in _roots(project))
    return next((one for one in found if one is not None), None)


def kind_of(ready: ReadyEnsemble) -> ModelKind:
    """Return which of the two models an ensemble is of."""
    is_classifier = isinstance(ready.config.architecture, TimmClassifierConfig)
    return "ejconn" if is_classifier else "ejseg"


def require_kind(ready: ReadyEnsemble, kind: ModelKind) -> None:
    """Check that an ensemble is of a model.

    Raises:
        SettingsError: It is of the other one.
    """
    found = kind_of(ready)
    if found != kind:
        raise SettingsError(
            f"{ready.name} is an ensemble of {found.upper()}, not of {kind.upper()}; name it as "
            f"models.{found}"
        )


def is_packaged(project: OpenProject, ready: ReadyEnsemble) -> bool:
    """Return whether an ensemble comes with EJMAP."""
    return ready.folder.parent == project.packaged_models


def copy_member(
    project: OpenProject, ready: ReadyEnsemble, number: int, path: Path
) -> "ModelBundle":
    """Copy a member into a project, and return it; its provenance says where it comes from.

    Args:
        project: The project.
        ready: The ensemble.
        number: Number of the member.
        path: Folder to write.

    Raises:
        BundleError: There is no such member, it was altered or is incomplete.
    """
    from ejmap_ml.bundles.bundle import ModelBundle

    bundle = ModelBundle.load(ready.member(number))
    provenance = bundle.provenance.model_copy(update={"source": source_of(project, ready, bundle)})
    copied = replace(bundle, provenance=provenance)
    copied.save(path)
    return copied


def source_of(project: OpenProject, ready: ReadyEnsemble, bundle: "ModelBundle") -> str:
    """Return where a member comes from, in words."""
    if is_packaged(project, ready):
        return f"EJMAP ready-made {ready.name}, ejmap {installed_version('ejmap')}"
    return bundle.provenance.source or f"ready-made {ready.name} of this project"


def _roots(project: OpenProject) -> tuple[Path, Path]:
    return project.paths.own_models, project.packaged_models
