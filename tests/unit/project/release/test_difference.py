"""The difference of releases: agreement of masks by hand, and the input that changed them."""

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.craters.catalogue import catalogue_from, craters_of, read_catalogue, write_catalogue
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.errors import ReleaseError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.release.causes import Cause
from ejmap_project.release.difference import difference
from ejmap_project.release.difference_page import (
    GAINED,
    LOST,
    change_picture,
    write_difference,
)
from tests.unit.project.release.conftest import KEYS
from tests.unit.project.release.test_report import Page

Release = Callable[..., Path]
MOVED = KEYS[1]


def _full(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """Read a cropped mask as the whole planet, by its geotransform alone."""
    full = np.zeros(shape, bool)
    with rasterio.open(path) as file:
        pixels, transform = file.read(1) == 1, file.transform
    size = transform.a
    row = round(shape[0] / 2 - transform.f / size)
    col = round(transform.c / size + shape[1] / 2)
    rows, cols = np.nonzero(pixels)
    full[rows + row, (cols + col) % shape[1]] = True
    return full


@pytest.fixture(scope="module")
def moved_once(
    mapped_once: Path, planet: Planet, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Two releases; in the second the mask of a crater lies three columns farther east."""
    folder = Path(shutil.copytree(mapped_once, tmp_path_factory.mktemp("moved") / "mapped"))
    mapped = OpenProject.at(folder)
    first = release(mapped, "first")
    crater = next(one for one in planet.craters if one.key == MOVED)
    truth = planet.truth[crater.crater_id]
    assert truth.window is not None
    east = PlacedMask(mask=truth.mask, window=replace(truth.window, col=truth.window.col + 3))
    path = mapped.paths.basemap_mask(MOVED)
    path.unlink()
    write_mask(path, east, basemap=planet.basemap, center=crater.center)
    draw_planet_map(mapped, dict.fromkeys(KEYS, CraterState.CURRENT), tags={})
    inputs = {"azimuthal_mosaic": "a", "promoted_ejseg": "model-2"}
    return first, release(mapped, "second", segmentation_mask={"inputs": inputs})


@pytest.fixture
def moved(moved_once: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the two releases, which a test may change."""
    first, second = (Path(shutil.copytree(one, tmp_path / one.name)) for one in moved_once)
    return first, second


def test_agreement_is_that_of_pixels_weighted_by_their_area(
    moved: tuple[Path, Path], planet: Planet
) -> None:
    """An oracle with cosines of latitude on the whole planet agrees."""
    found = difference(*moved)

    changes = {one.key: one for one in found.craters}
    shape = planet.basemap.shape
    files = [folder / f"data/craters/{MOVED}/basemap_mask.tif" for folder in moved]
    one, other = (_full(file, shape) for file in files)
    lat = np.radians(90 - (np.arange(shape[0]) + 0.5) * 180 / shape[0])[:, None]
    area = np.cos(lat) * np.ones(shape)
    expected = area[one & other].sum() / area[one | other].sum()
    assert changes[MOVED].change == "changed"
    assert changes[MOVED].iou == pytest.approx(expected, rel=1e-9)
    before, after = changes[MOVED].area_km2
    assert before == pytest.approx(after)
    assert {one.change for key, one in changes.items() if key != MOVED} == {"same"}
    assert {one.iou for key, one in changes.items() if key != MOVED} == {1.0}


def test_the_picture_shows_what_came_and_went(moved: tuple[Path, Path]) -> None:
    """Pixel by pixel, as the two label maps say."""
    labels: list[np.ndarray] = []
    for folder in moved:
        with rasterio.open(folder / "data/map/label_map.tif") as file:
            labels.append(file.read(1) != file.nodata)
    was, is_now = labels

    rgb = change_picture(difference(*moved))

    assert rgb is not None
    for color, expected in ((GAINED, is_now & ~was), (LOST, was & ~is_now)):
        assert expected.any()
        np.testing.assert_array_equal((rgb == color).all(axis=-1), expected)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (
            {"segmentation_mask": {"inputs": {"azimuthal_mosaic": "a", "promoted_ejseg": "2"}}},
            "model ejseg",
        ),
        ({"azimuthal_mosaic": {"inputs": {"basemap_mosaic": "mosaic-2"}}}, "mosaic"),
        ({"segmentation_mask": {"settings": ["other"]}}, "settings of segmentation_mask"),
        ({"basemap_mask": {"code_version": "2"}}, "code of basemap_mask"),
        (
            {"basemap_mask": {"inputs": {"crater_catalogue": "c-1", "basemap_mosaic": "m"}}},
            "whose mask it is",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_input_that_changed_is_named(
    mapped: OpenProject, release: Release, changed: dict[str, dict[str, object]], what: str
) -> None:
    """Whatever step of the crater it enters; what was measured of the mask is no input."""
    stated = {"inputs": {"azimuthal_mosaic": "a", "promoted_ejseg": "model-1"}}
    base = {"segmentation_mask": stated, "azimuthal_mosaic": {"inputs": {"basemap_mosaic": "m"}}}
    first = release(mapped, "first", **base)
    both = {name: {**base.get(name, {}), **changed.get(name, {})} for name in {*base, *changed}}
    second = release(mapped, "second", **both, crater_pattern={"code_version": "9"})

    found = difference(first, second)

    assert {cause.what for one in found.craters for cause in one.causes} == {what}


def test_settings_of_a_step_are_told_by_the_keys_of_the_project_alone() -> None:
    """A recipe keeps them without names: [false, 0] and [false, 40] say nothing to anybody."""
    assert Cause("settings of segmentation_mask").words == "settings of segmentation_mask"


def test_a_crater_that_moved_in_the_catalogue_says_so(
    mapped: OpenProject, release: Release
) -> None:
    """By column; others are not blamed on the catalogue; new and removed ones are named."""
    first = release(mapped, "first")
    body = mapped.settings.planet
    craters = craters_of(read_catalogue(mapped.paths.crater_catalogue, body=body))
    moved = replace(craters[0], radius_m=craters[0].radius_m + 1000)
    new = replace(craters[1], crater_id=77, center=LonLat(1.0, 2.0))
    write_catalogue(catalogue_from([moved, craters[1], new], body), mapped.paths.crater_catalogue)

    found = {one.key: one for one in difference(first, release(mapped, "second")).craters}

    before, after = (f"{one.radius_m:.9g}" for one in (craters[0], moved))
    assert found[KEYS[0]].causes == [("radius_m in the catalogue", before, after)]
    assert ("catalogue", "no such crater", "listed") in found["0077"].causes
    assert ("catalogue", "listed", "no such crater") in found[KEYS[2]].causes
    assert not found[KEYS[1]].causes
    assert (found[KEYS[2]].change, found["0077"].change) == ("gone", "new")
    assert math.isnan(found["0077"].iou)


def test_settings_are_compared_by_their_keys(mapped: OpenProject, release: Release) -> None:
    """An alias that stands for itself, as a stranger's file may hold, ends nothing."""
    first = release(mapped, "first")
    text = mapped.paths.settings.read_text()
    mapped.paths.settings.write_text(text.replace("tile_side_px: 32", "tile_side_px: 64"))
    second = release(mapped, "second")

    assert [one.words for one in difference(first, second).settings] == [
        "mapping.tile_side_px: 32 \N{RIGHTWARDS ARROW} 64"
    ]
    frozen = second / "project.yaml"
    frozen.chmod(0o644)
    frozen.write_text("a: &a {b: *a}\n")
    assert difference(second, second).settings == []


def test_a_damaged_release_is_named(moved: tuple[Path, Path], tmp_path: Path) -> None:
    """Its table or picture may be of anybody, and no command makes it again."""
    patterns = moved[1] / "data/analysis/patterns.parquet"
    preview = moved[1] / "data/map/preview.png"
    patterns.parent.mkdir(parents=True)
    patterns.write_bytes(b"no table")
    with pytest.raises(ReleaseError, match=r"patterns\.parquet .*`ejmap release verify`"):
        difference(*moved)
    patterns.unlink()
    preview.chmod(0o644)
    preview.write_bytes(b"no picture")

    with pytest.raises(ReleaseError, match=r"\.png cannot be read as a picture"):
        write_difference(tmp_path / "changes.html", difference(*moved))


def test_the_page_is_whole_and_names_the_cause(moved: tuple[Path, Path], tmp_path: Path) -> None:
    """Both maps and the change are pictures inside of it."""
    file = tmp_path / "pages" / "changes.html"

    write_difference(file, difference(*moved))

    page = Page(file.read_text(encoding="utf-8"))
    assert page.open == []
    assert len(page.every("img")) == 3
    assert all((one["src"] or "").startswith("data:image/webp") for one in page.every("img"))
    assert any("model ejseg" in one and "1 of 1 changed craters" in one for one in page.words)
    assert "script" not in {tag for tag, _ in page.tags}
