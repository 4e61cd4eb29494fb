"""The map against known ejecta: scored only where the whole planet is known."""

from pathlib import Path

import pandas as pd
import pytest

from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.progress import Silence
from ejmap_project.scoring.evaluation import evaluate_map
from ejmap_project.settings.sources import (
    EjmapFolderSource,
    FilesSource,
    QuicklookSource,
    SyntheticSource,
)
from tests.tiny_planet import OWN_MASKS, write_project

FILE = Path("file")


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Three craters with known ejecta."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


def test_a_map_that_is_the_truth_scores_one(tmp_path: Path, planet: Planet) -> None:
    """Its rows come first, all craters pooled and then each; the rules on brightness are worse."""
    project = write_project(tmp_path, planet)
    for crater in planet.craters:
        write_mask(
            project.paths.basemap_mask(crater.key),
            planet.truth[crater.crater_id],
            basemap=planet.basemap,
            center=crater.center,
        )

    found = evaluate_map(project, Silence())

    assert (found.metadata["known_craters"], found.metadata["pixel_f1"]) == (3, 1.0)
    assert found.metadata["origin_accuracy"] == 1.0
    assert 0 < found.metadata["lead_over_best_rule"] < 1
    assert found.metadata["craters_were_seen_in_training"] is True
    # No tile was asked, so that nothing is known of the connections.
    assert "tile_f1" not in found.metadata
    scores = pd.read_parquet(project.paths.scores)
    assert scores["method"].tolist()[:4] == ["EJMAP"] * 4
    assert len(scores) == 4 + 3
    assert scores["pixel_f1"][:4].tolist() == [1.0] * 4


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param(OWN_MASKS, "no ejecta of this planet are known", id="nothing"),
        pytest.param(
            OWN_MASKS.replace("masks: masks}", "masks: masks, tiles: tiles.csv}"),
            "inside labelled tiles only",
            id="in-tiles",
        ),
    ],
)
def test_where_not_all_is_known_the_tables_are_empty(
    tmp_path: Path, planet: Planet, settings: str, reason: str
) -> None:
    """The artefact says why, and where to look instead."""
    is_known = "tiles:" in settings.split("mapping", maxsplit=1)[0]
    truth = planet.truth if is_known else {}
    known = Planet(
        raster=planet.raster, basemap=planet.basemap, craters=planet.craters, truth=truth
    )
    project = write_project(tmp_path, known, settings)

    found = evaluate_map(project, Silence())

    assert found.metadata["known_craters"] == 0
    assert reason in str(found.metadata["nothing_to_score"])
    assert pd.read_parquet(project.paths.scores).empty


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(SyntheticSource(seed=1), True, id="synthetic"),
        pytest.param(QuicklookSource(), True, id="quicklook"),
        pytest.param(FilesSource(mosaic=FILE, craters=FILE, masks=FILE), True, id="whole-masks"),
        pytest.param(
            FilesSource(mosaic=FILE, craters=FILE, masks=FILE, tiles=FILE), False, id="tiles"
        ),
        pytest.param(EjmapFolderSource(folder=FILE), False, id="published"),
    ],
)
def test_the_whole_planet_is_scored_where_all_of_it_is_known(source, expected: bool) -> None:
    """What nobody looked at is no mistake of the map."""
    assert source.traits.is_known_everywhere is expected
