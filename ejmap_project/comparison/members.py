"""The trained members of both models: what each is, what it learned from, how good it is."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.craters.schemas import SplitIndex
from ejmap_ml.bundles.bundle_files import CONFIG
from ejmap_ml.bundles.training_record import TrainingRecord
from ejmap_project.errors import StepError
from ejmap_project.models.member_provenance import (
    MemberProvenance,
    member_file,
    provenance_of,
)
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.paths import MODEL_KINDS, ModelKind, ProjectPaths

HYPERPARAMETER = "config."
# Where things lie on a machine and what a configuration is called decide nothing.
NOT_HYPERPARAMETERS = ("name", "weights_path")
MEMBER_COLUMNS = {
    "model": "string",
    "version": "string",
    "name": "string",
    "split": "Int64",
    "iteration": "Int64",
    "source": "string",
    "created_utc": "string",
    "seed": "Int64",
    "samples": "Int64",
    "steps": "Int64",
    # The training record; members that were not trained here have none.
    "epochs_run": "Int64",
    "runtime_s": "Float64",
    "time_beginning_s": "Float64",
    "time_train_s": "Float64",
    "time_test_beginning_s": "Float64",
    "time_test_s": "Float64",
    "gpu_name": "string",
}
SPLIT_COLUMNS = ("split_kind", "locations", "train_tiles", "test_tiles")

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One trained member of an ensemble.

    Attributes:
        kind: Which of the two models.
        version: The configuration, and the split whose test tiles it never saw.
        iteration: Number of the member.
        config: Hyperparameters by their path, such as ``optimizer.learning_rate``.
        provenance: Where it comes from and how good it is.
    """

    kind: ModelKind
    version: ModelVersion
    iteration: int
    config: Mapping[str, Plain]
    provenance: MemberProvenance

    @property
    def row(self) -> dict[str, object]:
        """The member as a row of the table."""
        origin = self.provenance
        about = {
            "model": self.kind,
            "version": self.version.key,
            "name": self.version.name,
            "split": self.version.split,
            "iteration": self.iteration,
            **origin.model_dump(exclude={"inputs", "scores", "record"}),
            **_record(origin.record),
        }
        scores = {name.replace("/", "_"): value for name, value in origin.scores.items()}
        config = {HYPERPARAMETER + name: value for name, value in self.config.items()}
        return {**about, **scores, **config}


def _record(record: TrainingRecord | None) -> dict[str, object]:
    return {} if record is None else {**record.model_dump(), "runtime_s": record.runtime_s}


def trained_members(paths: ProjectPaths) -> Iterator[Member]:
    """Read what is said of every member that lies in a project; no weights are read.

    Raises:
        StepError: If a bundle is incomplete or is none.
        SettingsError: If a folder of models has the name of no version.
    """
    for kind in MODEL_KINDS:
        versions = paths.model_version(kind, "any").parent
        for folder in sorted(versions.glob("*/iteration_*")):
            number = folder.name.removeprefix("iteration_")
            if folder.is_dir() and number.isdigit():
                yield Member(
                    kind=kind,
                    version=ModelVersion.parse(folder.parent.name),
                    iteration=int(number),
                    config=flattened(_config(folder)),
                    provenance=provenance_of(folder),
                )


def member_table(members: Iterable[Member], splits: pd.DataFrame | None) -> pd.DataFrame:
    """Return members as a table, one row each.

    Args:
        members: The members.
        splits: The index of splits; None when there are none.

    Returns:
        What they are (model, version, name, split, iteration, ...), how many tiles and tile
        locations they learned from and tested on, their scores by name, and their hyperparameters
        as ``config.*``. What a member does not have is missing.
    """
    rows = [member.row for member in members]
    table = pd.DataFrame(rows)
    table = table.reindex(columns=[*dict.fromkeys((*MEMBER_COLUMNS, *table.columns))])
    others = [name for name in table.columns if name not in MEMBER_COLUMNS]
    table = table.astype(MEMBER_COLUMNS).assign(**{name: _tidy(table[name]) for name in others})
    joined = table.merge(_split_columns(splits), on="split", how="left")
    ends = [name for name in joined.columns if name.startswith(HYPERPARAMETER)]
    starts = [name for name in MEMBER_COLUMNS if name in joined]
    scores = [name for name in joined.columns if name not in {*starts, *ends, *SPLIT_COLUMNS}]
    return joined[[*starts, *SPLIT_COLUMNS, *scores, *ends]]


def _split_columns(splits: pd.DataFrame | None) -> pd.DataFrame:
    if splits is None:
        splits = pd.DataFrame(columns=pd.Index(["split", "kind", *SPLIT_COLUMNS[1:]]))
    index = SplitIndex.validate(splits).rename(columns={"kind": "split_kind"})
    types = dict.fromkeys(("split", *SPLIT_COLUMNS), "Int64") | {"split_kind": "string"}
    return index[list(types)].astype(types)


def flattened(config: Mapping[str, object], *, prefix: str = "") -> dict[str, Plain]:
    """Return the leaves of nested settings by their path; lists become text.

    Names and paths of files are left out: they decide nothing.

    Args:
        config: Settings as JSON values.
        prefix: Path of ``config`` itself, with a dot at its end.
    """
    leaves: dict[str, Plain] = {}
    for name, value in config.items():
        path = prefix + name
        if path in NOT_HYPERPARAMETERS or name in NOT_HYPERPARAMETERS[1:]:
            continue
        if isinstance(value, Mapping):
            leaves.update(flattened(value, prefix=f"{path}."))
        elif isinstance(value, (str, int, float, bool)) or value is None:
            leaves[path] = value
        else:
            leaves[path] = json.dumps(value)
    return leaves


def _config(folder: Path) -> Mapping[str, object]:
    try:
        config = json.loads(member_file(folder / CONFIG))
    except ValueError as error:
        raise StepError(f"{folder / CONFIG} is no JSON: {error}; train it again") from error
    if not isinstance(config, Mapping):
        raise StepError(f"{folder / CONFIG} holds no settings; train or import it again")
    return config


def _tidy(column: pd.Series) -> pd.Series:
    """Return a column in one type that a Parquet file can hold, with missing values."""
    there = column.dropna()
    if not len(there):
        return column.astype("Float64")
    kinds = {type(value) for value in there}
    if kinds <= {bool, np.bool_}:
        return column.astype("boolean")
    if kinds <= {int, np.int64}:
        return column.astype("Int64")
    if kinds <= {int, float, np.int64, np.float64}:
        return column.astype(float)
    return there.map(str).reindex(column.index).astype("string")
