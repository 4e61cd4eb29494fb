"""Published weights: which members of which versions are there, and which of them are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.errors import SourceError
from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.parts import NAMES

# The versions that the published map was made with.
FINAL_VERSION: Mapping[ModelKind, int] = {"ejconn": 32, "ejseg": 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSet:
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


def weight_sets(published: PublishedFolder, kind: ModelKind) -> dict[tuple[int, int], WeightSet]:
    """Return the weights that can be imported, by version and split; each needs its norm."""
    members: dict[tuple[int, int], list[Path]] = {}
    for (version, split, _), path in published.found(layout.checkpoint(kind)).items():
        members.setdefault((int(version), int(split)), []).append(path)
    best = published.found(layout.best_checkpoint(kind))
    for (version, split), path in best.items():
        members.setdefault((int(version), int(split)), [path])
    norms = published.found(layout.norm(kind))
    return {
        key: WeightSet(
            kind=kind,
            version=key[0],
            split=key[1],
            checkpoints=tuple(paths),
            norm=norms[key],
        )
        for key, paths in sorted(members.items())
        if key in norms
    }


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
    sets = weight_sets(published, kind)
    fitting = [
        one
        for one in sets.values()
        if version in {None, one.version} and split in {None, one.split}
    ]
    if fitting:
        return max(fitting, key=_preference)
    if version is not None and sets:
        found = ", ".join(f"{one.version} on split {one.split}" for one in sets.values())
        on_split = "" if split is None else f" on split {split}"
        raise SourceError(
            f"{published.folder} holds no weights of {NAMES[kind]} version {version}{on_split}, or "
            f"not their norm; it holds those of version {found} (import these, and train yours "
            f"with `ejmap train PROJECT --model {kind} --version {config_name(kind, version)}`)"
        )
    return None


def _preference(one: WeightSet) -> tuple[bool, int, int, int]:
    return (
        one.version == FINAL_VERSION[one.kind],
        one.version,
        len(one.checkpoints),
        -one.split,
    )
