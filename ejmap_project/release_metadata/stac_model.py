"""An ensemble of a release in the words of STAC's extension for models (MLM 1.4.0)."""

from pathlib import Path
from typing import Any

from ejmap_ml.bundles.bundle_files import CONFIG, WEIGHTS, read_json
from ejmap_ml.config.model_config import ModelConfig, SmpConfig, TimmClassifierConfig
from ejmap_project.paths import ModelKind
from ejmap_project.release_metadata.release_manifest import ModelNote, ReleaseManifest
from ejmap_project.release_metadata.stac_assets import EXTENSIONS, Json

MLM = f"{EXTENSIONS}/mlm/v1.4.0/schema.json"
DIMENSIONS = ["batch", "channel", "height", "width"]
ANY_BATCH = -1


def model_properties(
    manifest: ReleaseManifest, kind: ModelKind, note: ModelNote, member: Path
) -> Json:
    """Return the properties of an ensemble, all of whose members look at the same.

    Args:
        manifest: What the release holds.
        kind: The model.
        note: The ensemble.
        member: The folder of one of its members.
    """
    config = ModelConfig.model_validate_json(read_json(member / CONFIG))
    rows, cols = _side(config)
    task = "classification" if kind == "ejconn" else "semantic-segmentation"
    shape = [ANY_BATCH, 1] if kind == "ejconn" else [ANY_BATCH, 1, rows, cols]
    return {
        "mlm:name": note.version,
        "mlm:architecture": config.architecture.kind,
        "mlm:tasks": [task],
        "mlm:framework": "pytorch",
        "mlm:framework_version": manifest.packages.get("torch", "unknown"),
        "mlm:input": [
            {
                "name": "bands of the mosaic around a crater and channels of geometry",
                "description": config.reads_words,
                "bands": [],
                "input": {
                    "shape": [ANY_BATCH, config.in_channels, rows, cols],
                    "dim_order": DIMENSIONS,
                    "data_type": "float32",
                },
            }
        ],
        "mlm:output": [
            {
                "name": "logit of ejecta of the crater",
                "tasks": [task],
                "result": {
                    "shape": shape,
                    "dim_order": DIMENSIONS[: len(shape)],
                    "data_type": "float32",
                },
            }
        ],
        "ejmap:digest": note.digest,
        "ejmap:members": list(note.members),
    }


def as_model_asset(name: str, asset: Json) -> Json:
    """Return an asset of a model, weights with the role that marks them."""
    if not name.endswith(WEIGHTS):
        return asset
    return asset | {"roles": ["mlm:model"], "mlm:artifact_type": "safetensors"}


def _side(config: ModelConfig) -> tuple[int, int]:
    """Return rows and columns of what the network sees."""
    network: Any = config.architecture
    if isinstance(network, TimmClassifierConfig):
        return network.crop.height_px, network.crop.width_px
    if isinstance(network, SmpConfig):
        return network.tile.side_px, network.tile.side_px
    return network.view.rows, network.view.cols
