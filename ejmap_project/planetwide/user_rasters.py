"""The rasters that ``project.yaml`` names, band by band, and maturity from them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import MOON
from ejmap_geo.patterns.maturity import optical_maturity
from ejmap_geo.rasters.measured_raster import MeasuredBand, measured_bands, read_measured
from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject

MATURITY = "OMAT"
_NANOMETRES = r"^R?{} ?(nm)?( reflectance)?$"


class Field(NamedTuple):
    """A band of a raster, or what is computed from several.

    Attributes:
        raster: Name of the raster in ``project.yaml``.
        band: Name of the band.
        read: Reads it.
    """

    raster: str
    band: str
    read: Callable[[], MeasuredBand]


def fields_of(project: OpenProject) -> list[Field]:
    """Return all bands of all rasters, and the maturity of lunar soil where bands allow.

    Raises:
        SourceError: If a raster cannot be read, or does not lie on the planet; all of them at once.
    """
    fields: list[Field] = []
    wrong: list[str] = []
    for name, stated in project.settings.rasters.items():
        path, body = project.paths.user_file(stated.file), project.settings.planet
        try:
            bands = measured_bands(path, body=body, names=stated.bands)
        except GeoError as error:
            wrong.append(f"rasters.{name}: {error}")
            continue
        readers = [partial(read_measured, path, index=at, body=body) for at in range(len(bands))]
        fields += [Field(name, band, read) for band, read in zip(bands, readers, strict=True)]
        pair = [_index(bands, nm) for nm in (750, 950)]
        if body.name == MOON.name and None not in pair:
            both = [readers[at] for at in pair if at is not None]
            fields.append(Field(name, MATURITY, partial(_maturity, *both)))
    if wrong:
        raise SourceError("; and ".join(wrong))
    return fields


def maturity_words(project: OpenProject, fields: Sequence[Field]) -> str:
    """Return which raster the maturity comes from, or why there is none."""
    found = [field.raster for field in fields if field.band == MATURITY]
    if found:
        return f"{MATURITY} (Lucey et al. 2000) from {', '.join(found)}"
    body = project.settings.planet
    if body.name != MOON.name:
        return f"none: its constants hold for the Moon, and this is {body.name}"
    return (
        "none: no raster names bands of reflectance at 750 and 950 nm; name them, such as "
        "bands: [750 nm, 950 nm]"
    )


def _index(bands: Sequence[str], nm: int) -> int | None:
    wanted = re.compile(_NANOMETRES.format(nm), re.IGNORECASE)
    return next((at for at, band in enumerate(bands) if wanted.match(band)), None)


def _maturity(
    read_750: Callable[[], MeasuredBand], read_950: Callable[[], MeasuredBand]
) -> MeasuredBand:
    red, infrared = read_750(), read_950()
    return replace(red, values=optical_maturity(red.values, infrared.values))
