"""Mosaics that no model learned from are noticed, and those that it maps well are not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_ml.bundles.bundle_files import read_view_ranges
from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.ejseg.polar_view import polar_view
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.ejseg.view_statistics import view_statistics
from ejmap_ml.ready.ensembles import ready_ensemble
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.tile_store import cut_tile_store
from ejmap_project.mapping.view_check import compare_views
from ejmap_project.models.promotion_record import Decision, EnsembleNote, write_promotion
from ejmap_project.models.stored_ensemble import member_folder
from ejmap_project.open_project import OpenProject
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

Mosaic = NDArray[np.uint8]
# From eight views on the narrower ranges hold.
SHOWN = 10


def _inverted(grey: Mosaic) -> Mosaic:
    return np.where(grey > 0, np.maximum(255 - grey, 1), 0).astype(np.uint8)


def _clipped(grey: Mosaic) -> Mosaic:
    low, high = np.percentile(grey[grey > 0], (20, 80))
    stretched = np.clip(1 + (grey - low) / (high - low) * 254, 1, 255)
    return np.where(grey > 0, stretched, 0).astype(np.uint8)


def _noise(grey: Mosaic) -> Mosaic:
    levels = np.random.default_rng(0).normal(128, 30, grey.shape)
    return np.clip(levels, 1, 255).astype(np.uint8)


def _hillshade(grey: Mosaic) -> Mosaic:
    slope = sum(np.gradient(grey[0].astype(float)))[None]
    return np.clip(128 + 120 * slope / np.percentile(np.abs(slope), 99), 1, 255).astype(np.uint8)


def _unlike(grey: Mosaic, body: Body) -> set[str]:
    """Return in which numbers views of a mosaic are unlike those that ready_grey learned from."""
    ready = ready_ensemble("ready_grey")
    assert ready is not None
    ranges, architecture = read_view_ranges(ready.member(0)), ready.config.architecture
    assert ranges is not None
    assert isinstance(architecture, PolarUnetConfig)
    _, basemap = reference_mosaic(body)
    craters = [one for one in reference_craters().values() if one.body == body]
    shown = [one.as_crater() for one in craters if one.part != "report"][:SHOWN]
    views = (
        polar_view(grey, basemap=basemap, crater=one, config=architecture.view) for one in shown
    )
    return {one.name for one in ranges.unlike([view_statistics(view) for view in views])}


@pytest.mark.parametrize("body", [MERCURY, MOON], ids=lambda body: body.name)
def test_a_mosaic_that_is_mapped_well_does_not_warn(body: Body) -> None:
    """Neither of the two bodies lent its terrain to the training."""
    assert _unlike(reference_mosaic(body)[0], body) == set()


@pytest.mark.parametrize(
    ("spoil", "number"),
    [
        pytest.param(_inverted, "excess_1", id="inverted"),
        pytest.param(_clipped, "clipped_1", id="clipped"),
        pytest.param(_noise, "texture_1", id="noise"),
        pytest.param(_hillshade, "texture_1", id="hillshade"),
    ],
)
@pytest.mark.parametrize("body", [MERCURY, MOON], ids=lambda body: body.name)
def test_a_mosaic_of_another_kind_warns(
    spoil: Callable[[Mosaic], Mosaic], number: str, body: Body
) -> None:
    """By the number that such a mosaic spoils."""
    assert number in _unlike(spoil(reference_mosaic(body)[0]), body)


def _promote(project: OpenProject, ranges: ViewRanges | None) -> None:
    bundle = replace(constant_bundle(POLAR, 0.5), view_ranges=ranges)
    note = EnsembleNote(version="ejseg_test", members=(bundle.data_version,))
    bundle.save(member_folder(project.paths.stored_ensemble("ejseg", note.digest), 0))
    write_promotion(project.paths, "ejseg", Decision.PROMOTED, "", current=note, candidate=note)


def test_views_are_compared_with_those_of_the_ensemble_that_maps(
    work: CraterWork, project: OpenProject
) -> None:
    """Two of three craters have a view; where nothing is known, nothing is compared."""
    assert compare_views(project) is None
    ranges = ViewRanges.of([{"excess_1": -9.0, "texture_2": 30.0}, {"excess_1": 9.0}])
    _promote(project, ranges)
    assert compare_views(project) is None
    for key in ("0001", "0002"):
        cut_azimuthal_mosaic(work, work.craters[key], tags={})
        cut_tile_store(work, work.craters[key], recipe="r", inputs={})

    found = compare_views(project)

    assert found is not None
    assert found.views == 2
    assert [one.name for one in found.unlike] == ["texture_2"]


def test_an_ensemble_that_does_not_say_what_it_learned_from_is_not_compared(
    project: OpenProject,
) -> None:
    """As those that were trained before ensembles did."""
    _promote(project, None)

    assert compare_views(project) is None
