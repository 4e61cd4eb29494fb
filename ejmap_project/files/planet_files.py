"""A planet with known ejecta as a folder: mosaic, crater table and one mask a labelled crater."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import catalogue_from, craters_of, read_catalogue, write_catalogue
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_basemap, read_mask_on, write_cog
from ejmap_geo.synthetic.planet import Planet
from ejmap_geo.whole_file import whole_folder, write_text
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.paths import ProjectPaths, mask_name

IMPACT_ORDER = "impact_order.json"


def mosaic_files(paths: ProjectPaths) -> tuple[Path, ...]:
    """Return the mosaic of a project, and the folder of the synthetic planet that it is of."""
    planet = paths.synthetic_planet
    return (paths.basemap_mosaic, *((planet,) if planet.is_dir() else ()))


def write_planet(folder: Path, planet: Planet) -> None:
    """Write a planet in the place of another one; :func:`read_planet` gives an equal one back."""
    body = planet.basemap.body
    with whole_folder(folder) as unfinished:
        write_cog(unfinished / "mosaic.tif", planet.raster, grid=planet.basemap, nodata=0)
        write_catalogue(catalogue_from(planet.craters, body), unfinished / "craters.parquet")
        write_text(unfinished / IMPACT_ORDER, json.dumps(planet.impact_order))
        for crater in planet.craters:
            if crater.crater_id in planet.truth:
                write_mask(
                    unfinished / "masks" / mask_name(crater.key),
                    planet.truth[crater.crater_id],
                    basemap=planet.basemap,
                    center=crater.center,
                )


def read_planet(folder: Path, *, body: Body) -> Planet:
    """Read what :func:`write_planet` wrote.

    Raises:
        GeoError: If a file is missing or does not fit the others.
    """
    raster, basemap = read_planet_mosaic(folder, body=body)
    craters = tuple(craters_of(read_catalogue(folder / "craters.parquet", body=body)))
    truth = {
        crater.crater_id: read_mask_on(folder / "masks" / mask_name(crater.key), basemap)
        for crater in craters
        if crater.labelled
    }
    return Planet(
        raster=raster,
        basemap=basemap,
        craters=craters,
        truth=truth,
        impact_order=read_impact_order(folder),
    )


def read_impact_order(folder: Path) -> tuple[int, ...]:
    """Read the ids of a planet's craters from the first impact to the last; none if unknown.

    Raises:
        StepError: If the file was changed by hand.
    """
    path = folder / IMPACT_ORDER
    if not path.is_file():
        return ()
    try:
        return tuple(int(crater_id) for crater_id in json.loads(path.read_bytes()))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise StepError(f"{path} is no list of crater ids; delete the planet's folder") from error


def read_planet_mosaic(folder: Path, *, body: Body) -> tuple[NDArray[np.uint8], BasemapGrid]:
    """Read the mosaic alone of what :func:`write_planet` wrote, and its grid.

    Raises:
        GeoError: If the file is missing or was changed by hand.
    """
    return read_basemap(folder / "mosaic.tif", body=body)


def planet_version(planet: Planet) -> str:
    """Return a digest of a planet's pixels, craters and masks."""
    masks = [part for crater_id in sorted(planet.truth) for part in _parts(planet.truth[crater_id])]
    return content_version(planet.raster, repr(planet.craters), *masks)


def ejecta_of(planet: Planet) -> np.ndarray:
    """Return where a planet has ejecta of any crater, ``(rows, cols)`` bool."""
    full = np.zeros(planet.basemap.shape, np.bool_)
    for mask in planet.truth.values():
        mask.paste_into(full)
    return full


def _parts(placed: PlacedMask) -> tuple[str, np.ndarray]:
    return str(placed.window), placed.mask
