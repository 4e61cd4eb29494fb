"""Checks of the rasters of a crater: sound files pass, wrong files fail with a sentence."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio

from ejmap_assets.checks.crater_check import CheckedCrater
from ejmap_assets.checks.crater_rasters import DRIFT_IOU
from ejmap_assets.checks.finding import Finding
from ejmap_assets.checks.registry import crater_checks
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.probability_levels import VOTE_STEPS, levels_of, vote_levels_of
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import Project
from tests.unit.assets.checks.conftest import MappedCrater


def _find(name: str, checked: CheckedCrater) -> Finding:
    return next(check for check in crater_checks() if check.name == name).run(checked)


def test_the_mosaic_around_a_crater_passes(mapped: MappedCrater) -> None:
    """A sound azimuthal mosaic passes, and the finding states the imaged share."""
    found = _find("surroundings_are_sound", mapped.surroundings())

    assert found.passed
    assert 0.9 < found.metadata["imaged_share"] <= 1
    assert found.metadata["bands"] == 3


def test_a_crater_around_which_nothing_was_imaged_is_stopped(mapped: MappedCrater) -> None:
    """A crater without imaged surroundings fails a blocking check: its mask would mean nothing."""
    checked = mapped.surroundings()
    write_cog(
        checked.output, np.zeros((3, *mapped.grid.shape), np.uint8), grid=mapped.grid, nodata=0
    )

    found = _find("surroundings_are_sound", checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert found.sentence.startswith("nothing around this crater was imaged")


def test_a_crater_that_is_mostly_not_imaged_is_warned_of(mapped: MappedCrater) -> None:
    """A crater with less than half of its surroundings imaged warns, but is still mapped."""
    checked = mapped.surroundings()
    with rasterio.open(checked.output) as raster:
        values = raster.read()
    values[:, : values.shape[1] * 3 // 4] = 0
    write_cog(checked.output, values, grid=mapped.grid, nodata=0)

    found = _find("surroundings_are_sound", checked)

    assert (found.passed, found.is_warning) == (False, True)
    assert "only 2" in found.sentence


def test_a_raster_around_another_crater_is_found(mapped: MappedCrater) -> None:
    """A raster on the grid of another crater fails the check."""
    checked = mapped.surroundings()
    other = mapped.work.azimuthal_grid(mapped.work.craters["0001"])
    write_cog(checked.output, np.ones((3, *other.shape), np.uint8), grid=other)

    assert "not in the CRS of its grid" in _find("surroundings_are_sound", checked).sentence


def test_a_torn_file_is_found(mapped: MappedCrater) -> None:
    """A torn raster file fails the check with the message of the reader."""
    checked = mapped.surroundings()
    checked.output.write_bytes(b"no raster")

    assert "cannot be read as a raster" in _find("surroundings_are_sound", checked).sentence


def test_probability_votes_and_mask_that_agree_pass(mapped: MappedCrater) -> None:
    """Sound layers pass, and the finding states the masked share, here that of a disc."""
    found = _find("layers_are_sound", mapped.layers())

    assert found.passed
    assert found.metadata["mask_share"] == pytest.approx(np.pi / 16, abs=0.01)


@pytest.mark.parametrize(
    ("band", "value", "sentence"),
    [
        pytest.param("vote_level", 255, "votes must be shares", id="votes"),
        pytest.param("mask", 2, "other values than 0 and 1", id="mask-not-binary"),
        pytest.param("mask", 1, "set where no member finds ejecta", id="all-set"),
    ],
)
def test_layers_that_cannot_be_are_stopped(
    mapped: MappedCrater, band: str, value: int, sentence: str
) -> None:
    """Impossible layers fail a blocking check before a mask on the mosaic is made from them."""
    found = _find("layers_are_sound", mapped.layers(**{band: np.full(mapped.grid.shape, value)}))

    assert (found.passed, found.is_warning) == (False, False)
    assert sentence in found.sentence


def _with(project: OpenProject, **groups: dict[str, object]) -> MappedCrater:
    """Return the crater of the project with other settings."""
    stated = project.settings.model_dump() | groups
    return MappedCrater(replace(project, settings=Project.model_validate(stated)))


def _with_hole(mapped: MappedCrater, side_px: int) -> dict[str, np.ndarray]:
    """A mask that is set everywhere, also in a square where no member finds ejecta."""
    found = np.ones(mapped.grid.shape, np.float32)
    middle = found.shape[0] // 2
    found[middle : middle + side_px, middle : middle + side_px] = 0
    return {
        "probability_level": levels_of(found),
        "vote_level": vote_levels_of(found),
        "mask": np.ones(found.shape),
    }


@pytest.mark.parametrize("denoising", ["corners", "sides"])
def test_holes_that_denoising_fills_are_sound(project: OpenProject, denoising: str) -> None:
    """A hole of 9 px is filled where the smallest has 10, and one of 16 px is not."""
    mapped = _with(project, mapping={"denoise_px": 10}, method={"denoising": denoising})

    filled = _find("layers_are_sound", mapped.layers(**_with_hole(mapped, 3)))
    too_large = _find("layers_are_sound", mapped.layers(**_with_hole(mapped, 4)))

    assert filled.passed, filled.sentence
    assert "set where no member finds ejecta" in too_large.sentence


def test_a_mask_by_votes_may_be_set_where_the_mean_is_low(project: OpenProject) -> None:
    """Half of the members set it; fewer do not."""
    mapped = _with(project, method={"ensemble": "votes"})
    shape = mapped.grid.shape
    low, mask = np.full(shape, 119), np.ones(shape)

    half, fewer = (
        _find(
            "layers_are_sound",
            mapped.layers(probability_level=low, vote_level=np.full(shape, votes), mask=mask),
        )
        for votes in (VOTE_STEPS // 2, VOTE_STEPS // 2 - 1)
    )

    assert half.passed, half.sentence
    assert "less than half of the members" in fewer.sentence


def test_bands_in_another_order_are_found(mapped: MappedCrater) -> None:
    """Swapped bands fail the check: votes are not probabilities."""
    checked = mapped.layers()
    write_cog(
        checked.output,
        np.zeros((3, *mapped.grid.shape), np.uint8),
        grid=mapped.grid,
        band_names=("vote_level", "probability_level", "mask"),
    )

    assert "expected ['probability_level'" in _find("layers_are_sound", checked).sentence


def test_a_sound_polar_prediction_passes(mapped: MappedCrater) -> None:
    """The finding counts the members."""
    found = _find("polar_prediction_is_sound", mapped.prediction())

    assert found.passed
    assert found.metadata["members"] == 2


@pytest.mark.parametrize(
    ("band", "value", "said"),
    [
        pytest.param("member_00", np.nan, "promote another version", id="not-finite"),
        pytest.param("member_00", 1.5, "must lie in 0 to 1", id="no-probability"),
        pytest.param("probability", 0.7, "not the mean of the members", id="not-the-mean"),
        pytest.param("mask", 0.5, "has bands", id="another-band"),
    ],
)
def test_a_broken_polar_prediction_is_stopped(
    mapped: MappedCrater, band: str, value: float, said: str
) -> None:
    """Connections and mask would both be wrong."""
    checked = mapped.prediction(**{band: np.full((32, 64), value, np.float32)})

    found = _find("polar_prediction_is_sound", checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert said in found.sentence


def test_a_mask_on_the_mosaic_passes(mapped: MappedCrater) -> None:
    """A sound mask on the mosaic passes, and the finding states its area."""
    found = _find("mask_is_sound", mapped.mask())

    assert found.passed
    assert found.metadata["ejecta_px"] > 0


def test_a_mask_beside_the_pixels_of_the_mosaic_is_stopped(mapped: MappedCrater) -> None:
    """A mask shifted by half a pixel against the mosaic fails the check."""
    checked = mapped.mask()
    with rasterio.open(checked.output, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        raster.transform = raster.transform @ rasterio.Affine.translation(0.5, 0)

    found = _find("mask_is_sound", checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert "0.50 px beside the pixels of the mosaic" in found.sentence


def test_a_mask_of_another_type_is_stopped(mapped: MappedCrater) -> None:
    """A mask that is not 8 bit fails, because the map and the published folder hold 8 bits."""
    checked = mapped.mask()
    grid = mapped.work.basemap.grid
    window = Window(row=4, col=4, height=2, width=2)
    write_cog(checked.output, np.ones((2, 2), np.int16), grid=grid, window=window)

    assert "of int16, not uint8" in _find("mask_is_sound", checked).sentence


def test_an_empty_mask_is_warned_of(mapped: MappedCrater) -> None:
    """An empty mask warns and does not block, because it is a legitimate result."""
    checked = mapped.mask()
    grid = mapped.work.basemap.grid
    write_mask(checked.output, PlacedMask.empty(), basemap=grid, center=mapped.crater.center)

    found = _find("mask_is_sound", checked)

    assert (found.passed, found.is_warning) == (False, True)
    assert found.sentence.startswith("no ejecta were found")


def test_a_wider_mask_with_its_area_passes(mapped: MappedCrater) -> None:
    """The finding names the interval."""
    found = _find("promised_recall_mask_is_sound", mapped.promised_recall_mask())

    assert (found.passed, found.is_warning) == (True, False)
    assert 0 < found.metadata["low_km2"] < found.metadata["high_km2"]


@pytest.mark.parametrize(
    ("low", "high", "is_warning"),
    [("5.0", "2.0", False), ("0.0", "inf", False), ("1.0", "900.0", True)],
)
def test_an_interval_that_says_nothing_is_stopped_or_warned_of(
    mapped: MappedCrater, low: str, high: str, is_warning: bool
) -> None:
    """One that is none blocks the crater, and one of a factor of 900 warns."""
    checked = mapped.promised_recall_mask()
    with rasterio.open(checked.output, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        raster.update_tags(EJMAP_LOW_KM2=low, EJMAP_HIGH_KM2=high)

    found = _find("promised_recall_mask_is_sound", checked)

    assert (found.passed, found.is_warning) == (False, is_warning)


def test_the_first_mask_has_nothing_to_drift_from(mapped: MappedCrater) -> None:
    """The first mask of a crater passes the drift check, which says that no former mask exists."""
    found = _find("mask_did_not_drift", mapped.mask())

    assert found.passed
    assert "no former mask" in found.sentence


@pytest.mark.parametrize(
    ("former", "now", "iou"),
    [
        pytest.param((0, 10), (0, 10), 1.0, id="the-same"),
        pytest.param((0, 10), (5, 15), 1 / 3, id="half-of-it-moved"),
        pytest.param((0, 10), (0, 5), 0.5, id="half-of-it-lost"),
        pytest.param((0, 0), (0, 0), 1.0, id="both-empty"),
        pytest.param((0, 0), (0, 10), 0.0, id="from-nothing"),
    ],
)
def test_drift_is_the_overlap_with_the_mask_before(
    mapped: MappedCrater, former: tuple[int, int], now: tuple[int, int], iou: float
) -> None:
    """Drift is the IoU with the former mask, here computed by hand in strips of ten columns."""
    checked = mapped.mask()
    grid = mapped.work.basemap.grid
    for path, (left, right) in ((checked.former, former), (checked.output, now)):
        full = np.zeros(grid.shape, np.bool_)
        full[40:60, left:right] = True
        placed = PlacedMask.from_full(full, grid)
        write_mask(path, placed, basemap=grid, center=mapped.crater.center)

    found = _find("mask_did_not_drift", checked)

    assert found.metadata["iou_with_former_mask"] == pytest.approx(iou)
    assert found.passed is (iou >= DRIFT_IOU)
    assert found.is_warning is (iou < DRIFT_IOU)
