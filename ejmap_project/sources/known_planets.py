"""The planets that models learn from, one in memory at a time."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.basemap import read_project_basemap
from ejmap_project.errors import SourceError
from ejmap_project.files.planet_files import read_planet
from ejmap_project.models.seen_bands import learned_bands
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.training import OwnMasks, SyntheticTraining

# The planet that is mapped, among those that models learn from.
OWN_PLANET = "own"


class NamedPlanet(NamedTuple):
    """A planet with a name that is unique among those of a project."""

    name: str
    planet: Planet


def known_planets(project: OpenProject) -> Iterator[NamedPlanet]:
    """Yield the planets that models learn from; the project's own one with its labelled craters.

    None where the project does not say what models learn from.

    Raises:
        GeoError: If a file is missing or was changed by hand.
        SourceError: If the project has no mask to learn from, and its source may not lack them.
    """
    match project.settings.training:
        case SyntheticTraining(seeds=seeds):
            for seed in seeds:
                folder = project.paths.training_planet(seed)
                yield NamedPlanet(
                    f"planet_{seed}", read_planet(folder, body=project.settings.planet)
                )
        case OwnMasks():
            own = own_planet(project)
            if own is not None:
                yield own
            elif not project.settings.source.traits.may_be_partial:
                raise SourceError(
                    "no crater has a manual mask to learn from; set source.masks, or train on "
                    "synthetic planets"
                )
        case None:
            return


def ejecta_around(
    truth: PlacedMask, *, basemap: BasemapGrid, azimuthal: AzimuthalGrid
) -> NDArray[np.bool_]:
    """Return known ejecta on the raster around a crater, ``(rows, cols)``."""
    full = np.zeros(basemap.shape, np.bool_)
    truth.paste_into(full)
    return to_azimuthal(full[None], basemap=basemap, azimuthal=azimuthal)[0]


def own_planet(project: OpenProject) -> NamedPlanet | None:
    """Return the planet that is mapped as models see it; None when no crater is labelled.

    Raises:
        GeoError: If a file is missing or was changed by hand.
    """
    basemap = read_project_basemap(project)
    craters = project.craters()
    paths = {key: project.paths.manual_mask(key) for key in craters}
    labelled = {key: path for key, path in paths.items() if path.is_file()}
    if not labelled:
        return None
    truth = {
        craters[key].crater_id: read_mask_on(path, basemap.grid) for key, path in labelled.items()
    }
    return NamedPlanet(
        OWN_PLANET,
        Planet(
            raster=learned_bands(project).of(basemap.raster),
            basemap=basemap.grid,
            craters=tuple(craters[key] for key in labelled),
            truth=truth,
        ),
    )
