"""A tiny planet from nothing to a scored map, through Dagster, and what happens after that."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest
import rasterio
from dagster._core.event_api import PartitionKeyFilter
from PIL import Image

from ejmap_assets import partitions
from ejmap_assets.definitions import build_defs, runner_of
from ejmap_assets.launch_config import ROLL_BACK
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.project_stages import stages_made
from ejmap_assets.lineage.provenance import Record, last_record
from ejmap_assets.lineage.recipes import book_of, member_keys
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import is_made, models_to_make
from ejmap_assets.partitions import Partitioning
from ejmap_cli.console import Console
from ejmap_geo.masks.probability_levels import VOTE_STEPS, probability_of
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.files.layer_file import BAND_NAMES, read_layer
from ejmap_project.manifests.manifest import stamps_of
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.models.model_version import configured_version
from ejmap_project.open_project import OpenProject
from ejmap_project.release.difference import difference
from ejmap_project.release.release_folder import release_folder
from ejmap_project.release.verify import faults_of
from ejmap_project.release_metadata.release_manifest import read_release_manifest
from ejmap_project.scoring.map_agreement import CHAIN, POOLED
from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml, iterations: 2}
mapping: {tile_side_px: 32}
"""
DENOISED = SETTINGS.replace("tile_side_px: 32", "tile_side_px: 32, denoise_px: 3")
# Dagster's pages show longer Markdown as a button.
INLINE_LETTERS = 1000
# Styles, tables beside Parquet, attribute tables that a GIS may add to, plots, pictures, curves,
# notes with digests of their own, locks, and unfinished files.
OF_NO_ARTEFACT = re.compile(
    r"\.(qml|csv|aux\.xml|lock)$|evaluation/\w+/\w+\.png$|/kept/|^data/(pictures|manifests|logs|\.)"
)
RASTERS = (
    "basemap_mosaic",
    "manual_masks",
    "azimuthal_mosaic",
    "tile_store",
    "polar_prediction",
    "connection_predictions",
    "segmentation_mask",
    "basemap_mask",
    "promised_recall_mask",
    "global_map",
)
TILES = """
name: ejseg_tiles
architecture:
  kind: smp
  name: unet
  encoder: tu-resnet10t
  encoder_depth: 3
  decoder_channels: [16, 8, 8]
  tile: {side_px: 32, distance_mode: ratio}
normalization: {kind: train}
loss: {kind: dice}
optimizer: {kind: adamw, learning_rate: 1.0e-3}
training: {batch_size: 4, max_steps: 2, validation_fraction: 0.0}
"""


@dataclass
class Made:
    """A project and its instance."""

    project: OpenProject
    instance: dg.DagsterInstance

    def run(self) -> tuple[list[str], str]:
        """Bring it up to date; return the complaints and what the console showed."""
        stream = io.StringIO()
        complaints = runner_of(self.project, self.instance, Console(stream)).run()
        return complaints, stream.getvalue()

    def keys(self, name: str) -> list[str | None]:
        """Return the partitions an asset should have; None stands for an unpartitioned one."""
        if not is_made(self.project, name):
            return []
        match LINEAGE[name].partitioning:
            case Partitioning.NONE:
                return [None]
            case Partitioning.CRATERS:
                return list(self.instance.get_dynamic_partitions(partitions.CRATERS_NAME))
            case Partitioning.EJCONN_VERSIONS | Partitioning.EJSEG_VERSIONS as partitioning:
                return [configured_version(self.project, partitioning.model_kind).key]
            case partitioning:
                kind = partitioning.model_kind
                return [*member_keys(self.project, kind, configured_version(self.project, kind))]

    def record(self, name: str, key: str | None) -> Record:
        """Return the last materialisation of an asset."""
        record = last_record(self.instance, name, key)
        assert record is not None, (name, key)
        return record

    @property
    def states(self) -> dict[str, CraterState]:
        """Where the craters stand."""
        return crater_states(book_of(self.project, self.instance))


def _project(folder: Path, settings: str = SETTINGS) -> OpenProject:
    folder.mkdir(exist_ok=True)
    (folder / "project.yaml").write_text(settings)
    for name, text in (("ejconn_test", EJCONN), ("ejseg_test", POLAR), ("ejseg_tiles", TILES)):
        (folder / f"{name}.yaml").write_text(text)
    return OpenProject.at(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """A tiny planet of three craters, made once from end to end."""
    project = _project(tmp_path_factory.mktemp("tiny"))
    with dg.DagsterInstance.ephemeral() as instance:
        one = Made(project, instance)
        complaints, shown = one.run()
        assert complaints == [], shown
        yield one


def test_everything_is_made_and_recorded_once(made: Made) -> None:
    """Each partition of each asset has one materialisation and its file."""
    for name, node in LINEAGE.items():
        # The catalogue of this project is not vetted, and its tiles are connected without EJCONN.
        records = made.instance.fetch_materializations(dg.AssetKey(name), limit=100).records
        assert sorted(str(one.partition_key) for one in records) == sorted(
            map(str, made.keys(name))
        ), name
        for key in made.keys(name):
            assert node.output(made.project.paths, key or "").exists(), (name, key)


def test_every_file_that_a_step_reads_belongs_to_an_artefact(made: Made) -> None:
    """So it is compared with its record; what no artefact holds is for people, or of its own."""
    folder, listed = made.project.paths.folder, set[str]()
    for name, node in LINEAGE.items():
        for key in made.keys(name):
            places = node.files(name, made.project.paths, key).places
            listed |= (stamps_of(folder, places) or {}).keys()

    there = (one for one in made.project.paths.data.rglob("*") if one.is_file())
    names = {str(one.relative_to(folder)) for one in there}
    unlisted = [name for name in names - listed if not OF_NO_ARTEFACT.search(name)]
    assert sorted(unlisted) == []


def _width(folder: Path, shown: str) -> int:
    """Return the width of the picture that Markdown names, from its file."""
    address = shown.rpartition("](/")[2].rstrip(")")
    with Image.open(folder / "data" / address) as image:
        return image.width


def test_every_asset_reports_numbers_and_every_raster_a_picture(made: Made) -> None:
    """What a scientist looks at first is in the UI."""
    for name in [one for one in LINEAGE if is_made(made.project, one)]:
        metadata = made.record(name, made.keys(name)[0]).metadata
        assert float(str(metadata["seconds"].value)) >= 0
        shown = [str(value.value) for key, value in metadata.items() if key.startswith("picture")]
        assert bool(shown) is bool(LINEAGE[name].picture), name
        assert all(text.startswith("[![") and len(text) < INLINE_LETTERS for text in shown), name
        widths = [_width(made.project.paths.folder, text) for text in shown]
        assert name not in RASTERS or min(widths) >= 800, (name, widths)


def test_masks_name_the_mosaic_and_the_models_they_come_from(made: Made) -> None:
    """In the file and in the event, with the data versions of these very artefacts."""
    key = "0001"
    with rasterio.open(made.project.paths.segmentation(key)) as raster:
        inputs = raster.tags()["EJMAP_INPUTS"]
        names = raster.descriptions

    for name in ("basemap_mosaic", "promoted_ejseg"):
        assert f'"{name}": "{made.record(name, None).data_version}"' in inputs
    assert names == ("probability_level", "vote_level", "mask")


def test_connections_and_mask_follow_from_one_prediction(made: Made) -> None:
    """A tile is connected where the mask has ejecta, and no EJCONN was made for that."""
    paths = made.project.paths
    for key in ("0001", "0002", "0003"):
        mask = read_layer(paths.segmentation(key), "mask") > 0
        table = read_connections(paths.connections(key))
        held = [bool(mask[window.slices].any()) for window in tile_windows(table)]
        assert table["is_connected"].tolist() == held

    assert models_to_make(made.project) == ("ejseg",)
    assert last_record(made.instance, "promoted_ejconn") is None


def test_the_mask_is_where_the_probability_is_above_one_half(made: Made) -> None:
    """The layers of a crater agree with each other."""
    path = made.project.paths.segmentation("0002")
    levels, votes, mask = (read_layer(path, name) for name in BAND_NAMES)

    np.testing.assert_array_equal(mask == 1, probability_of(levels) > 0.5)
    assert set(np.unique(votes)) <= {0, VOTE_STEPS // 2, VOTE_STEPS}


def test_the_map_counts_its_craters_and_their_states(made: Made) -> None:
    """Nothing is missing and nothing is stale after a whole run."""
    metadata = made.record("global_map", None).metadata

    assert metadata["current_count"].value == 3
    assert metadata["missing_craters"].value == metadata["stale_craters"].value == []
    links = str(metadata["made_of"].value)
    assert all(f"&partition={key}) | current |" in links for key in made.keys("basemap_mask"))
    assert metadata["promoted_ejseg"].value == dg.AssetKey("promoted_ejseg")


def test_the_scores_hold_the_chain_its_craters_and_three_rules(made: Made) -> None:
    """The rules are tuned on the training planet only and scored on this one."""
    scores = pd.read_parquet(made.project.paths.scores)

    pooled = scores[scores["crater"] == POOLED]
    assert pooled["method"].tolist() == [
        CHAIN,
        "brightness threshold",
        "distance only",
        "brightness within k radii",
    ]
    assert scores[scores["crater"] != POOLED]["crater"].tolist() == ["0001", "0002", "0003"]
    assert pooled["pixel_f1"].between(0, 1).all()


def test_every_check_looked_at_every_partition_and_found_no_wrong_data(made: Made) -> None:
    """Each says what it found; networks of two steps may be warned of."""
    storage = made.instance.event_log_storage
    for key in build_defs().resolve_asset_graph().asset_check_keys:
        for partition in made.keys(key.asset_key.to_user_string()):
            found = storage.get_asset_check_execution_history(
                key, limit=1, partition_filter=PartitionKeyFilter(key=partition)
            )
            evaluation = found[0].evaluation
            assert isinstance(evaluation, dg.AssetCheckEvaluation), (key, partition)
            assert evaluation.description, (key, partition)
            is_warning = evaluation.severity is dg.AssetCheckSeverity.WARN
            assert evaluation.passed or is_warning, (key, partition, evaluation.description)


def test_a_second_run_does_nothing(made: Made) -> None:
    """What is there and current is skipped, stage by stage."""
    runs = made.instance.get_runs_count()

    complaints, shown = made.run()

    assert complaints == []
    assert made.instance.get_runs_count() == runs
    assert shown.count("there and up to date") == len(stages_made(made.project))


def test_a_broken_crater_fails_alone_and_is_made_again_once_repaired(made: Made) -> None:
    """The map is drawn without waiting for it."""
    paths = made.project.paths
    for key in ("0001", "0003"):
        paths.azimuthal_mosaic(key).unlink()
    sound = paths.crater("0002").rename(paths.folder / "sound")
    paths.crater("0002").write_bytes(b"no folder")

    complaints, _ = made.run()
    broken = made.states
    paths.crater("0002").unlink()
    sound.rename(paths.crater("0002"))
    paths.azimuthal_mosaic("0002").unlink()
    repaired_complaints, _ = made.run()

    current = CraterState.CURRENT
    assert len(complaints) == 1
    assert complaints[0].startswith("1 of 3 craters failed, the others are kept. 0002: ")
    assert broken == {"0001": current, "0002": CraterState.FAILED, "0003": current}
    assert repaired_complaints == []
    assert set(made.states.values()) == {current}


def test_a_release_stays_as_it_is_whatever_is_made_later(made: Made) -> None:
    """Its files are links to those of the project, and every step replaces what it writes."""
    runner = runner_of(made.project, made.instance, Console(io.StringIO()))
    runner.release("first", note="before another model", allow_stale=False)
    folder = release_folder(made.project.paths, "first")
    manifest = read_release_manifest(folder)
    # The tests below go on from here.
    project = _project(made.project.paths.folder, DENOISED)

    complaints, shown = Made(project, made.instance).run()
    runner_of(project, made.instance, Console(io.StringIO())).release(
        "second", note="", allow_stale=False
    )

    assert complaints == [], shown
    assert faults_of(folder) == []
    assert manifest.stale == []
    assert manifest.missing == ()
    assert manifest.models["ejseg"].digest in (folder / "MODEL_CARD_EJSEG.md").read_text()
    versions = {(one.asset, one.partition): one.data_version for one in manifest.artefacts}
    assert made.record("release", None).metadata["release"].value == "0002_second"
    assert {("global_map", None), ("basemap_mask", "0002"), ("promoted_ejseg", None)} <= {*versions}
    found = difference(folder, release_folder(project.paths, "second"))
    assert [one.what for one in found.settings] == ["mapping.denoise_px"]
    causes = {cause.what for one in found.changed for cause in one.causes}
    assert causes <= {"settings of segmentation_mask"}


def test_another_segmentation_model_remaps_every_crater(made: Made) -> None:
    """EJSEG on tiles takes the place of the polar one, by a change of one setting.

    Until it is promoted the map is what it should be.
    """
    project = _project(made.project.paths.folder, DENOISED.replace("ejseg_test", "ejseg_tiles"))
    other = Made(project, made.instance)

    before = {key: other.record("basemap_mask", key) for key in other.keys("basemap_mask")}
    assert set(other.states.values()) == {CraterState.CURRENT}
    complaints, shown = other.run()

    assert complaints == [], shown
    assert models_to_make(project) == ("ejconn", "ejseg")
    table = other.record("connection_predictions", "0001")
    assert table.metadata["source"].value == "EJCONN"
    assert all(other.record("basemap_mask", key) != made for key, made in before.items())
    assert set(other.states.values()) == {CraterState.CURRENT}
    assert other.record("promoted_ejseg", None).metadata["version"].value == "ejseg_tiles"


def test_a_roll_back_finds_the_former_masks_and_computes_none(made: Made) -> None:
    """Though the settings still name the other model: they do not take the decision back."""
    project = _project(made.project.paths.folder, DENOISED.replace("ejseg_test", "ejseg_tiles"))
    other = Made(project, made.instance)
    runner = runner_of(project, made.instance, Console(io.StringIO()))

    runner.decide("ejseg", mode=ROLL_BACK, reason="rays were lost")
    before = other.states
    complaints, shown = other.run()

    assert complaints == [], shown
    assert set(before.values()) == {CraterState.STALE}
    assert set(other.states.values()) == {CraterState.CURRENT}
    assert other.record("promoted_ejseg", None).metadata["version"].value == "ejseg_test"
    for name in ("polar_prediction", "connection_predictions", "segmentation_mask"):
        for key in other.keys(name):
            assert other.record(name, key).metadata["restored"].value is True, name
