"""Probabilities and promises beside known ejecta: by predictions whose truth is known."""

import numpy as np
import pytest

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.polar_file import write_polar_view
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import polar_target
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_project.basemap import read_project_basemap
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.scoring import kept_promises as scores
from ejmap_project.scoring.kept_promises import distance_reliability, kept_promises
from tests.tiny_planet import OWN_MASKS, write_project

VIEW = PolarViewConfig(rows=32, cols=64)


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Three craters with known ejecta."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


@pytest.fixture
def project(tmp_path, planet: Planet) -> OpenProject:
    """Every crater with the share of each cell that is ejecta as its probability."""
    project = write_project(tmp_path, planet)
    for crater in planet.craters:
        truth = planet.truth[crater.crater_id]
        said = polar_target(truth, basemap=planet.basemap, crater=crater, config=VIEW)
        write_polar_view(
            project.paths.polar_prediction(crater.key),
            np.stack([said, said]),
            polar=polar_grid(crater, body=planet.basemap.body, config=VIEW),
            band_names=("probability", "member_00"),
            tags={},
        )
    return project


def test_what_says_the_truth_comes_true_at_every_distance(
    project: OpenProject, planet: Planet
) -> None:
    """Cells that are partly ejecta are said to be so."""
    basemap = read_project_basemap(project)

    bands = distance_reliability(project, basemap, actual=planet.truth)

    seen = [one for one in bands if one.cells > 50]
    assert seen
    assert all(one.calibration_error == pytest.approx(0, abs=1e-6) for one in seen)


def test_a_tile_ejseg_has_no_distances(tmp_path, planet: Planet) -> None:
    """It says nothing in polar view."""
    settings = OWN_MASKS.replace("ejseg_test.yaml", "ejseg_tiny")
    project = write_project(tmp_path, planet, settings)

    assert distance_reliability(project, read_project_basemap(project), actual=planet.truth) == ()


def test_recall_and_intervals_are_those_of_each_crater(
    project: OpenProject, planet: Planet, monkeypatch
) -> None:
    """One mask is the truth, one its upper half, and one crater has none; one interval holds."""
    basemap = read_project_basemap(project)
    first, second = planet.craters[:2]
    truth = planet.truth[second.crater_id]
    upper = truth.mask.copy()
    upper[len(upper) // 2 :] = False
    for crater, mask, high in (
        (first, planet.truth[first.crater_id], "1e12"),
        (second, PlacedMask(mask=upper, window=truth.window), "0.5"),
    ):
        write_mask(
            project.paths.promised_recall_mask(crater.key),
            mask.trimmed(),
            basemap=planet.basemap,
            center=crater.center,
            tags={"EJMAP_EXPECTED_KM2": "1", "EJMAP_LOW_KM2": "0", "EJMAP_HIGH_KM2": high},
        )
    assert kept_promises(project, basemap, actual=planet.truth) == {}
    monkeypatch.setattr(scores, "promises_recall", lambda _: True)

    found = kept_promises(project, basemap, actual=planet.truth)

    half = PlacedMask(mask=upper, window=truth.window).area_m2(planet.basemap)
    share = half / truth.area_m2(planet.basemap)
    assert found["recall_found"] == pytest.approx((1 + share) / 2)
    assert found["area_interval_holds"] == 0.5
    assert found["promised_recall"] == 0.9
