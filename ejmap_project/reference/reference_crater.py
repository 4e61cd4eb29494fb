"""Craters of the reference set, and the part of the set that each belongs to."""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources import as_file
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import Body, body_named
from ejmap_geo.grids.coords import LonLat, checked
from ejmap_geo.tables.text_table import read_text_table
from ejmap_project.errors import SourceError

CRATERS = "craters.csv"
COLUMNS = ("body", "name", "lat_deg", "lon_deg", "diameter_km")

# A part may train, one decides (gates and choices), one is reported, once, at the end.
Part = Literal["train", "decide", "report"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCrater:
    """A crater about which drawings count ranges and azimuths.

    Attributes:
        body: The planet.
        name: Name, unique on its body.
        center: Centre of the rim.
        radius_m: Rim radius in metres.
    """

    body: Body
    name: str
    center: LonLat
    radius_m: float

    @property
    def rim_rad(self) -> float:
        """Rim radius as an angle at the planet's centre."""
        return self.radius_m / self.body.radius_m

    @property
    def rim_deg(self) -> float:
        """Rim radius in degrees of arc."""
        return math.degrees(self.rim_rad)

    @property
    def part(self) -> Part:
        """The part it belongs to, by its name alone: see :func:`part_of`."""
        return part_of(self.body.name, self.name)

    def as_crater(self) -> Crater:
        """Return it as a crater of a catalogue, without an id of its own."""
        return Crater(crater_id=0, name=self.name, center=self.center, radius_m=self.radius_m)


def part_of(body: str, name: str) -> Part:
    """Return the part of the set that a crater belongs to.

    The remainder of SHA-256 of ``body/name`` (UTF-8, a big-endian number) by 3: 0 trains, 1
    decides, 2 is reported. This was written down before any model was scored on the set, so nobody
    could choose.
    """
    digest = hashlib.sha256(f"{body}/{name}".encode()).hexdigest()
    return PARTS[int(digest, 16) % len(PARTS)]


def packaged(name: str) -> bytes:
    """Return the content of a file that comes with the reference set."""
    return resources.files("ejmap_project.reference").joinpath(name).read_bytes()


def read_packaged(name: str, reader: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
    """Read a table that comes with the reference set."""
    with as_file(resources.files("ejmap_project.reference").joinpath(name)) as path:
        return reader(path)


def reference_craters(path: Path | None = None) -> dict[tuple[str, str], ReferenceCrater]:
    """Return craters by body and name.

    Args:
        path: A table of the columns :data:`COLUMNS`, for craters that somebody drew; None reads the
            packaged one.

    Raises:
        SourceError: If the table is not such a table; the sentence names the row.
    """
    table = read_packaged(CRATERS, _read) if path is None else _read(path)
    named = CRATERS if path is None else str(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise SourceError(f"{named} has no column {missing[0]}; it needs {','.join(COLUMNS)}")
    craters: dict[tuple[str, str], ReferenceCrater] = {}
    for number, row in enumerate(table[list(COLUMNS)].to_dict("records"), start=1):
        try:
            one = _crater(row)
        except (GeoError, ValueError) as error:
            raise SourceError(f"{named}, row {number}: {error}") from error
        if (one.body.name, one.name) in craters:
            raise SourceError(f"{named}, row {number}: {one.name} stands there twice; remove one")
        craters[one.body.name, one.name] = one
    return craters


def _read(path: Path) -> pd.DataFrame:
    return read_text_table(path, what="table of reference craters", error=SourceError)[0]


def _crater(row: Mapping[Any, Any]) -> ReferenceCrater:
    lon_deg, lat_deg, diameter_km = (
        float(str(row[name])) for name in ("lon_deg", "lat_deg", "diameter_km")
    )
    if not diameter_km > 0:
        raise ValueError(f"diameter_km must be positive, got {diameter_km}; correct it")
    return ReferenceCrater(
        body=body_named(str(row["body"])),
        name=str(row["name"]),
        center=checked(LonLat(lon_deg, lat_deg)),
        radius_m=500.0 * diameter_km,
    )
