"""Craters: where they are, how large, and how far their ejecta are looked for."""

import math
from dataclasses import dataclass

from ejmap_geo.body import Body
from ejmap_geo.coords import LonLat, checked
from ejmap_geo.errors import CatalogueError, GridError

# Rays of the largest systems on Mercury end near 80 radii; a crater may carry its own reach.
DEFAULT_REACH_RADII = 80.0

# Label maps are uint16 rasters in which 65534 means "several craters" and 65535 "none".
LARGEST_CRATER_ID = 65_533


@dataclass(frozen=True, slots=True, kw_only=True)
class Crater:
    """A crater whose ejecta are mapped.

    Attributes:
        crater_id: Number from 0 to 65533 that no other crater of the catalogue has.
        name: Name, possibly empty.
        center: Centre of the rim; the longitude is brought to [-180, 180).
        radius_m: Rim radius in metres.
        labelled: Whether a person (or the generator of a synthetic planet) mapped its ejecta.
        reach_m: Great-circle distance up to which ejecta are looked for; None takes the default.
    """

    crater_id: int
    name: str
    center: LonLat
    radius_m: float
    labelled: bool = False
    reach_m: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.crater_id <= LARGEST_CRATER_ID:
            raise CatalogueError(
                f"crater ids must lie in 0..{LARGEST_CRATER_ID}, got {self.crater_id}"
            )
        if not (math.isfinite(self.radius_m) and self.radius_m > 0):
            raise CatalogueError(
                f"radius of crater {self.crater_id} must be positive metres, got {self.radius_m}"
            )
        if self.reach_m is not None and not self.reach_m > self.radius_m:
            raise CatalogueError(
                f"reach of crater {self.crater_id} must exceed its radius of {self.radius_m} m, "
                f"got {self.reach_m}"
            )
        try:
            center = checked(self.center)
        except GridError as error:
            raise CatalogueError(f"crater {self.crater_id}: {error}") from error
        object.__setattr__(self, "center", center)

    @property
    def key(self) -> str:
        """The id with at least four digits, as partitions and file names carry it."""
        return f"{self.crater_id:04d}"

    def reach(self, body: Body) -> float:
        """Return the distance in metres up to which ejecta are looked for on ``body``."""
        wanted_m = self.reach_m or DEFAULT_REACH_RADII * self.radius_m
        return min(wanted_m, body.half_circumference_m)
