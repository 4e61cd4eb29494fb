"""Settings of a project are checked as a whole, and mistakes are said in sentences."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ejmap_project.errors import SettingsError
from ejmap_project.models.model_version import ready_made, wanted_versions
from ejmap_project.models.seen_bands import require_readable
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.method import OURS
from ejmap_project.settings.project import (
    OwnMasks,
    Project,
    ProjectPaths,
    create_project,
    load_project,
    profile_names,
    profile_text,
)
from ejmap_project.settings.sources import FilesSource


def _changed(changes: dict[str, Any]) -> dict[str, Any]:
    # A value of None takes the key away; dots lead into groups.
    settings = copy.deepcopy(yaml.safe_load(profile_text("demo")))
    for place, value in changes.items():
        *groups, key = place.split(".")
        owner = settings
        for group in groups:
            owner = owner[group]
        owner.pop(key, None)
        if value is not None:
            owner[key] = value
    return settings


def _load(folder: Path, settings: object) -> Project:
    (folder / "project.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return load_project(folder)


@pytest.mark.parametrize("profile", ["demo", "mercury-quicklook", "own"])
def test_every_profile_makes_a_valid_project(tmp_path: Path, profile: str) -> None:
    """The packaged settings load, and their models read the bands of the mosaic."""
    paths = create_project(tmp_path / "new", profile=profile)

    project = load_project(paths.folder)

    assert project.planet.radius_m == 2_439_400
    bands = {"demo": "grey", "mercury-quicklook": "grey", "own": "grey"}[profile]
    assert project.mosaic_bands == bands
    assert project.trained_bands == bands
    assert profile in profile_names()


def test_a_project_of_no_published_folder_keeps_our_method(tmp_path: Path) -> None:
    """But for the steps that it states."""
    ours = _load(tmp_path, _changed({}))
    mixed = _load(tmp_path, _changed({"method": {"ensemble": "votes"}}))

    assert ours.used_method == OURS
    assert mixed.used_method == OURS._replace(ensemble="votes")


@pytest.mark.parametrize("profile", ["demo", "mercury-quicklook"])
def test_packaged_projects_map_with_ready_made_models_of_their_bands(
    tmp_path: Path, profile: str
) -> None:
    """Nothing is trained for their maps; a candidate of the demo is, and it sees as many bands."""
    project = OpenProject.at(create_project(tmp_path / "new", profile=profile).folder)

    configured, *candidates = wanted_versions(project, "ejseg")

    assert ready_made(project, "ejseg", configured) is not None
    assert require_readable(project).seen == "grey"
    assert [one.name for one in candidates] == ["ejseg_polar_small"] * (profile == "demo")


def test_a_project_is_never_overwritten(tmp_path: Path) -> None:
    """Making a project where there is one leaves the settings as they are."""
    create_project(tmp_path, profile="demo").settings.write_text("mine")

    with pytest.raises(SettingsError, match="is a project already"):
        create_project(tmp_path, profile="own")

    assert (tmp_path / "project.yaml").read_text() == "mine"


def test_models_that_learn_from_own_masks_read_the_bands_of_the_mosaic(tmp_path: Path) -> None:
    """Whatever these are called; YAML has 750 for a number."""
    source = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"}

    project = _load(
        tmp_path, {"source": source, "training": {"kind": "own-masks"}, "bands": [750, "R2"]}
    )

    assert isinstance(project.training, OwnMasks)
    assert isinstance(project.source, FilesSource)
    assert project.trained_bands == ("750", "R2")


@pytest.mark.parametrize(
    ("bands", "meaning"),
    [
        (None, "mercury-enhanced"),
        ("mercury-enhanced", "mercury-enhanced"),
        (["PC2", "pc1", "430/1000"], "mercury-enhanced"),
    ],
)
def test_bands_that_are_not_stated_are_those_of_the_source(
    tmp_path: Path, bands: object, meaning: str
) -> None:
    """A synthetic planet shows what MESSENGER's mosaic shows, and a list of its names means it."""
    stated = {} if bands is None else {"bands": bands}

    project = _load(tmp_path, {"source": {"kind": "synthetic", "seed": 9}, **stated})

    assert project.mosaic_bands == meaning


def test_models_trained_on_grey_planets_see_grey_of_a_colour_mosaic(tmp_path: Path) -> None:
    """So they may be trained for it; models of three bands cannot be trained for grey."""
    grey = _load(tmp_path, _changed({"source.grey": False, "bands": None}))

    assert (grey.mosaic_bands, grey.trained_bands) == ("mercury-enhanced", "grey")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"source.seeed": 3},
            r"unknown key source\.seeed \(did you mean seed\?\); known here are kind, seed",
            id="misspelt",
        ),
        pytest.param({"modles": {}}, r"unknown key modles \(did you mean models", id="top-level"),
        pytest.param({"source.seed": None}, r"source\.seed is missing", id="missing"),
        pytest.param(
            {"source.kind": "file"},
            r"source\.kind must be one of synthetic, .*, files, ejmap-folder, found 'file'",
            id="kind",
        ),
        pytest.param({"source.kind": None}, r"source\.kind is missing; it must", id="no-kind"),
        pytest.param(
            {"source.width_px": "wide"}, r"source\.width_px must be .*found 'wide'", id="text"
        ),
        pytest.param({"models.iterations": 0}, "greater than or equal to 1, found 0", id="zero"),
        pytest.param({"body": "Pluto"}, "unknown body 'Pluto'; known bodies", id="planet"),
        pytest.param(
            {"source.seed": 2}, r"source\.seed 2 is also in training\.seeds", id="seen-planet"
        ),
        pytest.param(
            {"training.grey": False},
            r"the bands of the mosaic are grey; set training\.grey to true",
            id="bands-that-training-does-not-teach",
        ),
        pytest.param(
            {"bands": "rgb"},
            "bands is rgb, but the mosaic of source.kind synthetic is grey",
            id="bands-that-the-source-has-not",
        ),
        pytest.param(
            {"bands": "reg"},
            "must be grey, rgb, mercury-enhanced, or names with commas in between, one a band, "
            "found 'reg'",
            id="no-meaning",
        ),
        pytest.param({"bands": 3}, "must be grey, rgb, mercury-enhanced, or a list", id="number"),
        pytest.param({"bands": ["a", "a"]}, "different names of bands", id="equal-names"),
        pytest.param(
            {"training.gray": True}, r"unknown key training\.gray \(did you mean grey", id="gray"
        ),
        pytest.param(
            {"models.candidate": "models/ready_grey.yaml"},
            "candidate models/ready_grey.yaml is the ejseg that maps already; name another model",
            id="candidate",
        ),
        pytest.param({"training.seeds": [1, 1]}, "must be different", id="same-seeds"),
        pytest.param(
            {"training": {"kind": "own-masks"}}, "own-masks needs source.kind files", id="no-masks"
        ),
        pytest.param(
            {"source": {"kind": "mercury-quicklook"}, "training.grey": True, "body": "Moon"},
            "mercury-quicklook is Mercury, but body is Moon",
            id="quicklook-of-the-moon",
        ),
        pytest.param(
            {"source": {"kind": "files", "mosaic": "m", "craters": "c", "value_range": [3, 1]}},
            r"value_range must be \[low, high\] with low < high, found \[3, 1\]",
            id="value-range",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_one_sentence(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    """The key, what was found and what is allowed; no line of a validator's report."""
    with pytest.raises(SettingsError, match=f"project.yaml: .*{message}") as caught:
        _load(tmp_path, _changed(changes))

    assert "\n" not in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    """Two wrong keys are two lines of one message."""
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, _changed({"source.seeed": 1, "models.iterations": -1}))

    heading, *mistakes = str(caught.value).splitlines()
    assert heading == f"{tmp_path / 'project.yaml'} has 2 mistakes:"
    assert ["seeed" in mistakes[0], "models.iterations" in mistakes[1]] == [True, True]
    assert len(mistakes) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("source: [1", "is not valid YAML: ", id="broken"),
        pytest.param("just words", "must hold `key: value` lines", id="no-mapping"),
        pytest.param("", "must hold `key: value` lines, found None", id="empty"),
    ],
)
def test_settings_that_are_no_yaml_are_named(tmp_path: Path, text: str, message: str) -> None:
    """The file is in the message."""
    (tmp_path / "project.yaml").write_text(text)

    with pytest.raises(SettingsError, match=f"project.yaml {message}"):
        load_project(tmp_path)


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    """The message says how to make one; an unknown profile lists the known ones."""
    with pytest.raises(SettingsError, match=r"is no project.*ejmap new"):
        load_project(tmp_path)
    with pytest.raises(SettingsError, match="profiles are demo, mercury-quicklook, own, own-masks"):
        create_project(tmp_path, profile="moon")


def test_paths_of_a_crater_share_its_folder() -> None:
    """Every artefact of crater 0034 lies in data/craters/0034."""
    paths = ProjectPaths(Path("p"))

    made = [
        paths.azimuthal_mosaic("0034"),
        paths.tile_store("0034"),
        paths.connections("0034"),
        paths.segmentation("0034"),
        paths.basemap_mask("0034"),
    ]

    assert {path.parent for path in made} == {Path("p/data/craters/0034")}
    assert len(set(made)) == 5
    assert paths.model_bundle("ejseg", version="polar", iteration=3) == Path(
        "p/data/models/ejseg/polar/iteration_03"
    )


def test_files_of_the_user_count_from_the_project_folder() -> None:
    """A relative path lies in the project, an absolute one where it is."""
    paths = ProjectPaths(Path("/p"))

    assert paths.user_file(Path("m.tif")) == Path("/p/m.tif")
    assert paths.user_file(Path("/data/m.tif")) == Path("/data/m.tif")
