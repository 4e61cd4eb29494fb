"""The assets that a project makes: all, or fewer if it uses published artefacts."""

from pathlib import Path

import pytest

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import (
    assets_made,
    assets_of,
    crater_steps_of,
    inputs_of,
    is_made,
    models_to_make,
    models_to_train,
    steps_to_mask,
)
from ejmap_assets.lineage.stages import RELEASE, REPAIRING, RETRAINING, STAGES
from ejmap_assets.partitions import Partitioning
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import PROMISES, write_ready
from tests.tiny_presets import EJCONN

TO_MASK = (
    "azimuthal_mosaic",
    "tile_store",
    "polar_prediction",
    "segmentation_mask",
    "basemap_mask",
)
# What is measured on a mask.
MEASURED = ("crater_profile", "crater_pattern")
BY_TILES = (
    "azimuthal_mosaic",
    "tile_store",
    "connection_predictions",
    "segmentation_mask",
    "basemap_mask",
)
OWN = "kind: synthetic, seed: 5"
TRAINING = "training: {kind: synthetic, seeds: [1]}\n"
UNLEARNED = ("training_planets", "labelled_tiles", "split_table", "ejseg_samples")


def _project(folder: Path, source: str, more: str = "") -> OpenProject:
    (folder / "project.yaml").write_text(
        f"source: {{{source}}}\ntraining: {{kind: synthetic, seeds: [1]}}\n{more}"
    )
    return OpenProject.at(folder)


@pytest.fixture
def own(tmp_path: Path) -> OpenProject:
    """A project that maps everything itself."""
    return _project(tmp_path, OWN)


@pytest.fixture
def with_connections(tmp_path: Path) -> OpenProject:
    """A project that takes published connections in the place of EJCONN's."""
    return _project(tmp_path, "kind: ejmap-folder, folder: published, connections: 32/61")


@pytest.fixture
def with_masks(tmp_path: Path) -> OpenProject:
    """A project that shows published masks."""
    return _project(tmp_path, "kind: ejmap-folder, folder: published, masks_run: some")


def test_connections_and_mask_follow_from_the_polar_prediction(own: OpenProject) -> None:
    """By default neither needs the other, and no EJCONN is trained or promoted."""
    assert steps_to_mask(own) == TO_MASK
    assert {*crater_steps_of(own)} == {*TO_MASK, "connection_predictions", *MEASURED}
    assert inputs_of(own, "connection_predictions", "0001") == ("tile_store", "polar_prediction")
    assert "connection_predictions" not in inputs_of(own, "segmentation_mask", "0001")
    assert models_to_make(own) == ("ejseg",)
    for name in ("ejconn_samples", "ejconn_model", "promoted_ejconn"):
        assert not is_made(own, name)


def test_a_filtered_mask_needs_its_connections(tmp_path: Path) -> None:
    """With the connection filter a mask is made after the connections."""
    filtered = _project(tmp_path, OWN, "mapping: {connection_filter: true}\n")

    assert "connection_predictions" in inputs_of(filtered, "segmentation_mask", "0001")
    assert {*steps_to_mask(filtered)} == {*TO_MASK, "connection_predictions"}
    assert models_to_make(filtered) == ("ejseg",)


def test_ejconn_connects_on_request(tmp_path: Path) -> None:
    """Then it is trained, and the mask still follows from the polar prediction."""
    asked = _project(tmp_path, OWN, "mapping: {connections: ejconn}\n")

    assert inputs_of(asked, "connection_predictions", "0001") == ("tile_store", "promoted_ejconn")
    assert steps_to_mask(asked) == TO_MASK
    assert "connection_predictions" in crater_steps_of(asked)
    assert models_to_make(asked) == ("ejconn", "ejseg")


@pytest.mark.parametrize("connections", ["", "mapping: {connections: polar}\n"])
def test_a_tile_ejseg_keeps_the_published_order(tmp_path: Path, connections: str) -> None:
    """EJCONN before EJSEG, and no polar prediction, whatever the settings say."""
    tiles = _project(tmp_path, OWN, f"models: {{ejseg: ejseg_tiny}}\n{connections}")

    assert steps_to_mask(tiles) == BY_TILES
    assert crater_steps_of(tiles) == (*BY_TILES, *MEASURED)
    assert inputs_of(tiles, "connection_predictions", "0001") == ("tile_store", "promoted_ejconn")
    assert inputs_of(tiles, "segmentation_mask", "0001") == (
        *("basemap_mosaic", "tile_store", "connection_predictions", "promoted_ejseg"),
    )
    assert models_to_make(tiles) == ("ejconn", "ejseg")
    assert not is_made(tiles, "polar_prediction")


def test_a_project_of_a_published_folder_connects_as_published(tmp_path: Path) -> None:
    """EJCONN connects by default, also where a polar EJSEG is trained for lack of weights."""
    published = _project(tmp_path, "kind: ejmap-folder, folder: published")

    assert models_to_make(published) == ("ejconn", "ejseg")
    assert "promoted_ejconn" in inputs_of(published, "connection_predictions", "0001")


def test_used_inputs_are_among_those_that_dagster_shows(tmp_path: Path) -> None:
    """The graph in the UI is that of all projects; each uses a part of it."""
    projects = [
        _project(tmp_path, OWN, f"models: {{ejseg: {ejseg}}}\n")
        for ejseg in ("ejseg_polar", "ejseg_tiny")
    ]

    for project in projects:
        for name, row in LINEAGE.items():
            if row.used_inputs is not None:
                assert {*row.used_inputs(project)} <= {*row.inputs}, name


def test_published_connections_need_no_ejconn(with_connections: OpenProject) -> None:
    """With published connections a project cuts tiles for EJSEG but makes no EJCONN."""
    assert steps_to_mask(with_connections) == TO_MASK
    assert inputs_of(with_connections, "connection_predictions", "0001") == ("tile_store",)
    assert "connection_predictions" in crater_steps_of(with_connections)
    assert models_to_make(with_connections) == ("ejseg",)
    assert not is_made(with_connections, "promoted_ejconn")


def test_published_masks_need_neither_tiles_nor_models(with_masks: OpenProject) -> None:
    """With published masks a project makes and measures only masks of craters, and no model."""
    assert steps_to_mask(with_masks) == ("basemap_mask",)
    assert crater_steps_of(with_masks) == ("basemap_mask", *MEASURED)
    assert inputs_of(with_masks, "basemap_mask", "0001") == ("crater_catalogue", "basemap_mosaic")
    assert models_to_make(with_masks) == ()
    assert not is_made(with_masks, "ejseg_model")


def test_every_asset_belongs_to_one_stage_and_no_stage_is_empty() -> None:
    """Every asset belongs to a stage and every stage has assets, so jobs and commands miss none."""
    stages = (*STAGES, RELEASE)
    assert sorted(name for stage in stages for name in assets_of(stage)) == sorted(LINEAGE)
    assert all(assets_of(stage) for stage in stages)


def test_a_stage_mixes_no_partitionings() -> None:
    """All assets of a stage have the same partitioning, because a run has one partition."""
    for stage in STAGES:
        assert len({LINEAGE[name].partitioning for name in assets_of(stage)}) == 1, stage.title


def test_one_asset_of_a_crater_is_its_mask() -> None:
    """Exactly one asset of a crater is the mask that the map draws."""
    masks = [name for name, row in LINEAGE.items() if row.is_mask]

    assert masks == ["basemap_mask"]
    assert LINEAGE[masks[0]].partitioning is Partitioning.CRATERS


def test_retraining_ends_with_a_promotion_and_repairing_begins_with_the_craters() -> None:
    """Retraining ends with the promotion and repairing starts with the craters, without a gap."""
    assert RETRAINING[-1].job.name == "promote"
    assert REPAIRING[0].job.name == "map_craters"
    assert (*RETRAINING, *REPAIRING) == STAGES


def _ready_project(folder: Path, more: str) -> OpenProject:
    write_ready(folder / "models", "ready_tiles", preset=EJCONN, probabilities=(0.5,))
    write_ready(folder / "models", "ready_views")
    (folder / "project.yaml").write_text(f"source: {{{OWN}}}\n{more}")
    return OpenProject.at(folder)


@pytest.mark.parametrize(
    "more",
    [
        "",
        "models: {ejseg: ejseg_v200}\n",
        "mapping: {connections: ejconn}\n",
        "vetting: {light_azimuth_deg: 90}\n",
    ],
)
@pytest.mark.parametrize("source", [OWN, "kind: ejmap-folder, folder: published, masks_run: some"])
def test_all_assets_at_once_are_those_asked_for_one_by_one(
    source: str, more: str, tmp_path: Path
) -> None:
    """A status asks for all of them."""
    project = _project(tmp_path, source, more)

    assert assets_made(project) == {name for name in LINEAGE if is_made(project, name)}


@pytest.mark.parametrize("training", ["", TRAINING])
def test_a_ready_made_ejseg_alone_maps_and_connects(tmp_path: Path, training: str) -> None:
    """Nothing is learned from, also if the settings say what could be, and there is no EJCONN."""
    ready = _ready_project(tmp_path, f"{training}models: {{ejseg: ready_views}}\n")

    assert models_to_make(ready) == ("ejseg",)
    assert models_to_train(ready) == ()
    for name in (*UNLEARNED, "ejconn_samples", "ejconn_model", "promoted_ejconn"):
        assert not is_made(ready, name), name
    for name in ("ejseg_model", "promoted_ejseg", "polar_prediction", "connection_predictions"):
        assert is_made(ready, name), name
    assert inputs_of(ready, "ejseg_model", "00|ready_views") == ()
    assert "training_planets" not in inputs_of(ready, "evaluation")
    # A version that is trained beside them learns as ever.
    assert inputs_of(ready, "ejseg_model", "00|ejseg_tiny") == ("ejseg_samples", "split_table")
    assert inputs_of(ready, "ejseg_samples", "ejseg_tiny") == ("training_planets", "labelled_tiles")


def test_craters_get_a_wider_mask_where_an_ensemble_promises_recall(tmp_path: Path) -> None:
    """Beside the mask of the map, which does not wait for it; the map and its scores use both."""
    write_ready(tmp_path / "models", "ready_promise", conformal=PROMISES)
    ready = _ready_project(tmp_path, "models: {ejseg: ready_promise}\n")

    assert {*crater_steps_of(ready)} - {*TO_MASK} == {
        "connection_predictions",
        *MEASURED,
        "promised_recall_mask",
    }
    assert steps_to_mask(ready) == TO_MASK
    for name in ("global_map", "evaluation"):
        assert "promised_recall_mask" in inputs_of(ready, name)


def test_an_ensemble_that_promises_nothing_makes_no_wider_mask(tmp_path: Path) -> None:
    """Neither does a project that shows published masks. A tile EJSEG predicts no polar views."""
    polar = _project(tmp_path, OWN)
    assert "polar_prediction" in inputs_of(polar, "evaluation")
    tiles = _project(tmp_path, OWN, "models: {ejseg: ejseg_tiny}\n")
    assert "polar_prediction" not in inputs_of(tiles, "evaluation")
    published = _project(tmp_path, "kind: ejmap-folder, folder: published, masks_run: some")
    for project in (polar, tiles, published):
        assert not is_made(project, "promised_recall_mask")
        assert "promised_recall_mask" not in inputs_of(project, "global_map")


def test_a_ready_made_ejconn_connects_on_request(tmp_path: Path) -> None:
    """It is copied and promoted like the EJSEG, and nothing is learned from either."""
    ready = _ready_project(
        tmp_path,
        "models: {ejconn: ready_tiles, ejseg: ready_views}\nmapping: {connections: ejconn}\n",
    )

    assert models_to_make(ready) == ("ejconn", "ejseg")
    assert models_to_train(ready) == ()
    assert is_made(ready, "promoted_ejconn")
    assert inputs_of(ready, "ejconn_model", "00|ready_tiles") == ()
    for name in (*UNLEARNED, "ejconn_samples"):
        assert not is_made(ready, name), name


def test_one_model_that_is_trained_needs_labels(tmp_path: Path) -> None:
    """The other one, which is ready-made, needs no samples."""
    mixed = _ready_project(
        tmp_path, f"{TRAINING}models: {{ejseg: ready_views}}\nmapping: {{connections: ejconn}}\n"
    )

    assert models_to_train(mixed) == ("ejconn",)
    assert is_made(mixed, "labelled_tiles")
    assert is_made(mixed, "ejconn_samples")
    assert not is_made(mixed, "ejseg_samples")
    assert "training_planets" in inputs_of(mixed, "evaluation")


def test_a_candidate_is_trained_beside_a_ready_made_model(tmp_path: Path) -> None:
    """So there are labels and samples, and rules to score beside the map."""
    beside = _ready_project(
        tmp_path, f"{TRAINING}models: {{ejseg: ready_views, candidate: ejseg_polar}}\n"
    )

    assert models_to_make(beside) == models_to_train(beside) == ("ejseg",)
    for name in UNLEARNED:
        assert is_made(beside, name), name
    assert "training_planets" in inputs_of(beside, "evaluation")


def test_a_candidate_of_tiles_needs_connections(tmp_path: Path) -> None:
    """EJCONN is there before the candidate may be promoted, which could not map without it."""
    tiles = _ready_project(
        tmp_path, f"{TRAINING}models: {{ejseg: ready_views, candidate: ejseg_tiny}}\n"
    )

    assert models_to_make(tiles) == ("ejconn", "ejseg")


def test_training_planets_are_made_from_nothing_unless_the_mapped_one_is_among_them(
    own: OpenProject, tmp_path: Path
) -> None:
    """Synthetic ones come from their seeds; with own masks the mapped planet is what teaches."""
    (tmp_path / "masks").mkdir()
    with_masks = _project(tmp_path / "masks", OWN)
    (tmp_path / "masks" / "project.yaml").write_text(
        "source: {kind: files, mosaic: m.tif, craters: c.csv, masks: m}\n"
        "training: {kind: own-masks}\n"
    )
    with_masks = OpenProject.at(tmp_path / "masks")

    assert inputs_of(own, "training_planets") == ()
    assert inputs_of(with_masks, "training_planets") == LINEAGE["training_planets"].inputs


def test_a_pattern_reads_what_the_masks_come_with(tmp_path: Path, with_masks: OpenProject) -> None:
    """Published masks come alone; our own with members and, if promised, an expected area."""
    write_ready(tmp_path / "models", "ready_promise", conformal=PROMISES)
    ready = _ready_project(tmp_path, "models: {ejseg: ready_promise}\n")

    shared = {"basemap_mask", "basemap_mosaic", "crater_catalogue"}
    own = {"segmentation_mask", "polar_prediction", "promised_recall_mask"}
    assert {*inputs_of(with_masks, "crater_pattern", "0001")} == shared
    assert {*inputs_of(ready, "crater_pattern", "0001")} == shared | own
