"""From labelled tiles to trained members: samples cut once, members trained on them and scored."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.config import tuning as tuned_module
from ejmap_ml.stores.tile_group import TileStore
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import ModelVersion, is_given
from ejmap_project.models.starting_member import starting_member
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Silence
from ejmap_project.recipe_settings import sample_set_of
from ejmap_project.training import train_member as train_member_module
from ejmap_project.training import tuning as tuning_module
from ejmap_project.training.cut_samples import cut_samples, samples_of
from ejmap_project.training.labelled_tiles import label_tiles
from ejmap_project.training.split_table import split_tiles
from ejmap_project.training.train_member import train_member
from tests.ready_ensemble import write_ready
from tests.tiny_planet import OWN_MASKS, write_project
from tests.tiny_presets import EJCONN

INPUTS = {"labelled_tiles": "1"}
VERSION = "ejconn_test@0"
TUNED_VERSION = "ready_test_tuned@0"


@dataclass
class Bench:
    """A project with labelled tiles, of which one split holds some back to test."""

    project: OpenProject

    def cut(
        self, kind: ModelKind, version: str, *, recipe: str = "r"
    ) -> tuple[Artefact, list[str]]:
        """Cut samples; return the artefact and what was told."""
        told: list[str] = []
        found = cut_samples(
            self.project,
            kind,
            version,
            recipe=recipe,
            inputs=INPUTS,
            progress=Silence(),
            tell=told.append,
        )
        return found, told

    def looked_at(self) -> Path:
        """Folder of the samples of EJCONN."""
        version = ModelVersion.parse(VERSION)
        return self.project.paths.samples(sample_set_of(self.project, "ejconn", version))

    def train(self, kind: ModelKind, version: str, iteration: int = 0) -> Artefact:
        """Train a member."""
        return train_member(
            self.project, kind, version, iteration, inputs=INPUTS, progress=Silence()
        )


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose tiles are labelled and split, to be copied."""
    planet = make_planet(PlanetConfig(width_px=256, craters=3), seed=5)
    folder = tmp_path_factory.mktemp("labelled") / "project"
    small = EJCONN.replace("resnet10t", "test_resnet")
    # It leaves one pixel of a crop, which cannot be normalised over a batch of one sample.
    small = small.replace("batch_size: 16", "batch_size: 16, drop_incomplete_batch: true")
    project = write_project(folder, planet, OWN_MASKS + "splits: {count: 1, used: 0}\n")
    (folder / "ejconn_test.yaml").write_text(small)
    label_tiles(project, Silence())
    split_tiles(project)
    return folder


@pytest.fixture
def bench(labelled: Path, tmp_path: Path) -> Bench:
    """The project, nothing of it cut yet."""
    return Bench(OpenProject.at(shutil.copytree(labelled, tmp_path / "project")))


def test_versions_of_one_look_share_their_samples(bench: Bench) -> None:
    """The second is told so, and both find the same stores."""
    first, silent = bench.cut("ejconn", VERSION)
    folder = bench.looked_at()
    written = (folder / "own.zarr" / "zarr.json").stat().st_mtime_ns

    second, told = bench.cut("ejconn", "ejconn_test")

    assert silent == []
    assert told == [f"another version with equal inputs has cut them already: {folder}"]
    assert (folder / "own.zarr" / "zarr.json").stat().st_mtime_ns == written
    assert first.metadata["shared_with_another_version"] is False
    assert second.metadata["shared_with_another_version"] is True
    assert first.content == second.content
    for version in (VERSION, "ejconn_test"):
        assert samples_of(bench.project, "ejconn", version) == [folder / "own.zarr"]


def test_samples_are_counted_and_cut_anew_for_another_recipe(bench: Bench) -> None:
    """Every usable labelled tile is one of EJCONN's; every labelled crater one polar view."""
    conn, _ = bench.cut("ejconn", VERSION)
    seg, _ = bench.cut("ejseg", "ejseg_test@0")

    store = TileStore.open(bench.looked_at() / "own.zarr")
    tiles = sum(store[name].tile_count for name in store.group_names)
    assert conn.metadata["by_planet"] == {"own": tiles}
    assert conn.metadata["samples"] == tiles > 3
    assert seg.metadata["by_planet"] == {"own": 3}
    assert "picture" in conn.metadata
    again, told = bench.cut("ejconn", VERSION, recipe="another")
    assert again.metadata["shared_with_another_version"] is False
    assert told == []


def test_shared_samples_that_were_damaged_are_cut_anew(bench: Bench) -> None:
    """To use them again would let the same check fail at every run."""
    bench.cut("ejconn", VERSION)
    store = bench.looked_at() / "own.zarr"
    chunk = next(one for one in store.rglob("0") if one.is_file())
    sound = chunk.read_bytes()
    chunk.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))

    again, _ = bench.cut("ejconn", VERSION)

    assert again.metadata["shared_with_another_version"] is False
    assert chunk.read_bytes() == sound


def test_samples_that_are_missing_or_incomplete_are_named(bench: Bench) -> None:
    """With what to materialise."""
    with pytest.raises(StepError, match="materialise ejconn_samples of ejconn_test@0 first"):
        samples_of(bench.project, "ejconn", VERSION)
    bench.cut("ejconn", VERSION)
    (bench.looked_at() / "made_from.json").unlink()

    with pytest.raises(StepError, match="is incomplete"):
        bench.train("ejconn", VERSION)


@pytest.mark.parametrize(
    ("kind", "version"), [("ejconn", "ejconn_test@0"), ("ejseg", "ejseg_test@0")]
)
def test_a_member_is_trained_scored_and_saved(bench: Bench, kind: ModelKind, version: str) -> None:
    """The bundle says what the artefact reports; members differ by their number alone."""
    bench.cut(kind, version)

    found, other = bench.train(kind, version), bench.train(kind, version, iteration=1)

    bundle = ModelBundle.load(bench.project.paths.model_bundle(kind, version=version, iteration=0))
    # The step that validated best is kept, of two.
    assert bundle.provenance.steps == found.metadata["steps"] in {1, 2}
    assert (bundle.view_ranges is not None) == (kind == "ejseg")
    assert (found.metadata["seed"], other.metadata["seed"]) == (0, 1)
    assert 0 <= found.metadata["test_f1"] <= 1
    assert found.metadata["test_f1"] == bundle.provenance.scores["test_f1"]
    assert found.metadata["weights"] == sum(one.numel() for one in bundle.weights.values())
    assert found.content != other.content
    assert "picture" in found.metadata
    folder = bench.project.paths.model_version(kind, version)
    assert {path.name for path in folder.iterdir()} == {"iteration_00", "iteration_01"}


def test_an_imported_member_is_left_as_it_was_published(bench: Bench) -> None:
    """It needs no samples, and reports what its authors said of it."""
    bench.cut("ejconn", VERSION)
    bench.train("ejconn", VERSION)
    path = bench.project.paths.model_bundle("ejconn", version=VERSION, iteration=0)
    bundle = ModelBundle.load(path)
    scored = bundle.provenance.model_copy(update={"source": "10.1/2", "scores": {"test_f1": 0.25}})
    published = ModelBundle(
        config=bundle.config,
        weights=bundle.weights,
        normalization=bundle.normalization,
        provenance=scored,
    )
    published.save(path)
    shutil.rmtree(bench.project.paths.training)

    found = bench.train("ejconn", VERSION)

    assert found.metadata["test_f1"] == 0.25
    assert "picture" not in found.metadata
    assert ModelBundle.load(path).provenance == scored


@pytest.fixture
def tuning(bench: Bench) -> Bench:
    """The project with a ready-made ensemble of two polar members to start from."""
    packaged = bench.project.paths.folder.parent / "packaged"
    write_ready(packaged, "ready_test")
    return Bench(replace(bench.project, packaged_models=packaged))


def test_few_masks_leave_a_member_as_it_started(tuning: Bench) -> None:
    """Nothing is trained, and masks that come later may still train it."""
    tuning.cut("ejseg", TUNED_VERSION)

    found = tuning.train("ejseg", TUNED_VERSION)

    bundle, start = _tuned_and_start(tuning.project, 0)
    assert bundle.weights.keys() == start.weights.keys()
    assert all(torch.equal(value, start.weights[name]) for name, value in bundle.weights.items())
    assert (bundle.provenance.steps, bundle.provenance.samples) == (0, 3)
    assert bundle.provenance.started_from == start.data_version
    assert not is_given(tuning.project, "ejseg", TUNED_VERSION, 0)
    assert "held_out_f1" not in found.metadata


def test_a_member_that_waits_for_masks_is_another_one_with_each_mask(
    tuning: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its weights are the same: the gate says how many masks there are."""
    tuning.cut("ejseg", TUNED_VERSION)
    few = tuning.train("ejseg", TUNED_VERSION)
    monkeypatch.setattr(tuning_module, "labelled_craters", lambda _: 4)

    again = tuning.train("ejseg", TUNED_VERSION)

    assert (few.metadata["samples"], again.metadata["samples"]) == (3, 4)
    assert few.content != again.content


def test_members_are_tuned_and_scored_on_craters_they_did_not_see(
    tuning: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each crater by the member that it was held back from, beside the start of this member."""
    monkeypatch.setattr(train_member_module, "LEAST_CRATERS", 3)
    monkeypatch.setattr(tuned_module, "STEPS", 20)
    tuning.cut("ejseg", TUNED_VERSION)

    artefacts = [tuning.train("ejseg", TUNED_VERSION, number) for number in (0, 1, 2)]

    held = []
    for number in (0, 1):
        bundle, start = _tuned_and_start(tuning.project, number)
        assert bundle.provenance.started_from == start.data_version
        assert bundle.provenance.source is None
        assert bundle.calibration == start.calibration
        assert bundle.data_version != start.data_version
        held += [one.crater_id for one in bundle.provenance.held_out]
        # The start says ejecta everywhere: its recall is 1, its precision the share of ejecta.
        assert all(0 < one.start_f1 < 1 for one in bundle.provenance.held_out)
        table = artefacts[number].metadata["held_out_craters"]
        assert isinstance(table, pd.DataFrame)
        assert artefacts[number].metadata["held_out_f1"] == table["f1"].mean()
    third = ModelBundle.load(
        tuning.project.paths.model_bundle("ejseg", version=TUNED_VERSION, iteration=2)
    )
    held += [one.crater_id for one in third.provenance.held_out]
    assert sorted(held) == [1, 2, 3]


def _tuned_and_start(project: OpenProject, number: int) -> tuple[ModelBundle, ModelBundle]:
    path = project.paths.model_bundle("ejseg", version=TUNED_VERSION, iteration=number)
    start = starting_member(project, "ejseg", TUNED_VERSION, number)
    assert start is not None
    return ModelBundle.load(path), start.load()
