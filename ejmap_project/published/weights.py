"""Published weights: which members of which versions are there, and which of them are taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ejmap_project.errors import SourceError
from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder

# The versions that the published map was made with.
FINAL_VERSION: Mapping[ModelKind, int] = {"ejconn": 32, "ejseg": 200}


class WeightSet(NamedTuple):
    """The published members of one version on one split.

    Attributes:
        kind: Which of the two models.
        version: Its version.
        split: Split whose test tiles the members never saw.
        checkpoints: Weights of the members, by rising iteration; of the best one alone where no
            others were kept.
        norm: Their normalization.
    """

    kind: ModelKind
    version: int
    split: int
    checkpoints: tuple[Path, ...]
    norm: Path

    @property
    def name(self) -> str:
        """Name of the configuration."""
        return config_name(self.kind, self.version)


def config_name(kind: ModelKind, version: int) -> str:
    """Return the name of the configuration of a version, such as ``ejseg_v200``."""
    return f"{kind}_v{version}"


def _weight_sets(published: PublishedFolder, kind: ModelKind) -> list[WeightSet]:
    """Return the weights that can be imported, by rising version and split; each needs its norm."""
    members: dict[tuple[int, int], list[Path]] = {}
    for (version, split, _), path in published.found(layout.CHECKPOINT[kind]).items():
        members.setdefault((int(version), int(split)), []).append(path)
    for (version, split), path in published.found(layout.BEST_CHECKPOINT[kind]).items():
        members.setdefault((int(version), int(split)), [path])
    norms = published.found(layout.NORM[kind])
    return [
        WeightSet(kind, *key, checkpoints=tuple(paths), norm=norms[key])
        for key, paths in sorted(members.items())
        if key in norms
    ]


def chosen_weights(
    published: PublishedFolder, kind: ModelKind, *, version: int | None, split: int | None
) -> WeightSet | None:
    """Return the weights to import, or None if there are none.

    Args:
        published: The folder.
        kind: Which of the two models.
        version: Version that was asked for; None takes the final one where it is there, else the
            latest.
        split: Split that was asked for; None takes the one with most members.

    Raises:
        SourceError: If what was asked for is not there, but other weights are.
    """
    sets = _weight_sets(published, kind)
    fitting = [one for one in sets if version in {None, one.version} and split in {None, one.split}]
    if fitting:
        final = FINAL_VERSION[kind]
        return max(
            fitting,
            key=lambda one: (one.version == final, one.version, len(one.checkpoints), -one.split),
        )
    if version is not None and sets:
        found = ", ".join(f"{one.version} on split {one.split}" for one in sets)
        wanted = f"{layout.NAMES[kind]} version {version}"
        on_split = "" if split is None else f" on split {split}"
        raise SourceError(
            f"{published.folder} holds no weights of {wanted}{on_split}, or not their norm; it "
            f"holds those of version {found} (import these, and train yours with `ejmap train "
            f"PROJECT --model {kind} --version {config_name(kind, version)}`)"
        )
    return None
