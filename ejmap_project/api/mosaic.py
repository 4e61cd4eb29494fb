"""A mosaic of a planet, its craters, and the mosaic around one of them."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.errors import BodyError, CatalogueError
from ejmap_geo.grids.body import Body, body_named
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.plain_text import called
from ejmap_geo.rasters.raster import read_basemap
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_ml.config.bands import Bands, bands_named, count_of
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.errors import SettingsError
from ejmap_project.intake.told_bands import told_bands


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mosaic:
    """A mosaic of a whole planet.

    Attributes:
        raster: ``(band, rows, cols)``, uint8, 0 in all bands where nothing was imaged.
        grid: Where its pixels lie: equidistant cylindrical, -180 to 180, north up.
        bands: What the bands mean: ``grey``, ``rgb``, ``mercury-enhanced``, or their names.
    """

    raster: NDArray[np.uint8] = field(repr=False)
    grid: BasemapGrid
    bands: Bands

    @classmethod
    def read(
        cls,
        path: Path | str,
        *,
        body: str,
        bands: str | None = None,
        value_range: tuple[float, float] | None = None,
        pad: bool = False,
    ) -> Self:
        """Read a mosaic from a raster file and check it, as ``ejmap new`` does.

        Args:
            path: Raster in simple cylindrical projection or in plain longitude and latitude.
            body: The planet, such as ``"Mercury"`` or ``"Moon"``.
            bands: What the bands mean; None asks the file.
            value_range: Values that are black and white, unless the raster is 8-bit.
            pad: Whether the mosaic may cover a part of the planet.

        Raises:
            BodyError: If the planet is not known.
            CrsError: If the CRS is missing, another planet's or not cylindrical.
            RasterError: If the file is no mosaic of a planet.
            SettingsError: If nobody tells what its bands mean.
        """
        planet, file = body_named(body), Path(path)
        try:
            meaning = told_bands(file, body=planet) if bands is None else bands_named(bands)
        except ValueError as error:
            raise SettingsError(f"bands {error}") from error
        raster, grid = read_basemap(
            file, body=planet, bands=count_of(meaning), value_range=value_range, pad=pad
        )
        return cls(raster=raster, grid=grid, bands=meaning)

    def around(self, crater: Crater) -> "CraterView":
        """Return the mosaic around a crater, as far as ejecta are looked for.

        Raises:
            BodyError: If the crater was read as one of another planet.
        """
        if isinstance(crater, CraterOfBody) and crater.body != self.grid.body:
            raise BodyError(
                f"{crater.label} was read as a crater of {crater.body.name}, and the mosaic as one "
                f"of {self.grid.body.name}; read both with the same body"
            )
        grid = azimuthal_grid(crater, self.grid)
        raster = to_azimuthal(self.raster, basemap=self.grid, azimuthal=grid)
        return CraterView(mosaic=self, crater=crater, raster=raster, grid=grid)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CraterView:
    """A crater and the mosaic around it.

    Attributes:
        mosaic: The mosaic of the planet.
        crater: The crater in the centre.
        raster: ``(band, rows, cols)``, uint8, as seen from straight above.
        grid: Where its pixels lie: azimuthal equidistant about the crater, north up.
    """

    mosaic: Mosaic
    crater: Crater
    raster: NDArray[np.uint8] = field(repr=False)
    grid: AzimuthalGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterOfBody(Crater):
    """A crater of a table, whose planet is known.

    Attributes:
        body: The planet.
    """

    body: Body


class Craters:
    """The craters of a table: one after another, or by name or number.

    Args:
        craters: The craters.
    """

    def __init__(self, craters: Iterable[Crater]) -> None:
        self._by_key = {crater.key: crater for crater in craters}

    @classmethod
    def read(
        cls,
        path: Path | str,
        *,
        body: str,
        west_positive: bool = False,
        columns: Mapping[str, str] | None = None,
    ) -> Self:
        """Read a crater table and check it, as ``ejmap new`` does.

        Args:
            path: ``.csv``, ``.gpkg``, ``.shp`` or ``.parquet``.
            body: The planet, such as ``"Mercury"`` or ``"Moon"``.
            west_positive: Whether the column ``lon_deg`` grows to the west.
            columns: Columns of the table by those of EJMAP, such as ``{"radius_m": "R_km*1000"}``.

        Raises:
            BodyError: If the planet is not known.
            CrsError: If geometries have no CRS or another planet's.
            CatalogueError: If the table is empty, incomplete, ambiguous or in the wrong units.
        """
        planet = body_named(body)
        catalogue = read_catalogue(
            Path(path), body=planet, west_positive=west_positive, columns=columns
        )
        return cls(
            CraterOfBody(
                **{one.name: getattr(crater, one.name) for one in fields(crater)}, body=planet
            )
            for crater in craters_of(catalogue)
        )

    def __getitem__(self, name: str) -> Crater:
        """Return a crater by its name or its number, such as ``"Hokusai"`` or ``"0003"``.

        Raises:
            CatalogueError: If there is none, or several have the name.
        """
        if name in self._by_key:
            return self._by_key[name]
        craters = list(self)
        found = [craters[at] for at in called(name, [one.name for one in craters])]
        if len(found) == 1:
            return found[0]
        if found:
            keys = ", ".join(one.key for one in found)
            raise CatalogueError(f"several craters are called {name}; ask by number: {keys}")
        names = [one.name for one in self if one.name] or list(self._by_key)
        close = difflib.get_close_matches(name, names, n=3, cutoff=0.6) or names[:3]
        raise CatalogueError(
            f"there is no crater {name!r} among {len(self)}; ask for another one, such as "
            f"{', '.join(close)}"
        )

    def __iter__(self) -> Iterator[Crater]:
        """Yield the craters in the order of their numbers."""
        return iter(self._by_key.values())

    def __len__(self) -> int:
        """Return the number of craters."""
        return len(self._by_key)
