"""Correction packages: nothing changes by what comes back unedited, or does not fit."""

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
from shapely import Point, Polygon, box

from ejmap_geo.grids.coords import RowCol
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.corrections.import_labels import import_labels
from ejmap_project.corrections.package import make_package
from ejmap_project.corrections.package_note import NOTE, POLYGONS, layer_name
from ejmap_project.errors import SettingsError, SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from tests.tiny_planet import write_project


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory, planet: Planet) -> Path:
    """A project with labels and a map of the true ejecta, and a package of its craters beside."""
    root = tmp_path_factory.mktemp("corrections")
    project = write_project(root / "project", planet)
    for crater in planet.craters:
        truth = planet.truth[crater.crater_id]
        for path in (project.paths.basemap_mask(crater.key), _label(project, crater.key)):
            write_mask(path, truth, basemap=planet.basemap, center=crater.center)
    make_package(project, planet.craters, root / "package")
    return root


@pytest.fixture
def mine(handed_out: Path, tmp_path: Path) -> tuple[OpenProject, Path]:
    """A copy of the project and of the package that a test may change."""
    root = Path(shutil.copytree(handed_out, tmp_path / "copy"))
    return OpenProject.at(root / "project"), root / "package"


def test_what_nobody_edits_comes_back_pixel_for_pixel(mine: tuple[OpenProject, Path]) -> None:
    """Polygons and pixels of every crater give the mask that was handed out."""
    project, package = mine

    with pytest.raises(SourceError, match="was edited, so there is nothing"):
        import_labels(project, package, by="a person")


def test_edited_pixels_become_the_label_and_the_old_one_is_kept(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """Exactly the pixels that were set are added; the note says who did it."""
    project, package = mine
    crater = planet.craters[0]
    before = _label(project, crater.key).read_bytes()
    with rasterio.open(package / f"mask_{crater.key}.tif") as raster:
        values, profile = raster.read(1), raster.profile
    clear = np.argwhere(values == 0)[:5]
    values[tuple(clear.T)] = 1
    _write(package / f"mask_{crater.key}.tif", values, profile)

    done = import_labels(project, package, by="a person", note="a ray")

    change = done.note.changes[0]
    assert (change.added_px, change.removed_px, change.was_label) == (5, 0, True)
    label = read_mask_on(_label(project, crater.key), planet.basemap)
    assert label.area_px == planet.truth[crater.crater_id].area_px + 5
    assert (done.folder / f"mask_{crater.key}.tif").read_bytes() == before
    assert json.loads((done.folder / "import.json").read_text())["by"] == "a person"
    assert len(list(_label(project, crater.key).parent.iterdir())) == len(planet.craters)


def test_a_drawn_polygon_adds_the_pixels_whose_centre_it_holds(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """A box about 3 x 4 pixel centres, drawn where nothing was, adds 12 pixels."""
    project, package = mine
    crater = planet.craters[1]
    truth = planet.truth[crater.crater_id]
    full = np.zeros(planet.basemap.shape, np.bool_)
    truth.paste_into(full)
    row, col = next(
        (row, col)
        for row in range(10, 110)
        for col in range(10, 240)
        if not full[row - 1 : row + 5, col - 1 : col + 6].any()
    )
    upper = planet.basemap.point(RowCol(float(row), float(col)))
    lower = planet.basemap.point(RowCol(float(row + 3), float(col + 4)))
    drawn = box(upper.lon_deg, lower.lat_deg, lower.lon_deg, upper.lat_deg)
    _redraw(package, crater.key, [drawn])

    done = import_labels(project, package, by="a person")

    assert [one.added_px for one in done.note.changes] == [12]
    assert [one.removed_px for one in done.note.changes] == [0]


@pytest.mark.parametrize("lat", [90, -90])
def test_a_polygon_over_a_pole_is_taken_as_drawn(
    mine: tuple[OpenProject, Path], planet: Planet, lat: int
) -> None:
    """A cap in a polar stereographic CRS has the area of a cap on the sphere."""
    project, package = mine
    key, radius_m = planet.craters[0].key, planet.basemap.body.radius_m
    angle = np.radians(20)
    drawn = Point(0, 0).buffer(2 * radius_m * np.tan(angle / 2), 64)
    crs = f"+proj=stere +lat_0={lat} +lon_0=0 +R={radius_m}"
    table = gpd.GeoDataFrame({"crater": ["new"]}, geometry=[drawn], crs=crs)
    layer = layer_name(key)
    pyogrio.write_dataframe(table, package / POLYGONS, layer=layer, promote_to_multi=True)

    (change,) = import_labels(project, package, by="a person").note.changes

    # Rows whose middle lies inside.
    rows = round(angle / np.pi * planet.basemap.shape[0])
    edge = rows * np.pi / planet.basemap.shape[0]
    cap_km2 = 2 * np.pi * (radius_m / 1000) ** 2 * (1 - np.cos(edge))
    assert change.area_km2 == pytest.approx(cap_km2)
    label = read_mask_on(_label(project, key), planet.basemap)
    assert label.window is not None
    assert (label.window.row == 0) == (lat == 90)


def test_a_package_is_taken_whole_or_not_at_all(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """One mask was edited well, another was cut to a part: no label changes, and both are told."""
    project, package = mine
    good, cut = planet.craters[:2]
    labels = {one: one.read_bytes() for one in _label(project, good.key).parent.iterdir()}
    with rasterio.open(package / f"mask_{good.key}.tif") as raster:
        values, profile = raster.read(1), raster.profile
    _write(package / f"mask_{good.key}.tif", 1 - values, profile)
    with rasterio.open(package / f"mask_{cut.key}.tif") as raster:
        values, profile = raster.read(1), raster.profile
    part = values[:-2]
    _write(package / f"mask_{cut.key}.tif", part, {**profile, "height": len(part)})

    with pytest.raises(SourceError, match="whole extent"):
        import_labels(project, package, by="a person")

    assert {one: one.read_bytes() for one in _label(project, good.key).parent.iterdir()} == labels
    assert not project.paths.corrections.exists()


def test_an_import_that_is_cut_off_leaves_no_record(
    mine: tuple[OpenProject, Path], planet: Planet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed runs no handler: of each step before the labels no note is left."""
    project, package = mine
    _redraw(package, planet.craters[0].key, [box(0, 0, 30, 30)])
    monkeypatch.setattr("ejmap_project.corrections.import_labels.write_mask", _killed)
    monkeypatch.setattr("shutil.rmtree", lambda *_args, **_given: None)
    before = _label(project, planet.craters[0].key).read_bytes()

    with pytest.raises(SystemExit):
        import_labels(project, package, by="a person")

    assert _label(project, planet.craters[0].key).read_bytes() == before
    assert not list(project.paths.corrections.rglob("import.json"))


def test_two_imports_at_once_lose_no_correction(
    mine: tuple[OpenProject, Path], planet: Planet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one, begun while the first writes, is refused; repeated, it keeps both labels."""
    project, package = mine
    other = Path(shutil.copytree(package, package.with_name("other")))
    first, second = (one.key for one in planet.craters[:2])
    _redraw(package, first, [box(0, 0, 30, 30)])
    _redraw(other, second, [box(0, 0, 30, 30)])
    before = {key: _label(project, key).read_bytes() for key in (first, second)}
    refused: list[str] = []

    def meanwhile(*args: Any, **given: Any) -> None:
        with pytest.raises(SourceError, match=r"another import into .* is in progress") as told:
            import_labels(project, other, by="a second person")
        refused.append(str(told.value))
        write_mask(*args, **given)

    with monkeypatch.context() as patched:
        patched.setattr("ejmap_project.corrections.import_labels.write_mask", meanwhile)
        import_labels(project, package, by="a person")
    import_labels(project, other, by="a second person")

    assert len(refused) == 1
    assert all(_label(project, key).read_bytes() != before[key] for key in (first, second))
    assert [one.name for one in sorted(project.paths.corrections.iterdir())] == ["0001", "0002"]


def _killed(*_args: object, **_given: object) -> None:
    raise SystemExit


def _two_ways(package: Path, planet: Planet) -> None:
    crater = planet.craters[0]
    _redraw(package, crater.key, [box(0, 0, 30, 30)])
    with rasterio.open(package / f"mask_{crater.key}.tif") as raster:
        values, profile = raster.read(1), raster.profile
    _write(package / f"mask_{crater.key}.tif", 1 - values, profile)


def _other_values(package: Path, planet: Planet) -> None:
    path = package / f"mask_{planet.craters[0].key}.tif"
    with rasterio.open(path) as raster:
        values, profile = raster.read(1), raster.profile
    _write(path, values * 7, profile)


def _bow_tie(package: Path, planet: Planet) -> None:
    tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    _redraw(package, planet.craters[0].key, [tie])


def _stranger(package: Path, _planet: Planet) -> None:
    note = json.loads((package / NOTE).read_text())
    note["craters"][0]["crater_id"] = 77
    (package / NOTE).write_text(json.dumps(note))


def _no_note(package: Path, _planet: Planet) -> None:
    (package / NOTE).write_text('{"body": 3}')


def _link_out(package: Path, planet: Planet) -> None:
    path = package / f"mask_{planet.craters[0].key}.tif"
    outside = package.parent / "outside.tif"
    path.rename(outside)
    path.symlink_to(outside)


def _description(package: Path, _planet: Planet) -> None:
    (package / POLYGONS).write_text("<OGRVRTDataSource></OGRVRTDataSource>")


def _of_the_earth(package: Path, planet: Planet) -> None:
    path, layer = package / POLYGONS, layer_name(planet.craters[0].key)
    drawn = gpd.GeoDataFrame(geometry=[box(0, 0, 30, 30)], crs="EPSG:4326")
    pyogrio.write_dataframe(drawn, path, layer=layer, append=False, promote_to_multi=True)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(_two_ways, "edited twice", id="two-ways"),
        pytest.param(_other_values, "0 .no ejecta. and 1", id="other-values"),
        pytest.param(_bow_tie, "Fix geometries", id="a-polygon-that-crosses-itself"),
        pytest.param(_description, "no .gpkg", id="a-description-of-other-files"),
        pytest.param(_of_the_earth, "Earth|sphere|ellipsoid", id="another-planet"),
        pytest.param(_stranger, "not in the catalogue", id="a-crater-of-another-project"),
        pytest.param(_no_note, "no note", id="another-note"),
        pytest.param(_link_out, "link", id="a-link-out-of-the-package"),
    ],
)
def test_a_package_that_does_not_fit_is_refused(
    mine: tuple[OpenProject, Path], planet: Planet, spoil, words: str
) -> None:
    """The message names the mistake."""
    project, package = mine
    spoil(package, planet)

    with pytest.raises(SourceError, match=words):
        import_labels(project, package, by="a person")

    assert not project.paths.corrections.exists()


def test_a_label_that_changed_meanwhile_is_not_overwritten(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """Somebody else imported another mask of the crater first."""
    project, package = mine
    _redraw(package, planet.craters[0].key, [box(0, 0, 30, 30)])
    other = planet.truth[planet.craters[1].crater_id]
    path = _label(project, planet.craters[0].key)
    write_mask(path, other, basemap=planet.basemap, center=planet.craters[0].center)

    with pytest.raises(SourceError, match="not the one that was handed out"):
        import_labels(project, package, by="a person")


def _label(project: OpenProject, key: str) -> Path:
    return project.paths.folder / "masks" / f"mask_{key}.tif"


def _redraw(package: Path, key: str, more: list[Polygon]) -> None:
    path, layer = package / POLYGONS, layer_name(key)
    table = pyogrio.read_dataframe(path, layer=layer)
    added = gpd.GeoDataFrame({"crater": ["new"] * len(more)}, geometry=more, crs=table.crs)
    pyogrio.write_dataframe(added, path, layer=layer, append=True, promote_to_multi=True)


def _write(path: Path, values: np.ndarray, profile: Any, *, nodata: float | None = None) -> None:
    path.unlink()
    kept = ("crs", "transform", "dtype", "count", "width", "height")
    stated = {name: profile[name] for name in kept} | {"nodata": nodata}
    with rasterio.open(path, "w", driver="GTiff", **stated) as raster:
        raster.write(values, 1)


def test_an_edit_that_was_saved_under_another_name_is_not_passed_over(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """Also where another mask of the package was edited under its own."""
    project, package = mine
    name = f"mask_{planet.craters[0].key}.tif"
    shutil.copy2(package / name, package / "mask_edited.tif")

    with pytest.raises(SourceError, match=r"has mask_edited\.tif, which it was not made with"):
        import_labels(project, package, by="a person")


def test_a_crater_without_ejecta_is_asked_about(
    mine: tuple[OpenProject, Path], planet: Planet
) -> None:
    """A person may mean it."""
    project, package = mine
    path = package / f"mask_{planet.craters[0].key}.tif"
    with rasterio.open(path) as raster:
        profile, values = raster.profile, raster.read(1)
    _write(path, np.zeros_like(values), profile)

    (change,) = import_labels(project, package, by="a person").note.changes

    assert "has no ejecta now" in change.warning


@pytest.mark.parametrize(("value", "nodata"), [(1, 1), (255, 255)])
def test_a_mask_whose_ejecta_are_nodata_is_not_taken_as_empty(
    mine: tuple[OpenProject, Path], planet: Planet, value: int, nodata: int
) -> None:
    """Programs of pictures write 255 for white, and some declare it as nothing."""
    project, package = mine
    path = package / f"mask_{planet.craters[0].key}.tif"
    with rasterio.open(path) as raster:
        profile, values = raster.profile, raster.read(1)
    _write(path, values * np.uint8(value), profile, nodata=nodata)

    with pytest.raises(SourceError, match=f"no pixel of 1 .* {nodata}, which it states as nodata"):
        import_labels(project, package, by="a person")


def test_a_package_that_could_not_be_imported_is_not_made(tmp_path: Path) -> None:
    """Before anybody draws; with the command that makes a project which takes labels."""
    (tmp_path / "project.yaml").write_text("source: {kind: mercury-quicklook}\n")

    with pytest.raises(SettingsError, match="takes no labels; make one of your own"):
        make_package(OpenProject.at(tmp_path), [], tmp_path / "package")
