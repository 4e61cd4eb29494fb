"""The published hyperparameter tables: one row a version, each a model or a reason why not."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ejmap_ml.config.model_config import CropConfig, ModelConfig, to_yaml
from ejmap_ml.errors import ConfigError
from ejmap_ml.published import ejconn_rows, ejseg_rows
from ejmap_ml.published.cells import Cells
from ejmap_ml.published.csv_table import read_rows
from ejmap_ml.published.recipe import OPTION_COLUMNS, unread_options

BANDS = 3
# Neither table tells it: the size that the final models are given here.
SIDE_PX = 256
SHARED_COLUMNS = (
    "val_frac",
    "val_metric",
    "model_name",
    "batch_size",
    "loss",
    "lr",
    "scheduler",
    "optimizer",
    "max_epochs",
    "test-set",
    "trainings_per_test",
)
# Columns that may be missing: what is not there is not set.
SPARE_COLUMNS = ("early_stop_patience", "version_run", "iter_threshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRun:
    """How the authors trained and scored a version.

    Attributes:
        test_sets: TV-Test splits it was trained on.
        iterations: Train-validation draws a split.
        other_version: Version of the other model (EJCONN of an EJSEG row) that it was scored
            together with; None where it was not.
        vote_threshold: Least share of the draws that connect a tile; None where there was no vote.
        is_marked_run: Whether the row is marked as having been run; None without a mark.
    """

    test_sets: tuple[int, ...]
    iterations: int
    other_version: int | None = None
    vote_threshold: float | None = None
    is_marked_run: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedModel:
    """A row that is a model.

    Attributes:
        version: Its number in the table.
        config: The model.
        run: How the authors trained it.
        notes: What in the row has no effect or was changed, in sentences.
    """

    version: int
    config: ModelConfig
    run: PublishedRun
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """A published table.

    Attributes:
        models: Rows that are models by name, such as ``ejseg_v200``.
        broken: Why the other rows are none, in one sentence each, by the name they would have.
    """

    models: Mapping[str, PublishedModel]
    broken: Mapping[str, str]

    def __getitem__(self, name: str) -> PublishedModel:
        """Return the model ``name``.

        Raises:
            ConfigError: Its row is broken, or there is none.
        """
        if name in self.broken:
            raise ConfigError(self.broken[name])
        if name not in self.models:
            near = difflib.get_close_matches(name, self.models, n=3)
            raise ConfigError(
                f"the published table has no {name!r}; it has {', '.join(near or self.models)}"
            )
        return self.models[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One of the two tables."""

    name: str
    columns: Sequence[str]
    option_columns: Sequence[str]
    other_version: str
    settings: Callable[[Cells], dict[str, Any]]
    notes: Callable[[Cells, ModelConfig], tuple[str, ...]]


def read_ejseg_table(path: Path, *, side_px: int = SIDE_PX) -> PublishedTable:
    """Read a table of EJSEG versions (published: ``ejecta_version_hparams.csv``).

    Args:
        path: The CSV file; any of the published rows.
        side_px: Side to which tiles are resampled, which the table does not tell.

    Raises:
        ConfigError: The file is no such table.
    """
    kind = _Kind(
        name="ejseg",
        columns=ejseg_rows.COLUMNS,
        option_columns=ejseg_rows.EJSEG_OPTION_COLUMNS,
        other_version=ejseg_rows.OTHER_VERSION,
        settings=partial(ejseg_rows.ejseg_settings, side_px=side_px),
        notes=ejseg_rows.ejseg_notes,
    )
    return _read(path, kind)


def read_ejconn_table(path: Path, *, crop: CropConfig | None = None) -> PublishedTable:
    """Read a table of EJCONN versions (published: ``connection_version_hparams.csv``).

    Args:
        path: The CSV file; any of the published rows.
        crop: Size of the crops, which the table does not tell; None takes squares of 256 px.

    Raises:
        ConfigError: The file is no such table.
    """
    size = crop or CropConfig(height_px=SIDE_PX, width_px=SIDE_PX)
    kind = _Kind(
        name="ejconn",
        columns=ejconn_rows.COLUMNS,
        option_columns=OPTION_COLUMNS,
        other_version=ejconn_rows.OTHER_VERSION,
        settings=partial(ejconn_rows.ejconn_settings, crop=size),
        notes=lambda _cells, _config: (),
    )
    return _read(path, kind)


def preset_text(model: PublishedModel) -> str:
    """Return the text of a preset file of ``model``, with what is known of its run as comment."""
    run = model.run
    comments = [
        f"Version {model.version} of the published table, imported.",
        f"Trained by the authors on TV-Test splits {', '.join(map(str, run.test_sets))}.",
        *(f"Note: {note}." for note in model.notes),
    ]
    return "".join(f"# {comment}\n" for comment in comments) + to_yaml(model.config)


def _read(path: Path, kind: _Kind) -> PublishedTable:
    rows = read_rows(
        path,
        what=f"{kind.name} versions",
        needed=(*SHARED_COLUMNS, *kind.columns),
        spare=(*SPARE_COLUMNS, kind.other_version, *kind.option_columns),
    )
    models: dict[str, PublishedModel] = {}
    broken: dict[str, str] = {}
    for version, cells in rows.items():
        name = f"{kind.name}_v{version}"
        try:
            models[name] = _model(cells, kind, name=name, version=version)
        except ConfigError as error:
            broken[name] = f"version {version} of {path.name} is broken: {error}"
    return PublishedTable(models=models, broken=broken)


def _model(cells: Cells, kind: _Kind, *, name: str, version: int) -> PublishedModel:
    run = _run(cells, kind)
    settings = kind.settings(cells) | {
        "name": name,
        "bands": BANDS,
        "ensemble": {"iterations": run.iterations}
        | ({} if run.vote_threshold is None else {"vote_threshold": run.vote_threshold}),
    }
    try:
        config = ModelConfig.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{place}: {first['msg']}, found {first['input']!r}; correct it"
        ) from error
    unread = unread_options(cells, model_name=cells.text("model_name"))
    left_over = [f"{column} is not read, because the row chose something else" for column in unread]
    return PublishedModel(
        version=version, config=config, run=run, notes=(*kind.notes(cells, config), *left_over)
    )


def _run(cells: Cells, kind: _Kind) -> PublishedRun:
    return PublishedRun(
        test_sets=cells.integers("test-set"),
        iterations=cells.integer("trainings_per_test"),
        other_version=cells.unless_blank(kind.other_version, Cells.integer),
        vote_threshold=cells.unless_blank("iter_threshold", Cells.number),
        is_marked_run=cells.unless_blank("version_run", Cells.truth),
    )
