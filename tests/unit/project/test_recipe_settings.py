"""The part of a project's settings that a recipe holds.

Expected values are written out by hand. If one of them changes, the artefacts of every existing
project are stale.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ejmap_assets.lineage import map_settings
from ejmap_project import recipe_settings
from ejmap_project.open_project import OpenProject

SYNTHETIC_TRAINING = {"kind": "synthetic", "seeds": [1]}
DOI = "10.5281/zenodo.18787894"
RUN = "ejc-version-200_conn-version-32_test-set-61_x2"

Settings = Callable[[OpenProject, str], object]


def _project(folder: Path, source: dict[str, Any], **settings: Any) -> OpenProject:
    stated = {"source": source, "training": SYNTHETIC_TRAINING} | settings
    if source["kind"] == "files":
        stated |= {"bands": "mercury-enhanced"}
    (folder / "project.yaml").write_text(yaml.safe_dump(stated), encoding="utf-8")
    return OpenProject.at(folder)


def _write(folder: Path, name: str, *, size: int, mtime_ns: int) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, ns=(mtime_ns, mtime_ns))


def of_member(project: OpenProject, _: str) -> object:
    """Return the settings of a member that is trained."""
    return recipe_settings.of_member("ejseg")(project, "0|ejseg_polar")


def of_annulus(project: OpenProject, _: str) -> object:
    """Return the settings of tiles whose EJSEG is told the mean bands of the annulus."""
    models = project.settings.models.model_copy(update={"ejseg": "ejseg_v200"})
    told = project.settings.model_copy(update={"models": models})
    return recipe_settings.of_tiles(replace(project, settings=told), "")


def _json(settings: Settings, project: OpenProject) -> object:
    """Return a part of the settings as a recipe's digest sees it."""
    return json.loads(json.dumps(settings(project, ""), default=str))


def _assert_holds_nothing_published(project: OpenProject) -> None:
    assert _json(recipe_settings.of_connections, project) is None
    assert _json(recipe_settings.of_given_mask, project) is None
    assert _json(map_settings.of_comparison, project) is None


def test_a_synthetic_planet_is_its_seed_and_size(tmp_path: Path) -> None:
    """The recipe of a synthetic planet holds its settings and no file stamps."""
    project = _project(tmp_path, {"kind": "synthetic", "seed": 5, "width_px": 256, "craters": 3})

    stated = [
        "Mercury",
        {"kind": "synthetic", "seed": 5, "width_px": 256, "craters": 3, "grey": False},
    ]
    assert _json(recipe_settings.of_mosaic, project) == [stated, [], "mercury-enhanced"]
    assert _json(recipe_settings.of_catalogue, project) == [stated, []]
    assert _json(recipe_settings.of_manual_masks, project) == [stated, []]
    assert _json(recipe_settings.of_labels, project) == ["synthetic", 64, None]
    _assert_holds_nothing_published(project)


def test_the_quick_look_is_its_choice_of_craters(tmp_path: Path) -> None:
    """The recipe of the quick look holds its settings and no stamps of packaged files."""
    grey = SYNTHETIC_TRAINING | {"grey": True}
    project = _project(tmp_path, {"kind": "mercury-quicklook", "only_rayed": False}, training=grey)

    stated = ["Mercury", {"kind": "mercury-quicklook", "only_rayed": False}]
    assert _json(recipe_settings.of_mosaic, project) == [stated, [], "grey"]
    assert _json(recipe_settings.of_catalogue, project) == [stated, []]
    assert _json(recipe_settings.of_manual_masks, project) == [stated, []]
    assert _json(recipe_settings.of_labels, project) == ["synthetic", 64, None]
    _assert_holds_nothing_published(project)


def test_files_of_the_user_are_stamped_with_name_size_and_time(tmp_path: Path) -> None:
    """The recipe stamps each file of the user, every part of a Shapefile too, sorted by name."""
    for name, size, mtime_ns in (
        ("in/mosaic.tif", 7, 1_000),
        ("in/rims.shp", 3, 2_000),
        ("in/rims.dbf", 4, 3_000),
        ("in/rims_old.shp", 9, 9_000),
        ("in/masks/mask_0008.tif", 5, 5_000),
        ("in/masks/mask_0002.tif", 6, 4_000),
        ("in/masks/notes.txt", 1, 9_000),
    ):
        _write(tmp_path, name, size=size, mtime_ns=mtime_ns)
    _write(tmp_path, "in/tiles.csv", size=2, mtime_ns=6_000)
    source = {
        "kind": "files",
        "mosaic": "in/mosaic.tif",
        "craters": "in/rims.shp",
        "masks": "in/masks",
        "tiles": "in/tiles.csv",
        "west_positive": True,
        "value_range": [0.5, 2],
    }
    project = _project(tmp_path, source, body="Moon", mapping={"tile_side_px": 32})

    # The rectangles decide on labels alone.
    stated = [
        "Moon",
        {
            "kind": "files",
            "mosaic": "in/mosaic.tif",
            "craters": "in/rims.shp",
            "masks": "in/masks",
            "west_positive": True,
            "value_range": [0.5, 2.0],
            "pad": False,
        },
    ]
    craters = [["rims.dbf", 4, 3_000], ["rims.shp", 3, 2_000]]
    masks = [["mask_0002.tif", 6, 4_000], ["mask_0008.tif", 5, 5_000]]
    tiles = [str(tmp_path / "in" / "tiles.csv"), 6_000]
    assert _json(recipe_settings.of_mosaic, project) == [
        stated,
        [["mosaic.tif", 7, 1_000]],
        "mercury-enhanced",
    ]
    assert _json(recipe_settings.of_catalogue, project) == [stated, craters]
    assert _json(recipe_settings.of_manual_masks, project) == [stated, masks]
    assert _json(recipe_settings.of_labels, project) == ["synthetic", 32, tiles]
    _assert_holds_nothing_published(project)


def test_files_that_are_not_there_have_no_stamp(tmp_path: Path) -> None:
    """Missing files have no stamp: recipes precede file checks. Named tables keep their path."""
    source = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "tiles": "tiles.csv"}
    project = _project(tmp_path, source)

    stated = [
        "Mercury",
        {
            "kind": "files",
            "mosaic": "m.tif",
            "craters": "c.csv",
            "masks": None,
            "west_positive": False,
            "value_range": None,
            "pad": False,
        },
    ]
    tiles = [str(tmp_path / "tiles.csv"), None]
    assert _json(recipe_settings.of_mosaic, project) == [stated, [], "mercury-enhanced"]
    assert _json(recipe_settings.of_catalogue, project) == [stated, []]
    assert _json(recipe_settings.of_manual_masks, project) == [stated, []]
    assert _json(recipe_settings.of_labels, project) == ["synthetic", 64, tiles]


def test_a_published_folder_is_stamped_part_by_part(tmp_path: Path) -> None:
    """The recipe of each source stamps only its own files of a published folder."""
    for name, size, mtime_ns in (
        ("data/mosaics/cylindrical_mosaic.tif", 1, 1_000),
        ("data/mosaics/azimuthal_mosaic_crater_0.tif", 9, 9_000),
        ("data/ejc_data/fresh_craters.shp", 2, 2_000),
        ("data/ejc_data/fresh_craters.dbf", 3, 3_000),
        ("data/conn_data/eval_positions/eval_positions_crater_0.csv", 4, 4_000),
        ("data/cyl_data/mask_crater_0.tif", 5, 5_000),
        ("data/cyl_data/positions_crater_0.csv", 9, 9_000),
        ("results/ejc_results/version_200/test_metrics.csv", 6, 6_000),
        ("results/conn_results/version_32/eval_metrics.csv", 7, 7_000),
        ("results/conn_results/version_32/conn_positions/x.csv", 9, 9_000),
    ):
        _write(tmp_path / "published", name, size=size, mtime_ns=mtime_ns)
    _write(tmp_path, "better.tif", size=8, mtime_ns=8_000)
    source = {
        "kind": "ejmap-folder",
        "folder": "published",
        "mosaic": "better.tif",
        "tables": "tables",
        "connections": "32/61",
        "masks_run": RUN,
    }
    project = _project(tmp_path, source, training={"kind": "own-masks"})

    stated = [
        "Mercury",
        {"kind": "ejmap-folder", "folder": "published", "doi": DOI, "mosaic": "better.tif"},
    ]
    mosaics = [["better.tif", 8, 8_000], ["cylindrical_mosaic.tif", 1, 1_000]]
    craters = [
        ["eval_positions_crater_0.csv", 4, 4_000],
        ["fresh_craters.dbf", 3, 3_000],
        ["fresh_craters.shp", 2, 2_000],
    ]
    scores = [["eval_metrics.csv", 7, 7_000], ["test_metrics.csv", 6, 6_000]]
    assert _json(recipe_settings.of_mosaic, project) == [stated, mosaics, "mercury-enhanced"]
    assert _json(recipe_settings.of_catalogue, project) == [stated, craters]
    assert _json(recipe_settings.of_manual_masks, project) == [
        stated,
        [["mask_crater_0.tif", 5, 5_000]],
    ]
    assert _json(recipe_settings.of_labels, project) == ["own-masks", 64, None]
    assert _json(recipe_settings.of_connections, project) == "32/61"
    assert _json(recipe_settings.of_given_mask, project) == RUN
    assert _json(map_settings.of_comparison, project) == scores


def test_a_folder_without_scores_is_not_a_source_without_any(tmp_path: Path) -> None:
    """Missing scores of a folder are an empty list, no published scores are null: other digests."""
    project = _project(tmp_path, {"kind": "ejmap-folder", "folder": "gone"})

    stated = ["Mercury", {"kind": "ejmap-folder", "folder": "gone", "doi": DOI, "mosaic": None}]
    assert _json(recipe_settings.of_mosaic, project) == [stated, [], "mercury-enhanced"]
    assert _json(recipe_settings.of_catalogue, project) == [stated, []]
    assert _json(recipe_settings.of_manual_masks, project) == [stated, []]
    assert _json(recipe_settings.of_connections, project) is None
    assert _json(recipe_settings.of_given_mask, project) is None
    assert _json(map_settings.of_comparison, project) == []


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        pytest.param(recipe_settings.of_splits, {"splits": {"used": 0}}, id="used-split"),
        pytest.param(recipe_settings.of_masks, {"mapping": {"kept_results": 0}}, id="kept-results"),
        pytest.param(
            recipe_settings.of_masks, {"method": {"normalization": "split"}}, id="normalization"
        ),
        pytest.param(
            recipe_settings.of_masks, {"method": {"denoising": "sides"}}, id="nothing-to-denoise"
        ),
        pytest.param(of_member, {"method": {"ensemble": "votes"}}, id="ensemble"),
        pytest.param(
            recipe_settings.of_tiles, {"method": {"annulus": "rim-buffers"}}, id="no-annulus"
        ),
        pytest.param(
            recipe_settings.of_promotion("ejseg"),
            {"models": {"gate_tolerance": 0.5}},
            id="tolerance",
        ),
    ],
)
def test_a_setting_that_decides_nothing_of_an_artefact_is_not_in_its_recipe(
    tmp_path: Path, settings: Settings, changed: dict[str, Any]
) -> None:
    """A setting without influence on an artefact is not in its recipe and makes nothing stale."""
    source = {"kind": "synthetic", "seed": 5}
    before = _json(settings, _project(tmp_path, source))

    after = _json(settings, _project(tmp_path, source, **changed))

    assert before == after


def test_settings_of_mapping_and_splits_are_listed_whole(tmp_path: Path) -> None:
    """Settings of mapping and splits keep the values that digests of existing projects contain."""
    project = _project(
        tmp_path,
        {"kind": "synthetic", "seed": 5},
        splits={"count": 2, "used": 1},
        mapping={"denoise_px": 4, "connection_filter": True},
    )

    splits = {"count": 2, "test_fraction": 0.2, "learning_curve": [], "seed": 0}
    assert _json(recipe_settings.of_splits, project) == splits
    assert _json(recipe_settings.of_masks, project) == [True, 4]
    assert _json(recipe_settings.of_used_split, project) == [1, "synthetic"]
    assert _json(recipe_settings.of_promotion("ejconn"), project) == ["ejconn_tiny@1", 1]
    assert _json(map_settings.of_map, project) is None


@pytest.mark.parametrize(
    ("settings", "changed", "named"),
    [
        (recipe_settings.of_masks, {"ensemble": "votes"}, ["ensemble"]),
        (recipe_settings.of_masks, {"denoising": "sides"}, ["denoising"]),
        (of_member, {"normalization": "split"}, ["normalization"]),
        (of_member, {"validation": "each-class"}, ["validation"]),
        (of_annulus, {"annulus": "rim-buffers"}, ["annulus"]),
    ],
)
def test_a_step_as_published_makes_stale_what_depends_on_it(
    tmp_path: Path, settings: Settings, changed: dict[str, str], named: list[str]
) -> None:
    """Recipes name the steps that are not ours, so that those of native projects stay the same."""
    source, mapping = {"kind": "synthetic", "seed": 5}, {"denoise_px": 4}
    before = _json(settings, _project(tmp_path, source, mapping=mapping))

    after = _json(settings, _project(tmp_path, source, mapping=mapping, method=changed))

    assert isinstance(before, list)
    assert after == before + named


def test_training_planets_are_their_body_and_their_settings(tmp_path: Path) -> None:
    """Synthetic planets are made without the mosaic; a project may state none."""
    source = {"kind": "synthetic", "seed": 5}
    of_mercury = _json(recipe_settings.of_training, _project(tmp_path, source))

    of_moon = _json(recipe_settings.of_training, _project(tmp_path, source, body="Moon"))
    of_none = _json(recipe_settings.of_training, _project(tmp_path, source, training=None))

    assert isinstance(of_mercury, list)
    assert of_mercury[0] == "Mercury"
    assert of_moon == ["Moon", of_mercury[1]]
    assert of_none is None


def test_stated_columns_concern_the_catalogue_alone(tmp_path: Path) -> None:
    """A mosaic is not read again because of them; projects without any keep their recipe."""
    files = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv"}
    columns = {"radius_m": "R_km*1000"}
    plain, stated = (_project(tmp_path, files | more) for more in ({}, {"columns": columns}))

    catalogue = _json(recipe_settings.of_catalogue, stated)

    assert catalogue == [*_json(recipe_settings.of_catalogue, plain), columns]
    assert _json(recipe_settings.of_mosaic, stated) == _json(recipe_settings.of_mosaic, plain)


def test_stated_terms_are_of_the_source(tmp_path: Path) -> None:
    """They are tags of mosaic and masks; projects without any keep their recipes."""
    files = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv"}
    plain, stated = (_project(tmp_path, files | more) for more in ({}, {"terms": "CC0"}))

    for settings in (recipe_settings.of_mosaic, recipe_settings.of_manual_masks):
        (_, with_terms), (_, without) = (_json(settings, project)[0] for project in (stated, plain))
        assert with_terms == without | {"terms": "CC0"}
        assert "terms" not in without
