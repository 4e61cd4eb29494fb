"""Published checkpoints become bundles, and bundles become checkpoints that their authors read."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import lightning.pytorch as pl
import pytest
import segmentation_models_pytorch as smp
import timm
import torch
from torch import Tensor, nn

from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.checkpoint import bundle_from_checkpoint, write_checkpoint
from ejmap_ml.published.norm_file import read_norm, write_norm
from ejmap_ml.published.tensor_file import read_tensor_file

DOI = "10.5281/zenodo.18787894"
NORM = Normalization(offset=(100.0, 110.0, 120.0, 5.0), scale=(30.0, 31.0, 32.0, 0.5))
PUBLISHED_SMP = {"unet": smp.Unet, "linknet": smp.Linknet, "deeplabv3": smp.DeepLabV3}


class _Injector(nn.Module):
    def __init__(self, size: int, channels: list[int]) -> None:
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(size, one) for one in channels])

    def forward(self, vector: Tensor, features: list[Tensor]) -> list[Tensor]:
        return [
            feature + torch.relu(linear(vector))[:, :, None, None].expand_as(feature)
            for feature, linear in zip(features, self.linears, strict=True)
        ]


class SMP_midinput(nn.Module):  # noqa: N801 - the authors' name
    """The authors' network, from its description."""

    def __init__(self, model_name="Unet", in_channels=4, midinput_dim=4, accept_midinput=True,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__()
        whole: Any = PUBLISHED_SMP[model_name.lower()](
            in_channels=in_channels, classes=1, activation=None, **kwargs
        )
        self.encoder, self.decoder, self.head = (
            whole.encoder, whole.decoder, whole.segmentation_head,
        )  # fmt: skip
        if accept_midinput:
            self.injector = _Injector(midinput_dim, self.encoder.out_channels[1:])

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """Return logits ``(B, H, W)``."""
        first, *features = self.encoder(x["image"])
        if hasattr(self, "injector"):
            features = self.injector(x["midinput"], features)
        return self.head(self.decoder([first, *features]))[:, 0]


class timmModel(nn.Module):  # noqa: N801 - the authors' name
    """The authors' classifier, from its description."""

    def __init__(self, model_name, pretrained=False, in_chans=4, num_classes=1) -> None:
        super().__init__()
        self.full_model = timm.create_model(
            model_name, pretrained=pretrained, in_chans=in_chans, num_classes=num_classes
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits ``(B, 1)``."""
        return self.full_model(x)


class Task(pl.LightningModule):
    """The authors' task as far as its arguments and the names of its weights go."""

    def __init__(self, model: nn.Module, loss: str = "ce", **others: Any) -> None:
        super().__init__()
        self.save_hyperparameters(ignore=["model"])
        assert loss in {"ce", "bce", "jaccard", "dice", "focal"}
        assert others.keys() <= {
            "focal_alpha", "lr", "optimizer", "optimizer_hparams", "plot_on_val",
            "output_on_inference", "path_to_record_metrics",
        }  # fmt: skip
        self.model = model


@pytest.fixture(autouse=True)
def _authors_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the authors' modules where their pickles look for them."""
    for name, one in (
        ("smp_custom_models", SMP_midinput),
        ("connection_data_preparation", timmModel),
    ):
        module = ModuleType(name)
        monkeypatch.setattr(one, "__module__", name)
        setattr(module, one.__name__, one)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def segmenter(segmenter_config) -> Callable[..., ModelConfig]:
    """Return the maker of EJSEG configurations, with other architectures if wanted."""

    def _make(name: str = "unet", *, injection: bool = True) -> ModelConfig:
        config = segmenter_config(injection=injection)
        if name == "unet":
            return config
        other = {
            "name": name,
            "encoder": "resnet18",
            "encoder_depth": None,
            "decoder_channels": None,
        }
        return ModelConfig.model_validate(
            config.model_dump() | {"architecture": config.architecture.model_dump() | other}
        )

    return _make


def _write_published(path: Path, network: nn.Module, **more: Tensor) -> None:
    """Write a checkpoint as Lightning does for the authors, the network pickled in it."""
    state = {f"model.{name}": value for name, value in network.state_dict().items()}
    content = {
        "epoch": 31,
        "global_step": 4711,
        "pytorch-lightning_version": "2.4.0",
        "state_dict": state | more,
        "loops": {"fit_loop": {"state_dict": {}}},
        "hparams_name": "kwargs",
        "hyper_parameters": {"model": network, "loss": "dice", "lr": torch.tensor(1e-3)},
    }
    torch.save(content, path)


def _authors_segmenter() -> SMP_midinput:
    torch.manual_seed(3)
    return SMP_midinput(
        "Unet", midinput_dim=4, encoder_name="tu-test_resnet", encoder_weights=None,
        encoder_depth=3, decoder_channels=[16, 8, 8],
    ).eval()  # fmt: skip


def test_a_published_segmenter_predicts_as_it_did(segmenter, tmp_path: Path) -> None:
    """Raw bands, distance and metadata here, normalised ones there: the same logits."""
    theirs = _authors_segmenter()
    _write_published(tmp_path / "best.ckpt", theirs)
    image, metadata = 200 * torch.rand(2, 4, 32, 32), 200 * torch.rand(2, 4)

    bundle = bundle_from_checkpoint(
        tmp_path / "best.ckpt", segmenter(), normalization=NORM, source=DOI
    )

    offset, scale = torch.tensor(NORM.offset), torch.tensor(NORM.scale)
    shaped = (image - offset[:, None, None]) / scale[:, None, None]
    with torch.inference_mode():
        wanted = theirs({"image": shaped, "midinput": (metadata - offset) / scale})
        found = bundle.build()(image, metadata)[:, 0]
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


def test_a_published_classifier_predicts_as_it_did(classifier_config, tmp_path: Path) -> None:
    """The same for EJCONN."""
    torch.manual_seed(4)
    theirs = timmModel("test_resnet").eval()
    _write_published(tmp_path / "best.ckpt", theirs)
    norm = Normalization.fixed(bands=3, extra_scale=2)
    image = 200 * torch.rand(2, 4, 32, 32)

    bundle = bundle_from_checkpoint(
        tmp_path / "best.ckpt", classifier_config(), normalization=norm, source=DOI
    )

    scale = torch.tensor(norm.scale)[:, None, None]
    with torch.inference_mode():
        torch.testing.assert_close(bundle.build()(image), theirs(image / scale))


def test_an_imported_model_tells_where_it_is_from(segmenter, tmp_path: Path) -> None:
    """Source, name and digest of the file, and how long its authors trained."""
    path = tmp_path / "best-checkpoint_test-set-61_iteration-0.ckpt"
    _write_published(path, _authors_segmenter())

    bundle = bundle_from_checkpoint(
        path, segmenter(), normalization=NORM, source=DOI, inputs={"norm": "abc"}
    )

    bundle.save(tmp_path / "model")
    provenance = ModelBundle.load(tmp_path / "model").provenance
    assert provenance.source == DOI
    assert provenance.file_name == path.name
    assert provenance.file_sha256 == read_tensor_file(path).sha256
    assert provenance.inputs == {"norm": "abc"}
    assert provenance.steps == 4711
    assert Provenance(created_utc="now").source is None


def test_only_losses_and_metrics_may_stand_beside_the_weights(segmenter, tmp_path: Path) -> None:
    """They are no part of the network; anything else is named."""
    extra = {"criterion.pos_weight": torch.ones(1), "val_metrics.F1_Score.tp": torch.zeros(1)}
    _write_published(tmp_path / "best.ckpt", _authors_segmenter(), **extra)

    bundle = bundle_from_checkpoint(
        tmp_path / "best.ckpt", segmenter(), normalization=NORM, source=DOI
    )

    assert not extra.keys() & bundle.weights.keys()
    _write_published(tmp_path / "best.ckpt", _authors_segmenter(), other=torch.ones(1))
    with pytest.raises(CheckpointError, match=r"best\.ckpt does not hold tiny: .* unknown other;"):
        bundle_from_checkpoint(tmp_path / "best.ckpt", segmenter(), normalization=NORM, source=DOI)


def test_differences_are_named(segmenter, tmp_path: Path) -> None:
    """Missing, unknown and of another shape, with the file and the model."""
    theirs = SMP_midinput(
        "Unet", midinput_dim=3, encoder_name="tu-test_resnet", encoder_weights=None,
        encoder_depth=3, decoder_channels=[16, 8, 8],
    )  # fmt: skip
    theirs.tail = theirs.head
    del theirs.head
    _write_published(tmp_path / "best.ckpt", theirs)

    with pytest.raises(CheckpointError) as caught:
        bundle_from_checkpoint(tmp_path / "best.ckpt", segmenter(), normalization=NORM, source=DOI)

    assert str(caught.value) == (
        f"{tmp_path / 'best.ckpt'} does not hold tiny: weights do not fit their configuration: "
        "missing model.head.0.weight; missing model.head.0.bias; "
        "unknown model.tail.0.weight; unknown model.tail.0.bias; "
        "model.injector.linears.0.weight is float32 (32, 3), not float32 (32, 4); "
        "model.injector.linears.1.weight is float32 (32, 3), not float32 (32, 4); "
        "model.injector.linears.2.weight is float32 (48, 3), not float32 (48, 4); "
        "use the configuration that they were trained with"
    )


def test_a_norm_of_other_channels_is_refused(segmenter, tmp_path: Path) -> None:
    """Before the weights are read."""
    with pytest.raises(CheckpointError, match="has 4 channels, its normalization 3"):
        bundle_from_checkpoint(
            tmp_path / "best.ckpt",
            segmenter(),
            normalization=Normalization.fixed(bands=2, extra_scale=1),
            source=DOI,
        )


def _bundle(config: ModelConfig, *, seed: int = 5) -> ModelBundle:
    torch.manual_seed(seed)
    return ModelBundle(
        config=config,
        weights=NormalizedNetwork(build_network(config), NORM).state_dict(),
        normalization=NORM,
        provenance=Provenance(created_utc="2026-01-01T00:00:00+00:00", steps=12),
    )


@pytest.mark.parametrize("name", ["unet", "linknet", "deeplabv3"])
@pytest.mark.parametrize("injection", [True, False])
def test_a_round_trip_keeps_the_model(
    segmenter, tmp_path: Path, name: str, *, injection: bool
) -> None:
    """Bundle, checkpoint and norm, bundle: equal to the last bit."""
    bundle = _bundle(segmenter(name, injection=injection))

    write_checkpoint(bundle, tmp_path / "best.ckpt")
    write_norm(NORM, tmp_path / "best.npy")
    again = bundle_from_checkpoint(
        tmp_path / "best.ckpt",
        bundle.config,
        normalization=read_norm(tmp_path / "best.npy"),
        source=DOI,
    )

    assert again.data_version == bundle.data_version
    assert list(again.weights) == list(bundle.weights)
    assert again.provenance.steps == 12
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["best.ckpt", "best.npy"]


def test_the_authors_programs_read_what_is_written(segmenter, tmp_path: Path) -> None:
    """As create_map.py does: without arguments, the network made by their own class."""
    bundle = _bundle(segmenter())
    write_checkpoint(bundle, tmp_path / "best.ckpt")

    task = Task.load_from_checkpoint(tmp_path / "best.ckpt", weights_only=False)

    assert isinstance(task.model, SMP_midinput)
    assert task.hparams["output_on_inference"] == "probabilities"
    offset, scale = torch.tensor(NORM.offset), torch.tensor(NORM.scale)
    image, metadata = torch.rand(1, 4, 32, 32), torch.rand(1, 4)
    raw = image * scale[:, None, None] + offset[:, None, None]
    with torch.inference_mode():
        found = task.model.eval()({"image": image, "midinput": metadata})
        wanted = bundle.build()(raw, metadata * scale + offset)[:, 0]
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_the_authors_classifier_is_asked_for_zeros_and_ones(
    classifier_config, tmp_path: Path
) -> None:
    """Probabilities would all be cut to 0 by their program."""
    config = ModelConfig.model_validate(
        classifier_config().model_dump() | {"loss": {"kind": "focal", "alpha": 0.1}}
    )
    bundle = _bundle(config)
    write_checkpoint(bundle, tmp_path / "best.ckpt")

    task = Task.load_from_checkpoint(tmp_path / "best.ckpt", weights_only=False)

    assert task.hparams["output_on_inference"] == "prediction"
    assert task.hparams["focal_alpha"] == 0.1
    assert isinstance(task.model, timmModel)
    for name, value in task.state_dict().items():
        assert torch.equal(value, bundle.weights[name])


def test_names_that_smp_changed_are_written_as_the_authors_smp_has_them(
    segmenter, tmp_path: Path
) -> None:
    """Their DeepLabV3 decoder is a sequence with numbers for names."""
    bundle = _bundle(segmenter("deeplabv3"))

    write_checkpoint(bundle, tmp_path / "best.ckpt")

    names = read_tensor_file(tmp_path / "best.ckpt").tensors
    assert {name.split(".")[2] for name in names if ".decoder." in name} == {"0", "1", "2"}


@pytest.mark.parametrize("kind", ["polar", "upernet"])
def test_networks_that_the_authors_do_not_have_are_not_written(
    segmenter, tmp_path: Path, kind: str
) -> None:
    """One sentence, and no file."""
    config = load_preset("ejseg_polar") if kind == "polar" else segmenter("upernet")

    with pytest.raises(CheckpointError, match="cannot be written for the published programs"):
        write_checkpoint(_bundle(config), tmp_path / "best.ckpt")

    assert list(tmp_path.iterdir()) == []
