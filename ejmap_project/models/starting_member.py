"""The member that another one starts its training from; no torch, for the lineage reads this."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_ml.bundles.bundle_files import PROVENANCE, read_json
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import (
    ModelVersion,
    member_count,
    ready_made,
    starting_version,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle


@dataclass(frozen=True, slots=True)
class StartingMember:
    """A trained member to start from.

    Attributes:
        version: Its version.
        folder: Its bundle.
    """

    version: ModelVersion
    folder: Path

    @property
    def stamp(self) -> str:
        """The text of its ``provenance.json``, which changes when the member does; empty if lost.

        Raises:
            BundleError: The file is a link, or too large.
        """
        path = self.folder / PROVENANCE
        return read_json(path).decode("utf-8", errors="replace") if path.is_file() else ""

    def load(self) -> "ModelBundle":
        """Read the member.

        Raises:
            BundleError: It is incomplete or was altered.
            StepError: The project has not trained it.
        """
        from ejmap_ml.bundles.bundle import ModelBundle

        if not self.folder.is_dir():
            split = "" if self.version.split is None else f" --split {self.version.split}"
            train = f"`ejmap train PROJECT --model ejseg --version {self.version.name}{split}`"
            raise StepError(
                f"{self.folder} is missing: nothing to start from; train {self.version.key} first "
                f"({train}), or start from a ready-made ensemble"
            )
        return ModelBundle.load(self.folder)


def starting_member(
    project: OpenProject, kind: ModelKind, key: str, iteration: int
) -> StartingMember | None:
    """Return the member that one starts from; None for one that starts from random weights.

    Member k starts from member k; where there are fewer, they are taken in turn.

    Raises:
        BundleError: If it is ready-made and not complete.
        ConfigError: If a configuration is not valid.
        SettingsError: If there is no such version to start from.
    """
    start = starting_version(project, kind, ModelVersion.parse(key))
    if start is None:
        return None
    number = iteration % member_count(project, kind, start)
    ready = ready_made(project, kind, start)
    if ready is not None:
        return StartingMember(start, ready.member(number))
    folder = project.paths.model_bundle(kind, version=start.key, iteration=number)
    return StartingMember(start, folder)
