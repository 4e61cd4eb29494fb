"""Ensembles in the words of STAC's extension for models, read by pystac."""

from datetime import UTC, datetime
from pathlib import Path

import pystac
import pytest
from pystac.extensions.mlm import MLMExtension

from ejmap_ml.bundles.bundle_files import CONFIG
from ejmap_ml.config.model_config import load_preset
from ejmap_project.paths import ModelKind
from ejmap_project.release_metadata.release_manifest import ModelNote, MosaicNote, ReleaseManifest
from ejmap_project.release_metadata.stac_model import MLM, as_model_asset, model_properties

NOTE = ModelNote(version="mine", digest="12", members=("34",))
MANIFEST = ReleaseManifest(
    number=1,
    name="first",
    made_utc="2026-01-01T00:00:00+00:00",
    project="p",
    body="Mercury",
    packages={"torch": "2.8.0"},
    mosaic=MosaicNote(words="", terms="", doi="", data_version=""),
    models={},
    artefacts=(),
    files=(),
)


@pytest.mark.parametrize(
    ("preset", "kind", "task", "size"),
    [
        pytest.param("ejconn_tiny", "ejconn", "classification", 2, id="EJCONN"),
        pytest.param("ejseg_tiny", "ejseg", "semantic-segmentation", 4, id="EJSEG on tiles"),
        pytest.param("ejseg_polar_small", "ejseg", "semantic-segmentation", 4, id="polar EJSEG"),
    ],
)
def test_an_ensemble_says_what_goes_in_and_what_comes_out(
    preset: str, kind: ModelKind, task: str, size: int, tmp_path: Path
) -> None:
    """Channels are those of the network; an EJCONN answers with one number, not an image."""
    config = load_preset(preset)
    (tmp_path / CONFIG).write_text(config.model_dump_json())
    item = pystac.Item(
        id="model",
        geometry=None,
        bbox=None,
        datetime=datetime.now(UTC),
        properties=model_properties(MANIFEST, kind, NOTE, tmp_path),
        stac_extensions=[MLM],
    )
    told = MLMExtension.ext(item)

    assert told.mlm_name == "mine"
    assert told.tasks == [task]
    assert told.framework_version == "2.8.0"
    assert told.input[0].input.shape[:2] == [-1, config.in_channels]
    result = told.output[0].result
    assert len(result.shape) == len(result.dim_order) == size
    assert result.shape[2:] == (told.input[0].input.shape[2:] if size == 4 else [])


def test_weights_alone_are_the_model() -> None:
    """Other files of a member keep their roles."""
    assert as_model_asset("iteration_00/weights.safetensors", {"roles": ["data"]}) == {
        "roles": ["mlm:model"],
        "mlm:artifact_type": "safetensors",
    }
    assert as_model_asset("iteration_00/config.json", {"roles": ["data"]}) == {"roles": ["data"]}
