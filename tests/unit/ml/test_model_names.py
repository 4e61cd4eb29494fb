"""A name of a network in somebody's configuration builds one of the libraries', or nothing."""

import socket

import pytest

from ejmap_ml.config.model_config import CropConfig, SmpConfig, TileConfig, TimmClassifierConfig
from ejmap_ml.ejconn.model import EjconnNetwork
from ejmap_ml.ejseg.model import EjsegNetwork, require_encoder
from ejmap_ml.errors import ConfigError
from ejmap_ml.pretrained import is_timm_model

LEADING_ELSEWHERE = (
    *(
        "hf-hub:user/model",
        "hf_hub:user/model",
        "local-dir:/tmp/model",
        "hf-hub:",
        "smp-hub:user/m",
    ),
    *("http://127.0.0.1/model", "../model", "/srv/model", "resnet18.hf-hub:user/model", ""),
    *("resnet18\n", "resnet18.a.b", "RESNET18", "timm/resnet18"),
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where anything connects or asks for a name."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something asks the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", LEADING_ELSEWHERE)
def test_no_network_is_built_by_a_name_that_leads_to_a_hub_or_a_folder(name: str) -> None:
    """Neither as a classifier of timm, nor as an encoder of smp or, through it, of timm."""
    with pytest.raises(ConfigError, match="timm knows no model"):
        EjconnNetwork(
            TimmClassifierConfig(name=name, crop=CropConfig(height_px=32, width_px=32)),
            in_channels=3,
            pretrained=False,
        )
    for encoder in (name, f"tu-{name}"):
        config = SmpConfig(name="unet", encoder=encoder, tile=TileConfig(side_px=32))
        with pytest.raises(ConfigError, match="smp knows no encoder"):
            EjsegNetwork(config, in_channels=3, metadata_size=4, pretrained=False)


@pytest.mark.parametrize("name", ["resnet18", "tu-resnet10t", "tu-resnet18.a1_in1k", "mit_b0"])
def test_names_of_the_libraries_are_taken(name: str) -> None:
    """With and without the name of weights."""
    require_encoder(name)
    assert is_timm_model(name.removeprefix("tu-")) is (name != "mit_b0")
