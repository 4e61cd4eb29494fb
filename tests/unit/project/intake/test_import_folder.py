"""A published folder becomes a project, whole or not at all."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml

from ejmap_cli.main import main
from ejmap_geo.grids.body import MERCURY
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.config.model_config import load_preset
from ejmap_ml.errors import CheckpointError
from ejmap_project.errors import SettingsError, SourceError
from ejmap_project.intake.import_folder import import_folder
from ejmap_project.intake.import_plan import Wishes
from ejmap_project.models.model_version import imported_from
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.grid import published_grid
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.settings.method import AS_PUBLISHED, MethodSettings
from ejmap_project.settings.project import OwnMasks, ProjectPaths, load_project
from ejmap_project.settings.sources import EjmapFolderSource
from ejmap_project.sources.kinds import source_of
from tests.published_fixture import RUN, PublishedFixture
from tests.published_models import write_models

DOI = "10.5281/zenodo.18787894"


@pytest.fixture(scope="session")
def weighty(made: PublishedFixture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder with checkpoints and norms."""
    folder = tmp_path_factory.mktemp("weighty") / "published"
    shutil.copytree(made.folder, folder)
    write_models(PublishedFixture(folder=folder, planet=made.planet, half_px=0, rectangles={}))
    return folder


def _import(folder: Path, project: Path, **wishes: object) -> list[str]:
    lines: list[str] = []
    import_folder(folder, project, wishes=Wishes(**wishes), tell=lines.append)
    return lines


def test_a_whole_folder_becomes_a_project(weighty: Path, tmp_path: Path) -> None:
    """Its settings name the folder, the split, the connections and both imported versions."""
    lines = _import(weighty, tmp_path / "p")

    project = load_project(tmp_path / "p")
    source = project.source
    assert isinstance(source, EjmapFolderSource)
    assert isinstance(project.training, OwnMasks)
    assert (source.folder, source.doi, source.connections) == (weighty, DOI, "32/61")
    assert (project.splits.used, project.models.members("ejseg")) == (61, 2)
    assert (project.models.ejconn, project.models.ejseg) == ("ejconn_v32", "ejseg_v200")
    assert any(line.startswith("found    manual masks") for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


def test_an_imported_project_states_the_published_method(weighty: Path, tmp_path: Path) -> None:
    """Line by line, so that each can be changed; what is left out is as published too."""
    _import(weighty, tmp_path / "p")

    stated = load_project(tmp_path / "p")
    assert stated.method.model_dump() == AS_PUBLISHED._asdict()
    assert stated.model_copy(update={"method": MethodSettings()}).used_method == AS_PUBLISHED


def test_imported_weights_are_those_of_the_checkpoints(weighty: Path, tmp_path: Path) -> None:
    """Tensor for tensor, with the norm of the version and the DOI as their origin."""
    _import(weighty, tmp_path / "p", doi="10.1234/5")

    paths = ProjectPaths(tmp_path / "p")
    published = PublishedFolder.at(weighty)
    for kind, name, version in (("ejconn", "ejconn_v32@61", 32), ("ejseg", "ejseg_v200@61", 200)):
        place = {"version": version, "split": 61, "iteration": 1}
        path = published.required(layout.CHECKPOINT[kind], **place)
        state = torch.load(path, weights_only=False)["state_dict"]
        bundle = ModelBundle.load(paths.model_bundle(kind, version=name, iteration=1))
        assert set(bundle.weights) == set(state)
        for key, value in state.items():
            torch.testing.assert_close(bundle.weights[key], value, rtol=0, atol=0)
        assert imported_from(paths, kind, name, 1) == "10.1234/5"
        assert bundle.normalization is not None
    assert bundle.normalization.scale == (30.0, 31.0, 32.0, 0.4)


def test_presets_look_at_tiles_of_the_published_size(weighty: Path, tmp_path: Path) -> None:
    """Which no table of hyperparameters tells: 32 px here, and crops that hold 24 x 40 px."""
    _import(weighty, tmp_path / "p")

    paths = ProjectPaths(tmp_path / "p")
    maps, sizes = (load_preset(str(paths.preset(one))) for one in ("ejseg_v200", "ejconn_v32"))
    assert maps.architecture.tile.side_px == 32
    assert (sizes.architecture.crop.height_px, sizes.architecture.crop.width_px) == (64, 64)


def test_weights_of_another_network_are_refused_with_the_differences(
    weighty: Path, tmp_path: Path
) -> None:
    """Without their table, version 200 is taken to be the published one; nothing is left."""
    folder = tmp_path / "without"
    shutil.copytree(weighty, folder, ignore=shutil.ignore_patterns("code"))

    with pytest.raises(CheckpointError, match=r"not hold ejseg_v200: .*missing model\."):
        _import(folder, tmp_path / "p")

    assert not (tmp_path / "p").exists()


def test_all_mistakes_are_told_at_once(mine: PublishedFolder, tmp_path: Path) -> None:
    """Nobody mends them one import at a time."""
    path = mine.required(layout.MAPPING_SQUARES, crater=3)
    pd.read_csv(path).assign(width=31).to_csv(path, index=False)
    path = mine.required(layout.LABELLED_TILES)
    pd.read_csv(path).drop(columns="num_1").to_csv(path, index=False)
    mine.required(layout.MANUAL_MASK, crater=12).write_bytes(b"no raster")

    with pytest.raises(SourceError) as caught:
        _import(mine.folder, tmp_path / "p")

    message = str(caught.value)
    assert "eval_positions_crater_3.csv: tile" in message
    assert "az_positions_all.csv has no column num_1" in message
    assert "mask_crater_12.tif cannot be read" in message
    assert not (tmp_path / "p").exists()


def test_damaged_scores_and_connections_show_at_import(
    mine: PublishedFolder, tmp_path: Path
) -> None:
    """And not after hours of a run."""
    connections = mine.required(layout.CONNECTIONS, version=32, split=61, crater=3)
    pd.read_csv(connections).assign(eval_pos_index=9999).head(1).to_csv(connections, index=False)
    mine.required(layout.TRAINING_METRICS["ejconn"], version=32).write_text("no,table\n")
    mine.required(layout.MAP_METRICS["ejseg"], version=200).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SourceError) as caught:
        _import(mine.folder, tmp_path / "p")

    message = str(caught.value)
    assert "crater-3.csv connects tile 9999, which is not among" in message
    assert "version_32/test_metrics.csv has no column test-set, iteration" in message
    assert "version_200/eval_metrics.csv is not UTF-8 text" in message


def test_tiles_of_unknown_craters_are_told(mine: PublishedFolder, tmp_path: Path) -> None:
    """They are left out, which nobody would notice otherwise."""
    path = mine.required(layout.LABELLED_TILES)
    table = pd.read_csv(path)
    table.loc[:1, "crat_FID"] = 999
    table.to_csv(path, index=False)

    lines = _import(mine.folder, tmp_path / "p")

    told = "2 tiles of crat_FID 999, not among the craters of fresh_craters.shp: they are left out"
    assert sum(told in line for line in lines) == 1


def test_published_masks_tell_the_size_of_the_planet(mine: PublishedFolder, tmp_path: Path) -> None:
    """Craters and the published map are enough to show it: by its pixels, cropped or not."""
    folder = tmp_path / "few"
    maps = ("results/output_masks/*/ml_FID*", "results/output_masks/*/cylindrical*")
    for part in ("data/ejc_data/fresh_craters.*", *maps):
        for path in mine.folder.glob(part):
            target = folder / path.relative_to(mine.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    published = PublishedFolder.at(folder)

    of_map = published_grid(published, body=MERCURY)
    published.required(layout.LABEL_MAP, run=RUN).unlink()
    of_mask = published_grid(published, body=MERCURY)
    _import(folder, tmp_path / "p", masks_run=RUN)

    assert (of_map.width_px, of_mask.width_px) == (360, 360)
    assert load_project(tmp_path / "p").source.masks_run == RUN


def test_results_alone_say_what_to_add(mine: PublishedFolder, tmp_path: Path) -> None:
    """Weights without a crater have nothing to map."""
    shutil.rmtree(mine.folder / "data")

    with pytest.raises(SourceError, match=r"no craters, .*; put data/ejc_data/fresh_craters\.shp"):
        _import(mine.folder, tmp_path / "p")


def test_an_existing_folder_is_never_written_to(published: PublishedFolder, tmp_path: Path) -> None:
    """It may be somebody's project."""
    (tmp_path / "p").mkdir()

    with pytest.raises(SettingsError, match="name another with --project"):
        _import(published.folder, tmp_path / "p")


def test_a_folder_of_craters_and_a_mosaic_is_enough(mine: PublishedFolder, tmp_path: Path) -> None:
    """Models are then trained on synthetic planets, and their own grid of tiles is mapped."""
    folder = tmp_path / "few"
    for part in ("ejc_data/fresh_craters.*", "mosaics/cylindrical_mosaic.tif"):
        for path in (mine.folder / "data").glob(part):
            target = folder / path.relative_to(mine.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    lines = _import(folder, tmp_path / "p")

    settings = yaml.safe_load((tmp_path / "p" / "project.yaml").read_text())
    assert settings["training"]["kind"] == "synthetic"
    assert settings["models"]["ejseg"] == "ejseg_polar"
    assert settings["splits"]["used"] is None
    assert sum(line.startswith("missing") for line in lines) > 10


def test_the_mosaic_may_lie_elsewhere(mine: PublishedFolder, tmp_path: Path) -> None:
    """It is large, and published by others."""
    mosaic = tmp_path / "mosaic.tif"
    mine.required(layout.MOSAIC).rename(mosaic)

    _import(mine.folder, tmp_path / "p", mosaic=mosaic)

    assert load_project(tmp_path / "p").source.mosaic == mosaic


def test_the_command_lists_without_making_anything(
    published: PublishedFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To see what a download holds."""
    code = main(["import", str(published.folder), "--list", "--project", str(tmp_path / "p")])

    shown = capsys.readouterr().out
    assert code == 0
    assert "found    manual masks" in shown
    assert "missing  EJSEG weights" in shown
    assert not (tmp_path / "p").exists()


def test_the_commands_import_and_export(
    mine: PublishedFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project that has not been run has nothing to export, in one sentence."""
    project = str(tmp_path / "p")

    imported = main(["import", str(mine.folder), "--project", project, "--split", "61"])
    exported = main(["export", project, str(tmp_path / "e")])

    shown = capsys.readouterr()
    assert (imported, exported) == (0, 1)
    assert f"project.yaml is ready; ejmap run {project}" in shown.out
    assert f"nothing to export yet; make it with `ejmap run {project}`" in shown.err
    assert not (tmp_path / "e").exists()


@pytest.mark.parametrize("word", ["import", "export"])
def test_both_commands_have_help(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With every option."""
    code = main([word, "--help"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "--ejseg-version V" in shown
    assert "--split K" in shown


def test_a_folder_that_changed_is_checked_again_before_a_run(
    mine: PublishedFolder, tmp_path: Path
) -> None:
    """Before anything is computed."""
    _import(mine.folder, tmp_path / "p")
    source = source_of(OpenProject.at(tmp_path / "p"))
    assert source.check() == []

    mine.required(layout.MANUAL_MASK, crater=12).write_bytes(b"no raster")

    with pytest.raises(SourceError, match=r"mask_crater_12\.tif cannot be read"):
        source.check()
