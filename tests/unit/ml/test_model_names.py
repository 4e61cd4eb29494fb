"""A name of a network in somebody's configuration builds one of the libraries', or nothing."""

import socket

import pytest

from ejmap_ml.ejconn.model import EjconnNetwork
from ejmap_ml.ejseg.model import require_encoder
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
def test_names_that_lead_to_a_hub_or_a_folder_are_refused(name: str) -> None:
    """Neither as they are nor as encoders of timm in smp."""
    assert not is_timm_model(name)
    for encoder in (name, f"tu-{name}"):
        with pytest.raises(ConfigError, match="smp knows no encoder"):
            require_encoder(encoder)


@pytest.mark.parametrize("name", ["resnet18", "tu-resnet10t", "tu-resnet18.a1_in1k", "mit_b0"])
def test_names_of_the_libraries_are_taken(name: str) -> None:
    """With and without the name of weights."""
    require_encoder(name)


def test_the_network_of_ejconn_is_one_of_timms() -> None:
    """The check stands before anything is built."""
    assert is_timm_model("resnet18.a1_in1k")
    assert "is_timm_model" in EjconnNetwork.__init__.__globals__
