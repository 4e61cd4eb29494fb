"""The folder of masks that takes what people correct."""

from pathlib import Path

from ejmap_geo.statements import MASKS
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import OpenProject


def label_folder(project: OpenProject) -> Path:
    """Return the folder of masks that a person may change.

    Raises:
        SettingsError: If the project has none; with what to do.
    """
    source = project.settings.source
    if (folder := source.traits.masks_folder) is not None:
        return project.paths.user_file(folder).resolve()
    settings = project.paths.settings
    if source.traits.may_have_masks_folder:
        raise SettingsError(
            f"{settings} names no folder of masks that a person may change; state {MASKS}, with "
            "`training: {kind: own-masks}`, and `candidate: MODEL_tuned` below `models:` where a "
            "ready-made model is to learn from them, then repeat this"
        )
    raise SettingsError(
        f"a project of source {source.kind} ({settings}) takes no labels; make one of your own "
        "from mosaic, crater table and a folder of masks with `ejmap new`, map it, and correct it "
        "there"
    )
