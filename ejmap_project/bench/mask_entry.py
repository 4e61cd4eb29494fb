"""Anybody's masks as an entry: a folder for each planet and body, a GeoTIFF for each crater."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.bench.entry import Entry, PlanetAnswer
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.digest import content_version
from ejmap_project.errors import SourceError
from ejmap_project.files.azimuthal_mask import read_azimuthal_mask
from ejmap_project.paths import ProjectPaths
from ejmap_project.reference.masks import MaskFunction, mask_of_azimuthal, mask_of_basemap
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import DrawnCrater


@dataclass(frozen=True, slots=True)
class MaskEntry:
    """Masks in ``FOLDER/PLANET/mask_NNNN.tif``, or ``FOLDER/PLANET``, a project that mapped them.

    A mask lies on the pixels of the mosaic (whole or cropped), or is an azimuthal equidistant
    raster about the crater's centre, with pixels of any size.

    Attributes:
        name: How tables call it.
        folder: The folder.
    """

    name: str
    folder: Path

    @property
    def model_version(self) -> None:
        """Masks have no weights."""
        return

    @property
    def members(self) -> Sequence[Entry]:
        """Masks have no members."""
        return ()

    def version(self, scene: str, bands: int) -> str | None:
        """Return a digest of the masks of a planet; None if there is no mask of it."""
        del bands
        paths = self._paths(scene)
        if not paths:
            return None
        return content_version(*(part for key in paths for part in (key, paths[key].read_bytes())))

    def planet_answer(self, scene: BenchPlanet, planet: Planet) -> PlanetAnswer:
        """Read the masks of a planet.

        Raises:
            GeoError: If a mask does not lie where it should.
            SourceError: If a mask is of no crater of the planet.
        """
        craters = {one.key: one for one in planet.craters}
        return PlanetAnswer(
            {
                craters[key].crater_id: _read(path, craters[key], planet.basemap)
                for key, path in self._of(scene.name, craters).items()
            }
        )

    def crater_masks(self, body: str, craters: Sequence[DrawnCrater]) -> Sequence[MaskFunction]:
        """Read the masks of real craters; a crater without one has no ejecta.

        Raises:
            GeoError: If a mask does not lie where it should.
            SourceError: If a mask is of none of the craters.
        """
        _, basemap = reference_mosaic(body_named(body))
        numbered = {one.key: one for one in numbered_craters(craters)}
        paths = self._of(body.lower(), numbered)
        return [_function(paths.get(key), crater, basemap) for key, crater in numbered.items()]

    def _paths(self, scene: str) -> dict[str, Path]:
        folder = self.folder / scene.lower()
        project = ProjectPaths(folder)
        if project.settings.is_file():
            made = sorted(folder.glob(str(project.basemap_mask("*").relative_to(folder))))
            return {path.parent.name: path for path in made}
        found = sorted(folder.glob("mask_*.tif"))
        return {path.stem.removeprefix("mask_"): path for path in found}

    def _of(self, scene: str, craters: Mapping[str, Crater]) -> dict[str, Path]:
        paths = self._paths(scene)
        strangers = sorted(set(paths) - set(craters))
        if strangers:
            raise SourceError(
                f"{paths[strangers[0]]} is the mask of no crater of {scene}; name masks "
                "mask_NNNN.tif by the crater_id, with four digits, in its table of craters"
            )
        return paths


def numbered_craters(craters: Sequence[DrawnCrater]) -> list[Crater]:
    """Return real craters of a body with their ids in the bench: from 1 on, in their order."""
    return [
        Crater(
            crater_id=number,
            name=one.crater.name,
            center=one.crater.center,
            radius_m=one.crater.radius_m,
        )
        for number, one in enumerate(craters, start=1)
    ]


def mask_entry(name: str, folder: Path, bench: BenchSet) -> MaskEntry:
    """Return a folder as an entry.

    Raises:
        SourceError: If it holds no mask of any planet of the bench.
    """
    entry = MaskEntry(name, folder)
    scenes = [*(one.name for one in bench.planets), *(body.lower() for body in bench.bodies)]
    if all(entry.version(scene, 1) is None for scene in scenes):
        raise SourceError(
            f"{folder} is no project, holds no model bundles and no masks of the bench; put masks "
            f"into {folder}/{scenes[0]}/mask_0001.tif and so on, as `ejmap bench write` says"
        )
    return entry


def _read(path: Path, crater: Crater, basemap: BasemapGrid) -> PlacedMask:
    azimuthal = read_azimuthal_mask(path, body=basemap.body, crater=crater)
    if azimuthal is None:
        return read_mask_on(path, basemap)
    mask, grid = azimuthal
    return mask_to_basemap(mask, azimuthal=grid, basemap=basemap)


def _function(path: Path | None, crater: Crater, basemap: BasemapGrid) -> MaskFunction:
    full = np.zeros(basemap.shape, np.bool_)
    if path is not None:
        azimuthal = read_azimuthal_mask(path, body=basemap.body, crater=crater)
        if azimuthal is not None:
            return mask_of_azimuthal(*azimuthal)
        read_mask_on(path, basemap).paste_into(full)
    return mask_of_basemap(full, basemap, center=crater.center)
