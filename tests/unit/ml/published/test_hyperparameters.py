"""Published rows become the models that they were, or one sentence why they are none.

The tables beside this file hold some rows of the published ones, as facts.
"""

from pathlib import Path

import pytest
import timm
import torch

from ejmap_ml.bundles.network import build_network
from ejmap_ml.config.model_config import SmpConfig, TimmClassifierConfig, load_preset
from ejmap_ml.config.training_config import (
    ConnectionSamplingConfig,
    CosineConfig,
    EjectaSamplingConfig,
    FocalLossConfig,
    SgdConfig,
    StepConfig,
    TileAugmentationConfig,
    UniformSamplingConfig,
    WarmupConfig,
)
from ejmap_ml.errors import ConfigError
from ejmap_ml.published.hyperparameters import (
    PublishedRun,
    preset_text,
    read_ejconn_table,
    read_ejseg_table,
)

EJSEG = Path(__file__).parent / "ejecta_version_hparams.csv"
EJCONN = Path(__file__).parent / "connection_version_hparams.csv"


def _changed(tmp_path: Path, source: Path, *changes: tuple[str, str]) -> Path:
    """Return a copy of a table with each first text replaced by the second."""
    text = source.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / source.name
    path.write_text(text)
    return path


def test_the_final_versions_are_the_presets_to_the_letter() -> None:
    """Row 32 of one table and row 200 of the other, with how they were run."""
    ejconn, ejseg = read_ejconn_table(EJCONN)["ejconn_v32"], read_ejseg_table(EJSEG)["ejseg_v200"]

    assert ejconn.config == load_preset("ejconn_v32")
    assert ejseg.config == load_preset("ejseg_v200")
    assert ejseg.run == PublishedRun(
        test_sets=(61,), iterations=20, other_version=32, is_marked_run=True
    )
    assert ejconn.run == PublishedRun(
        test_sets=(61,), iterations=10, vote_threshold=0.5, is_marked_run=True
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ejseg_v49", "version 49 of .*: buffer_bounds is empty, and the published program needs"),
        ("ejseg_v102", "version 102 of .*: the optimizer Muon steps along matrices only"),
        ("ejconn_v3", "version 3 of .*: timm knows no model 'congedvnext_small'; did it mean con"),
        ("ejconn_v7", "version 7 of .*: version_run must be True or False, found 'Trgediue'"),
    ],
)
def test_broken_rows_say_what_is_broken(name: str, message: str) -> None:
    """The other rows of the table are models all the same."""
    table = read_ejseg_table(EJSEG) if name.startswith("ejseg") else read_ejconn_table(EJCONN)

    with pytest.raises(ConfigError, match=message):
        table[name]
    assert len(table.broken) == 2
    assert len(table.models) == (33 if name.startswith("ejseg") else 9)


def test_muon_refuses_the_networks_of_the_study() -> None:
    """Why row 102 cannot have been trained."""
    network = build_network(load_preset("ejseg_tiny"))

    with pytest.raises(ValueError, match="only supports 2D parameters"):
        torch.optim.Muon(network.parameters(), lr=1e-4)


def test_the_misspelt_network_does_not_exist() -> None:
    """Why row 3 cannot have been trained."""
    assert not timm.is_model("congedvnext_small")
    assert timm.is_model("convnext_small")


def test_early_segmentation_rows_are_what_they_say() -> None:
    """Row 0: ranks without logarithm, fixed normalization, weights by ejecta, steps."""
    config = read_ejseg_table(EJSEG, side_px=320)["ejseg_v0"].config

    assert isinstance(config.architecture, SmpConfig)
    assert config.architecture.tile.model_dump() == {
        "side_px": 320, "distance_mode": "rank", "log_distance": False,
    }  # fmt: skip
    assert config.architecture.injection is not None
    assert config.architecture.injection.model_dump() == {"inner_radii": 2.0, "outer_radii": 3.0}
    assert config.metadata_size == 3
    assert config.normalization.model_dump() == {"kind": "fixed", "extra_scale": 1.0}
    assert config.sampling == EjectaSamplingConfig(factor=2, ratio_95=10)
    assert config.scheduler == StepConfig(step_epochs=10, gamma=0.9)
    assert config.ensemble.iterations == 1


def test_segmentation_rows_name_loss_optimizer_schedule_and_augmentation() -> None:
    """Rows that were tuned one setting at a time."""
    table = read_ejseg_table(EJSEG)

    assert table["ejseg_v8"].config.loss == FocalLossConfig(alpha=0.75, normalized=True)
    assert table["ejseg_v96"].config.loss.kind == "bce"
    assert table["ejseg_v103"].config.optimizer == SgdConfig(learning_rate=1e-4)
    assert table["ejseg_v94"].config.scheduler == CosineConfig(period_epochs=50, minimum=1e-6)
    assert table["ejseg_v94"].config.warmup == WarmupConfig(epochs=10, start=0.01)
    assert table["ejseg_v94"].config.training.patience == 30
    assert table["ejseg_v93"].config.warmup is None
    assert table["ejseg_v95"].config.scheduler.kind == "constant"
    assert table["ejseg_v104"].config.augmentation == TileAugmentationConfig(
        flips=True, quarter_turns=True, photometric=2
    )
    assert table["ejseg_v200"].config.sampling == UniformSamplingConfig()
    injected = table["ejseg_v74"].config.architecture
    assert isinstance(injected, SmpConfig)
    assert injected.injection is None


def test_an_encoder_that_is_not_named_is_the_default_of_smp() -> None:
    """And that of another architecture is not read: row 166 has one for Unet++."""
    table = read_ejseg_table(EJSEG)

    for name, notes in (("ejseg_v51", 0), ("ejseg_v166", 2)):
        architecture = table[name].config.architecture
        assert isinstance(architecture, SmpConfig)
        assert architecture.encoder == "resnet34"
        assert len(table[name].notes) == notes
    assert table["ejseg_v166"].config.training.drop_incomplete_batch
    assert table["ejseg_v166"].notes[1].startswith("MDL_Unet++_encoder_name is not read")


def test_connection_rows_are_what_they_say() -> None:
    """Weights, normalization from the training tiles, augmentation, and the vote."""
    table = read_ejconn_table(EJCONN)

    first = table["ejconn_v0"].config
    assert isinstance(first.architecture, TimmClassifierConfig)
    assert first.architecture.name == "resnet34"
    assert first.architecture.pretrained is not None
    assert first.sampling == ConnectionSamplingConfig(balance_connection=True)
    assert first.normalization.model_dump() == {"kind": "fixed", "extra_scale": 2.0}
    assert table["ejconn_v6"].config.sampling == ConnectionSamplingConfig(
        balance_connection=True, weigh_distance=True
    )
    assert table["ejconn_v5"].config.normalization.model_dump() == {
        "kind": "train", "extra": {"offset": 1.5, "scale": 0.5},
    }  # fmt: skip
    assert table["ejconn_v22"].config.augmentation == TileAugmentationConfig(photometric=2)
    assert table["ejconn_v22"].run.other_version == 21
    assert table["ejconn_v2"].run.test_sets == tuple(range(1, 11))


def test_rows_are_saved_as_presets(tmp_path: Path) -> None:
    """Each file gives its model again and tells what is known of it."""
    table = read_ejseg_table(EJSEG)

    for name, model in table.models.items():
        (tmp_path / f"{name}.yaml").write_text(preset_text(model), "utf-8")

    assert len(table.models) == 33
    for name, model in table.models.items():
        assert load_preset(str(tmp_path / f"{name}.yaml")) == model.config
    text = preset_text(table["ejseg_v166"])
    assert text.startswith("# Version 166 of the published table, imported.\n# Trained by")
    assert "# Note: DeepLabV3+ cannot be trained on a batch of one" in text


def test_any_of_the_rows_will_do(tmp_path: Path) -> None:
    """A table of one row, or of none."""
    header, first, *_ = EJSEG.read_text().splitlines()
    path = tmp_path / "one.csv"

    path.write_text(f"{header}\n{first}\n")
    assert list(read_ejseg_table(path).models) == ["ejseg_v0"]
    path.write_text(f"{header}\n")
    assert not read_ejseg_table(path).models


def test_spare_columns_may_be_missing(tmp_path: Path) -> None:
    """Without early_stop_patience nothing stops early."""
    path = tmp_path / "table.csv"
    lines = [line.split(",") for line in EJCONN.read_text().splitlines()[:2]]
    place = lines[0].index("early_stop_patience")
    path.write_text("\n".join(",".join(c[:place] + c[place + 1 :]) for c in lines))

    assert read_ejconn_table(path)["ejconn_v0"].config.training.patience is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("LR_StepLR_gamma", "LR_StepLR_gama")], r"'LR_StepLR_gama' \(meant LR_StepLR_gamma\?\)"),
        ([("img_augment", "mood")], r"1 columns that no table of ejseg versions has: 'mood'"),
        ([('\n3,"(2,3)",', "\n3,")], r"row 2 of .* has 32 cells and its header 33"),
        ([("log_dist,", "")], "lacks the columns log_dist; add them"),
        ([("eval_conn_version", "version_run")], "has the columns version_run twice"),
        ([("\n3,", "\n0,")], "holds version 0 twice"),
        ([("\n3,", "\nthree,")], "row 2 of .*: version must be a number, found 'three'"),
        ([("\n3,", "\n-3,")], "row 2 of .* is version -3"),
    ],
)
def test_tables_of_another_form_are_refused(
    tmp_path: Path, changes: list[tuple[str, str]], message: str
) -> None:
    """In one sentence that names what is wrong."""
    path = _changed(tmp_path, EJSEG, *changes)

    with pytest.raises(ConfigError, match=message):
        read_ejseg_table(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([(",dice,,0.001,", ",diced,,0.001,")], "loss 'diced' is none of dice, bce"),
        ([(",StepLR,5,0.5", ",StepLR,5,")], "LR_StepLR_gamma is empty"),
        ([(",StepLR,5,0.5", ",Step,5,0.5")], "scheduler 'Step' is none of StepLR"),
        ([("AdamW,0.5", "AdamX,0.5")], "optimizer 'AdamX' is none of AdamW, Adam, SGD"),
        ([(",dice,,0.001,", ",dice,,-1,")], "optimizer.adamw.learning_rate: Input should be gre"),
        ([('"(2,5)",False,absolute,True,,', '"(5,2)",False,absolute,True,,')], "outer_radii must"),
        ([("F1_Score,Unet++,True,,resnet34,4,dice,,0.001", "F2,Unet++,True,,resnet34,4,dice,,1")],
         "val_metric 'F2' is none of F1_Score"),
        ([("Unet++,True,,resnet34,4,dice,,0.001", "Unet++,True,,resnet9000,4,dice,,0.001")],
         "smp knows no encoder 'resnet9000'"),
        ([("Unet++,True,,resnet34,4,dice,,0.001", "Vnet,True,,resnet34,4,dice,,0.001")],
         "model_name 'Vnet' is none of Unet, Unet"),
    ],
)  # fmt: skip
def test_rows_that_say_what_cannot_be_are_broken(
    tmp_path: Path, changes: list[tuple[str, str]], message: str
) -> None:
    """Changes of row 200 that break it."""
    table = read_ejseg_table(_changed(tmp_path, EJSEG, *changes))

    assert "ejseg_v0" in table.models
    with pytest.raises(ConfigError, match=f"version 200 of .* is broken: .*{message}"):
        table["ejseg_v200"]


def test_weights_that_timm_does_not_have_are_named(tmp_path: Path) -> None:
    """Row 0 with a tag that nobody trained."""
    path = _changed(tmp_path, EJCONN, ("F1_Score,resnet34,", "F1_Score,resnet34.a99,"))

    with pytest.raises(ConfigError, match=r"no pretrained weights 'resnet34\.a99'"):
        read_ejconn_table(path)["ejconn_v0"]


def test_names_that_are_not_there_are_answered_with_those_that_are() -> None:
    """The nearest ones."""
    with pytest.raises(ConfigError, match=r"no 'ejseg_v201'; it has .*ejseg_v200"):
        read_ejseg_table(EJSEG)["ejseg_v201"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as a table"),
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b'version,"loss', "cannot be read as a table"),
        (b"x" * 2_000_001, "has 2000001 bytes"),
    ],
)
def test_files_that_are_no_tables_are_refused(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    """A missing one too."""
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=message):
        read_ejconn_table(path)
