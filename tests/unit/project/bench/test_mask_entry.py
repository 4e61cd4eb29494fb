"""Anybody's masks take part: on the pixels of the mosaic, or about the crater."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.bench.mask_entry import MaskEntry, mask_entry, numbered_craters
from ejmap_project.bench.planets import BenchSet
from ejmap_project.bench.scores import planet_scores
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.paths import ProjectPaths
from ejmap_project.reference.reference_mosaics import reference_mosaic


def _write(folder: Path, planet: Planet, *, name: str = "mask_{}.tif") -> None:
    for crater in planet.craters:
        write_mask(
            folder / name.format(crater.key),
            planet.truth[crater.crater_id],
            basemap=planet.basemap,
            center=crater.center,
        )


def _azimuthal(planet: Planet, *, lon_deg: float = 0.0) -> tuple[np.ndarray, AzimuthalGrid]:
    crater = planet.craters[0]
    center = crater.center._replace(lon_deg=crater.center.lon_deg + lon_deg)
    grid = AzimuthalGrid.reaching(
        planet.basemap.body,
        center=center,
        resolution_m=planet.basemap.resolution_m / 4,
        reach_m=planet.basemap.body.half_circumference_m,
    )
    return (
        mask_to_azimuthal(planet.truth[crater.crater_id], basemap=planet.basemap, azimuthal=grid),
        grid,
    )


def test_masks_on_the_mosaic_are_read(bench: BenchSet, grey: Planet, tmp_path: Path) -> None:
    """The truth as files scores 1."""
    _write(tmp_path / "grey_1", grey)

    answer = mask_entry("truth", tmp_path, bench).planet_answer(bench.planets[0], grey)

    assert planet_scores(answer.masks, grey)["pixel_f1"] == 1


def test_a_project_is_a_folder_of_masks(bench: BenchSet, grey: Planet, tmp_path: Path) -> None:
    """Those that it mapped, wherever they lie in it."""
    paths = ProjectPaths(tmp_path / "grey_1")
    for crater in grey.craters:
        _write(paths.crater(crater.key), grey, name="basemap_mask.tif")
    paths.settings.write_text("", encoding="utf-8")

    answer = mask_entry("mine", tmp_path, bench).planet_answer(bench.planets[0], grey)

    assert sorted(answer.masks) == [one.crater_id for one in grey.craters]


def test_a_mask_about_the_crater_is_placed(bench: BenchSet, grey: Planet, tmp_path: Path) -> None:
    """With pixels of a quarter of the size it comes back but for rounding at its edge."""
    mask, grid = _azimuthal(grey)
    write_cog(tmp_path / "grey_1" / "mask_0001.tif", mask, grid=grid)

    answer = mask_entry("one", tmp_path, bench).planet_answer(bench.planets[0], grey)

    only = Planet(
        raster=grey.raster, basemap=grey.basemap, craters=grey.craters[:1], truth=grey.truth
    )
    assert planet_scores(answer.masks, only)["pixel_f1"] > 0.95


def test_a_mask_about_another_place_is_refused(
    bench: BenchSet, grey: Planet, tmp_path: Path
) -> None:
    """The sentence says where its middle has to be."""
    mask, grid = _azimuthal(grey, lon_deg=1.0)
    write_cog(tmp_path / "grey_1" / "mask_0001.tif", mask, grid=grid)

    with pytest.raises(RasterError, match="a square about crater 1"):
        mask_entry("one", tmp_path, bench).planet_answer(bench.planets[0], grey)


def test_a_mask_of_other_numbers_is_refused(bench: BenchSet, grey: Planet, tmp_path: Path) -> None:
    """Ejecta written as 255 about the crater would count as none."""
    mask, grid = _azimuthal(grey)
    write_cog(tmp_path / "grey_1" / "mask_0001.tif", mask * np.uint8(255), grid=grid)

    with pytest.raises(RasterError, match=r"must hold 0 .* and 1 .* only, found 0, 255"):
        mask_entry("one", tmp_path, bench).planet_answer(bench.planets[0], grey)


def test_a_meridian_has_two_numbers(bench: BenchSet, tmp_path: Path) -> None:
    """A projection about 200 degrees east is about 160 degrees west."""
    (fonteyn,) = bench.craters_of("Mercury")
    crater = numbered_craters([fonteyn])[0]
    grid = AzimuthalGrid.reaching(
        fonteyn.crater.body, center=crater.center, resolution_m=5_000, reach_m=600_000
    )
    path = tmp_path / "a" / "mercury" / "mask_0001.tif"
    path.parent.mkdir(parents=True)
    lon_deg, lat_deg = crater.center.lon_deg + 360, crater.center.lat_deg
    around = f"+proj=aeqd +lat_0={lat_deg} +lon_0={lon_deg} +R={grid.body.radius_m} +units=m"
    height, width = grid.shape
    with rasterio.open(
        path, "w", count=1, height=height, width=width, dtype="uint8", crs=around,
        transform=grid.transform,
    ) as raster:  # fmt: skip
        raster.write(np.ones(grid.shape, np.uint8), 1)

    mask = MaskEntry("a", tmp_path / "a").crater_masks("Mercury", [fonteyn])[0]

    assert mask(np.array([0.01, 0.2, 1.0]), np.zeros(3)).tolist() == [True, True, False]


def test_a_mask_of_no_crater_is_refused(bench: BenchSet, grey: Planet, tmp_path: Path) -> None:
    """Instead of being left out."""
    _write(tmp_path / "grey_1", grey)
    (tmp_path / "grey_1" / "mask_0001.tif").rename(tmp_path / "grey_1" / "mask_0099.tif")

    with pytest.raises(SourceError, match="the mask of no crater of grey_1"):
        MaskEntry("one", tmp_path).planet_answer(bench.planets[0], grey)


def test_a_folder_without_masks_is_refused(bench: BenchSet, tmp_path: Path) -> None:
    """The sentence says where masks are looked for."""
    with pytest.raises(SourceError, match=r"no masks of the bench; put masks into .*grey_1"):
        mask_entry("nothing", tmp_path, bench)


def test_masks_of_real_craters_are_numbered_by_their_table(bench: BenchSet, tmp_path: Path) -> None:
    """A mask about the crater, and one on the mosaic, which holds everything."""
    (fonteyn,) = bench.craters_of("Mercury")
    _, basemap = reference_mosaic(fonteyn.crater.body)
    crater = numbered_craters([fonteyn])[0]
    grid = AzimuthalGrid.reaching(
        basemap.body, center=crater.center, resolution_m=5_000, reach_m=600_000
    )
    write_cog(tmp_path / "a" / "mercury" / "mask_0001.tif", np.ones(grid.shape, bool), grid=grid)
    write_cog(
        tmp_path / "b" / "mercury" / "mask_0001.tif", np.ones(basemap.shape, bool), grid=basemap
    )

    ranges, azimuths = np.array([0.01, 0.2, 1.0]), np.zeros(3)
    about, everywhere = (
        MaskEntry(name, tmp_path / name).crater_masks("Mercury", [fonteyn])[0](ranges, azimuths)
        for name in "ab"
    )
    assert about.tolist() == [True, True, False]
    assert everywhere.tolist() == [True, True, True]
    assert MaskEntry("a", tmp_path / "a").version("moon", 1) is None
