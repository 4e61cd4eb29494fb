"""In which bands models see a mosaic, and mosaics that they cannot read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from ejmap_ml.config.bands import Bands, Reads
from ejmap_project.errors import SettingsError
from ejmap_project.models.seen_bands import require_readable, seen_bands
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import write_ready

SOURCE = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"}


def _project(folder: Path, bands: Bands, **settings: object) -> OpenProject:
    stated = {"source": SOURCE, "bands": bands if isinstance(bands, str) else [*bands]}
    (folder / "project.yaml").write_text(yaml.safe_dump({**stated, **settings}))
    return replace(OpenProject.at(folder), packaged_models=folder / "packaged")


def _with_ready(folder: Path, bands: Bands, reads: Reads) -> OpenProject:
    write_ready(folder / "packaged", "ready_test", reads=reads, probabilities=(0.5,))
    return _project(folder, bands, models={"ejseg": "ready_test"})


@pytest.mark.parametrize(
    ("bands", "reads", "level"),
    [
        pytest.param("grey", "grey", [[10]], id="grey"),
        pytest.param("rgb", "grey", [[183]], id="luma"),
        pytest.param("mercury-enhanced", "grey", [[250]], id="pc1"),
        pytest.param(("a", "b", "c"), "grey", [[97]], id="mean"),
        pytest.param("rgb", "colour", [[10], [250], [30]], id="colour"),
    ],
)
def test_models_see_their_bands_or_grey(
    tmp_path: Path, bands: Bands, reads: Reads, level: list[list[int]]
) -> None:
    """By hand: .2126 x 10 + .7152 x 250 + .0722 x 30 = 183.1, and 290 / 3 = 96.7."""
    levels = (10,) if bands == "grey" else (10, 250, 30)
    raster = np.array(levels, np.uint8)[:, None, None]

    seen = require_readable(_with_ready(tmp_path, bands, reads))

    assert seen.of(raster)[:, 0].tolist() == level


@pytest.mark.parametrize(
    ("bands", "reads"),
    [("rgb", "mercury-enhanced"), ("grey", "colour"), (("a", "b"), "colour"), ("grey", ("a", "b"))],
)
def test_a_mosaic_that_a_model_cannot_read_is_refused(
    tmp_path: Path, bands: Bands, reads: Reads
) -> None:
    """In one sentence: what the model reads, what the mosaic is, and the ways out."""
    project = _with_ready(tmp_path, bands, reads)

    with pytest.raises(SettingsError, match=r"ready_test reads .*one that reads grey.*`bands`"):
        require_readable(project)


def test_an_ensemble_that_says_nothing_reads_any_mosaic_of_as_many_bands(tmp_path: Path) -> None:
    """As ensembles did that were exported before models said what they read."""
    write_ready(tmp_path / "packaged", "ready_test", probabilities=(0.5,))
    models = {"ejseg": "ready_test"}

    assert seen_bands(_project(tmp_path, "rgb", models=models)).seen == "rgb"
    with pytest.raises(SettingsError, match=r"reads 3 band\(s\), but the bands of the mosaic are"):
        seen_bands(_project(tmp_path, "grey", models=models))


def test_a_model_that_is_trained_reads_what_it_learns_from(tmp_path: Path) -> None:
    """Own masks on the user's mosaic, or grey planets."""
    own = _project(tmp_path, ("a", "b"), training={"kind": "own-masks"})
    assert seen_bands(own).seen == ("a", "b")

    grey = {"kind": "synthetic", "seeds": [1], "grey": True}
    synthetic = _project(tmp_path, ("a", "b"), training=grey)
    assert seen_bands(synthetic).weights == (0.5, 0.5)


def test_all_models_of_a_project_see_the_same(tmp_path: Path) -> None:
    """A trained EJCONN that reads grey does not go with an EJSEG that reads colour."""
    write_ready(tmp_path / "packaged", "ready_test", reads="colour", probabilities=(0.5,))
    project = _project(
        tmp_path,
        "rgb",
        models={"ejseg": "ready_test"},
        mapping={"connections": "ejconn"},
        training={"kind": "synthetic", "seeds": [1], "grey": True},
    )

    with pytest.raises(SettingsError, match=r"sees rgb and models\.ejconn ejconn_tiny sees grey"):
        seen_bands(project)
