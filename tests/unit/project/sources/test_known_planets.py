"""The planets that models learn from follow from the training that the settings name."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.planet_files import write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.known_planets import ejecta_around, known_planets, own_planet

BASEMAP = BasemapGrid(body=MERCURY, width_px=128)
CRATERS = [
    Crater(crater_id=number, name="", center=LonLat(lon_deg, 0.0), radius_m=60_000.0)
    for number, lon_deg in ((3, -60.0), (8, 70.0))
]
FILES = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"}
OWN_MASKS = {"kind": "own-masks"}


def _square(crater: Crater) -> PlacedMask:
    """Return a mask of four pixels about a crater on the equator."""
    col = int(BASEMAP.position(crater.center).col)
    window = Window(row=31, col=col - 1, height=2, width=2)
    return PlacedMask.in_window(np.ones((2, 2), np.bool_), window=window, basemap=BASEMAP)


def _write(project: OpenProject, *, masked: list[Crater]) -> None:
    paths = project.paths
    write_cog(paths.basemap_mosaic, np.full((1, *BASEMAP.shape), 9, np.uint8), grid=BASEMAP)
    write_catalogue(catalogue_from(CRATERS, MERCURY), paths.crater_catalogue)
    for crater in masked:
        path = paths.manual_mask(crater.key)
        write_mask(path, _square(crater), basemap=BASEMAP, center=crater.center)


def test_synthetic_training_planets_are_named_by_their_seed(open_project) -> None:
    """In the order of the settings; the mapped planet is not among them."""
    training = {"kind": "synthetic", "seeds": [4, 2], "width_px": 128, "craters": 1}
    project = open_project({"kind": "synthetic", "seed": 7}, training=training)
    config = PlanetConfig(width_px=128, craters=1, old_craters=5, bright_spots=2)
    made = {seed: make_planet(config, seed=seed) for seed in (2, 4)}
    for seed, planet in made.items():
        write_planet(project.paths.training_planet(seed), planet)

    planets = dict(known_planets(project))

    assert list(planets) == ["planet_4", "planet_2"]
    for seed, planet in made.items():
        np.testing.assert_array_equal(planets[f"planet_{seed}"].raster, planet.raster)


def test_own_masks_make_the_mapped_planet_one_to_learn_from(open_project) -> None:
    """With the craters that have a mask, and no other."""
    project = open_project(FILES, training=OWN_MASKS)
    _write(project, masked=CRATERS[1:])

    ((name, planet),) = known_planets(project)

    assert name == "own"
    assert [crater.crater_id for crater in planet.craters] == [8]
    assert {one: mask.area_px for one, mask in planet.truth.items()} == {8: 4}


def test_files_without_a_single_mask_cannot_train(open_project) -> None:
    """The message names both ways out."""
    project = open_project(FILES, training=OWN_MASKS)
    _write(project, masked=[])

    with pytest.raises(SourceError, match=r"no crater has a manual mask.*set source\.masks, or"):
        list(known_planets(project))


def test_a_published_folder_may_hold_no_masks(open_project, tmp_path: Path) -> None:
    """Its weights map craters; nothing is trained."""
    folder = {"kind": "ejmap-folder", "folder": str(tmp_path)}
    project = open_project(folder, training=OWN_MASKS)
    _write(project, masked=[])

    assert list(known_planets(project)) == []
    assert own_planet(project) is None


def test_known_ejecta_lie_about_the_middle_of_the_craters_raster() -> None:
    """Four pixels of the mosaic about the crater are about four in the middle of its raster."""
    crater = CRATERS[0]
    azimuthal = azimuthal_grid(crater, BASEMAP)

    ejecta = ejecta_around(_square(crater), basemap=BASEMAP, azimuthal=azimuthal)

    assert ejecta.shape == azimuthal.shape
    middle = azimuthal.half_size_px
    rows, cols = np.nonzero(ejecta)
    assert 2 <= rows.size <= 6
    assert (np.abs(rows + 0.5 - middle) < 2).all()
    assert (np.abs(cols + 0.5 - middle) < 2).all()


def test_a_model_that_reads_grey_learns_from_grey_of_own_bands(open_project) -> None:
    """Where ready_grey is tuned: .2126 x 10 + .7152 x 250 + .0722 x 30 = 183.1."""
    models = {"ejseg": "ready_grey", "candidate": "ready_grey_tuned"}
    project = open_project(FILES, training=OWN_MASKS, bands="rgb", models=models)
    _write(project, masked=CRATERS[:1])
    levels = np.array([10, 250, 30], np.uint8)[:, None, None]
    raster = np.broadcast_to(levels, (3, *BASEMAP.shape))
    write_cog(project.paths.basemap_mosaic, raster, grid=BASEMAP)

    own = own_planet(project)

    assert own is not None
    assert own.planet.raster.shape == (1, *BASEMAP.shape)
    assert set(own.planet.raster.flat) == {183}
