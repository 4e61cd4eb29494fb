"""What lies where in a published EJMAP folder: the only place that knows its names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.errors import SourceError
from ejmap_project.paths import ModelKind
from ejmap_project.published.file_family import FileFamily, Key

# Scores of a map against whole manual maps, as files are named by them.
MANUAL_SCORES = ("precision", "recall", "f1")

# The models as the study calls them.
NAMES: Mapping[ModelKind, str] = {"ejconn": "EJCONN", "ejseg": "EJSEG"}

# Craters and what is known of them.
CRATERS = FileFamily("data/ejc_data/fresh_craters.shp")
ALL_MASK = FileFamily("data/ejc_data/human_mask.tif")
ALL_RECTANGLES = FileFamily("data/ejc_data/human_positions.csv")
MANUAL_MASK = FileFamily("data/cyl_data/mask_crater_{crater}.tif")
RECTANGLES = FileFamily("data/cyl_data/positions_crater_{crater}.csv")
WHOLE_MANUAL_MASK = FileFamily("data/man_data/az_manual_{name}.tif")
MANUAL_ID_MAP = FileFamily("data/man_data/manual_FID_map.tif")

# Tiles of the azimuthal rasters.
LABELLED_TILES = FileFamily("data/conn_data/az_positions_all.csv")
LABELLED_SQUARES = FileFamily("data/ejc_data/positions/az_positions_crater_{crater}.csv")
MAPPING_SQUARES = FileFamily("data/conn_data/eval_positions/eval_positions_crater_{crater}.csv")

# What the networks of the paper looked at.
EJCONN_IMAGE = FileFamily("data/conn_data/images/image_{tile}_crater_{crater}.npy")
EJCONN_ATTENTION = FileFamily("data/conn_data/attention/att_{tile}_crater_{crater}.npy")
EJCONN_MAPPING_IMAGE = FileFamily(
    "data/conn_data/eval_images/eval_image_{tile}_crater_{crater}.npy"
)
# Two spellings: the published code reads the second, its description names the first.
EJCONN_MAPPING_ATTENTION = (
    FileFamily("data/conn_data/eval_attention/att_{tile}_crater_{crater}.npy"),
    FileFamily("data/conn_data/eval_attention/eval_att_{tile}_crater_{crater}.npy"),
)
EJSEG_IMAGE = FileFamily("data/ejc_data/images/image_{tile}_crater_{crater}.npy")
EJSEG_MASK = FileFamily("data/ejc_data/masks/mask_{tile}_crater_{crater}.npy")
EJSEG_DISTANCE = FileFamily("data/ejc_data/distances/distance_{tile}_crater_{crater}.npy")
EJSEG_MAPPING_IMAGE = FileFamily("data/ejc_data/eval_images/eval_image_{tile}_crater_{crater}.npy")
BUFFER = FileFamily("data/ejc_data/buffers/az_crater_{crater}.tif")

# Mosaics.
MOSAIC = FileFamily("data/mosaics/cylindrical_mosaic.tif")
AZIMUTHAL_MOSAIC = FileFamily("data/mosaics/azimuthal_mosaic_crater_{crater}.tif")

# Results of training.
CONNECTIONS = FileFamily(
    "results/conn_results/version_{version}/conn_positions/"
    "conn-pos_test-set-{split}_crater-{crater}.csv"
)
CONNECTION_MATRIX = FileFamily(
    "results/conn_results/version_{version}/connmatrix_ejc-version-{ejseg}_test-set{split}.csv"
)


def _of_version(name: str) -> dict[ModelKind, FileFamily]:
    folders: dict[ModelKind, str] = {"ejconn": "conn_results", "ejseg": "ejc_results"}
    return {
        kind: FileFamily(f"results/{folder}/version_{{version}}/{name}")
        for kind, folder in folders.items()
    }


# The weights of one member; most versions kept those of the best one alone.
CHECKPOINT = _of_version("best-checkpoint_test-set-{split}_iteration-{iteration}.ckpt")
BEST_CHECKPOINT = _of_version("best-checkpoint_test-set-{split}.ckpt")
# The normalization of a version on a split.
NORM = _of_version("best-norm_test-set-{split}.npy")
# The scores of a version's members on labelled tiles, and of the maps of its members.
TRAINING_METRICS = _of_version("test_metrics.csv")
MAP_METRICS = _of_version("eval_metrics.csv")

# The map.
OUTPUT_MASK = FileFamily("results/output_masks/{run}/cylindrical_mask_crater_{crater}.tif")
AZIMUTHAL_OUTPUT_MASK = FileFamily("results/output_masks/{run}/azimuthal_mask_crater_{crater}.tif")
COMPOSITE = FileFamily("results/output_masks/{run}/ejecta-map_all.tif")
LABEL_MAP = FileFamily("results/output_masks/{run}/ml_FID_map_all.tif")
ANALYSIS = (
    FileFamily("results/output_masks/{run}/analysis_overlaps.csv"),
    FileFamily("results/output_masks/{run}/analysis_clean.csv"),
)
# Agreement of that map with whole manual maps.
MANUAL_METRICS = {
    name: FileFamily(f"results/output_masks/{{run}}/{name}.csv")
    for name in (
        "dl_hm_metrics",
        *(f"dl_hm_{score}_{part}" for part in ("sq", "ring") for score in MANUAL_SCORES),
        "blankets",
    )
}
MANUAL_ANALYSIS = FileFamily("results/output_masks/{run}/analysis_hm.csv")

# All files of a kind, whether they are well named or not: recipes stamp them.
CRATER_FILES = ("data/ejc_data/fresh_craters.*", "data/conn_data/eval_positions/*.csv")
MASK_FILES = "data/cyl_data/*.tif"
WHOLE_MAP_FILES = "data/man_data/*.tif"
SCORE_FILES = "results/*/*/*_metrics.csv"

# Tables of hyperparameters come with the published code, beside the data.
HYPERPARAMETERS: Mapping[ModelKind, str] = {
    "ejconn": "connection_version_hparams.csv",
    "ejseg": "ejecta_version_hparams.csv",
}
TABLE_FOLDERS = ("code", ".")


@dataclass(frozen=True, slots=True)
class PublishedFolder:
    """A folder with ``data/`` and ``results/`` as published, or any part of them.

    Attributes:
        folder: The folder; it is never written to.
    """

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "PublishedFolder":
        """Return the folder, once it is plain that it is one.

        Raises:
            SourceError: If it is none, or one of the two folders in it was named instead.
        """
        if not folder.is_dir():
            raise SourceError(f"{folder} is no folder; name the one that holds data/ and results/")
        if any((folder / part).is_dir() for part in ("data", "results")):
            return cls(folder)
        parts = {"ejc_data", "conn_data", "cyl_data", "conn_results", "ejc_results", "output_masks"}
        if any((folder / part).is_dir() for part in parts):
            raise SourceError(
                f"{folder} is a part of a published folder; name the folder above it, which holds "
                "data/ and results/"
            )
        raise SourceError(
            f"{folder} holds neither data/ nor results/; unpack data.zip and results.zip into it"
        )

    @property
    def has_rectangles(self) -> bool:
        """Whether it says where on the mosaic the ejecta of craters were mapped."""
        return bool(self.found(RECTANGLES)) or self.file(ALL_RECTANGLES) is not None

    def found(self, family: FileFamily) -> dict[Key, Path]:
        """Return the files of a family that are there, by the values of their blanks."""
        return family.found(self.folder)

    def file(self, family: FileFamily, **values: int | str) -> Path | None:
        """Return a file, or None if it is not there."""
        return family.file(self.folder, **values)

    def required(self, family: FileFamily, **values: int | str) -> Path:
        """Return a file that must be there.

        Raises:
            SourceError: If it is not.
        """
        path = self.file(family, **values)
        if path is None:
            missing = family.path(self.folder, **values)
            raise SourceError(f"{missing} is missing; add it to the published folder")
        return path
