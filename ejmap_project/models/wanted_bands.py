"""How many bands the mosaic of a project must have, because of its models."""

from ejmap_project.errors import SettingsError
from ejmap_project.models.model_version import ready_made, starting_version, wanted_versions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS


def wanted_bands(project: OpenProject) -> int | None:
    """Return the bands that training planets and ready-made models have; None for any.

    Raises:
        SettingsError: They differ, so no mosaic fits all of them.
    """
    wanted: dict[int, str] = {}
    for kind in MODEL_KINDS:
        for version in wanted_versions(project, kind):
            # A tuned model reads the bands of what it starts from.
            origin = starting_version(project, kind, version) or version
            ready = ready_made(project, kind, origin)
            if ready is not None:
                wanted[ready.config.bands] = f"models.{kind} {ready.name}"
    trained = project.settings.trained_bands
    if trained is not None:
        wanted[trained] = "training.grey"
    if len(wanted) > 1:
        named = " and ".join(f"{bands} for {what}" for bands, what in sorted(wanted.items()))
        raise SettingsError(
            f"the mosaic would need bands: {named}; name models of the same number of bands, or "
            "change training.grey"
        )
    return next(iter(wanted), None)
