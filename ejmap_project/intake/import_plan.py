"""What a project takes of a published folder: weights, split and connections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ejmap_project.errors import SourceError
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.tiles import SPLIT_PREFIX, read_splits
from ejmap_project.published.weights import FINAL_VERSION, WeightSet, chosen_weights, config_name
from ejmap_project.settings.sources import PUBLISHED_DOI

# What is trained where no weights were published: small enough for a processor.
TRAINED_HERE: Mapping[ModelKind, str] = {"ejconn": "ejconn_tiny", "ejseg": "ejseg_polar"}
# EJSEG first: both models are of the split of its weights.
KINDS = MODEL_KINDS[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person asks an import for; None leaves the choice to what is there.

    Attributes:
        doi: Where the folder was published.
        mosaic: Mosaic to take instead of the folder's.
        tables: Folder of the hyperparameter tables.
        split: Split whose test tiles are held back.
        versions: Version of each model.
        masks_run: Run of published masks to show instead of mapping.
    """

    doi: str = PUBLISHED_DOI
    mosaic: Path | None = None
    tables: Path | None = None
    split: int | None = None
    versions: Mapping[ModelKind, int] | None = None
    masks_run: str | None = None

    def version(self, kind: ModelKind) -> int | None:
        """Return the version of a model that was asked for."""
        return None if self.versions is None else self.versions.get(kind)


def versions_of(*, ejconn: int | None, ejseg: int | None) -> dict[ModelKind, int]:
    """Return the versions that were asked for, without those that were not."""
    versions: dict[ModelKind, int] = {}
    if ejconn is not None:
        versions["ejconn"] = ejconn
    if ejseg is not None:
        versions["ejseg"] = ejseg
    return versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a project takes.

    Attributes:
        split: Split whose test tiles are held back; None where no splits were published.
        weights: Published weights by model.
        models: Names of the configurations by model.
        connections: ``VERSION/SPLIT`` of the published connections that are used.
        learns_from_masks: Whether models that are trained here learn from the manual masks.
        notes: What else should be known, in sentences.
    """

    split: int | None
    weights: Mapping[ModelKind, WeightSet]
    models: Mapping[ModelKind, str]
    connections: str | None
    learns_from_masks: bool
    notes: tuple[str, ...] = ()

    def members(self, kind: ModelKind) -> int:
        """Return the members of an ensemble: those that are imported, or one that is trained."""
        return len(self.weights[kind].checkpoints) if kind in self.weights else 1


class Connected(NamedTuple):
    """Version of EJCONN and split of published connections."""

    version: int
    split: int


def plan_of(published: PublishedFolder, wishes: Wishes) -> Plan:
    """Decide what a project takes from a folder.

    Raises:
        SourceError: If what was asked for is not there.
    """
    _require_run(published, wishes.masks_run)
    splits = _published_splits(published)
    weights: dict[ModelKind, WeightSet] = {}
    split, notes = wishes.split, list[str]()
    for kind in KINDS:
        found = chosen_weights(published, kind, version=wishes.version(kind), split=split)
        if found is None:
            notes += _without_weights(kind, wishes, split)
            continue
        weights[kind] = found
        # Both models must have been kept from the same test tiles.
        split = found.split
    if wishes.split is not None and splits and wishes.split not in splits:
        raise SourceError(
            f"{published.folder} holds no split {wishes.split}; az_positions_all.csv holds those "
            f"numbered {', '.join(map(str, splits))}"
        )
    connections = _connections(published, wishes, split, weights.get("ejconn"))
    if split is None:
        split = _held_back(connections, splits)
    elif split not in splits:
        # Not another one instead: its test tiles may be among those that the members learned from.
        notes.append(
            f"split {split} is no column of az_positions_all.csv: its test tiles are not known"
        )
        split = None
    return Plan(
        split=split,
        weights=weights,
        models={kind: _model(kind, wishes, weights) for kind in KINDS},
        connections=None if connections is None else "{}/{}".format(*connections),
        learns_from_masks=published.has_rectangles and bool(published.found(layout.MANUAL_MASK)),
        notes=tuple(notes),
    )


def _require_run(published: PublishedFolder, run: str | None) -> None:
    runs = sorted({str(one) for one, _ in published.found(layout.OUTPUT_MASK)})
    if run is not None and run not in runs:
        raise SourceError(
            f"{published.folder} holds no masks of a run {run!r}; results/output_masks holds those "
            f"of {', '.join(runs) or 'none'}"
        )


def _published_splits(published: PublishedFolder) -> list[int]:
    if published.file(layout.LABELLED_TILES) is None:
        return []
    names = [str(name) for name in read_splits(published)]
    return [int(name.removeprefix(SPLIT_PREFIX)) for name in names if name.startswith(SPLIT_PREFIX)]


def _model(kind: ModelKind, wishes: Wishes, weights: Mapping[ModelKind, WeightSet]) -> str:
    if kind in weights:
        return weights[kind].name
    version = wishes.version(kind)
    return TRAINED_HERE[kind] if version is None else config_name(kind, version)


def _without_weights(kind: ModelKind, wishes: Wishes, split: int | None) -> list[str]:
    version = wishes.version(kind)
    what = layout.NAMES[kind] if version is None else f"{layout.NAMES[kind]} version {version}"
    where = "" if split is None else f" on split {split}"
    return [f"{what} will be trained here: no weights{where} with a norm were published"]


def _connections(
    published: PublishedFolder, wishes: Wishes, split: int | None, weights: WeightSet | None
) -> Connected | None:
    """Return the published connections to use: they alone are those of the paper.

    Of several those of the imported weights are taken, else of the final version, else of the
    latest; and of its splits the one with most craters.
    """
    # They name tiles by number only.
    with_tiles = {crater for (crater,) in published.found(layout.MAPPING_SQUARES)}
    craters = Counter(
        Connected(int(version), int(one))
        for version, one, crater in published.found(layout.CONNECTIONS)
        if wishes.version("ejconn") in {None, version} and split in {None, one}
        if crater in with_tiles
    )
    preferred = FINAL_VERSION["ejconn"] if weights is None else weights.version
    return max(
        craters,
        key=lambda one: (one.version == preferred, one.version, craters[one], -one.split),
        default=None,
    )


def _held_back(connections: Connected | None, splits: Sequence[int]) -> int | None:
    """Return the split to hold back where no weights tell it: that of the connections, or any."""
    if connections is not None and connections.split in splits:
        return connections.split
    return max(splits, default=None)
