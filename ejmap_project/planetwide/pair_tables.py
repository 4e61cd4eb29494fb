"""Tables of pairs of craters whose ejecta overlap."""

from functools import partial

import pandera.pandas as pa

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID

_crater_id = partial(pa.Field, ge=0, le=LARGEST_CRATER_ID)
_share = partial(pa.Field, gt=0, le=1)


class OverlapTable(pa.DataFrameModel):
    """Pairs of craters that claim common ground, one row a pair."""

    class Config(pa.DataFrameModel.Config):
        """A map without overlaps has no rows."""

        coerce = True
        unique = ["crater_id", "other_id"]  # noqa: RUF012, pandera reads a plain list

    crater_id: int = _crater_id(description="Number of the crater with the lower number.")
    other_id: int = _crater_id(description="Number of the other crater.")
    crater: str = pa.Field(description="Name of the crater, or number where it has none.")
    other: str = pa.Field(description="Name of the other crater, or number.")
    shared_km2: float = pa.Field(
        gt=0, description="Area that both claim, on the sphere, square kilometres."
    )
    share_of_crater: float = _share(description="Shared area over the ejecta of the crater.")
    share_of_other: float = _share(description="Shared area over the ejecta of the other.")


class SuperpositionTable(pa.DataFrameModel):
    """Which of two craters with common ground struck later, one row a pair; no cycles."""

    class Config(pa.DataFrameModel.Config):
        """A map without overlaps has no rows."""

        coerce = True
        unique = ["younger_id", "older_id"]  # noqa: RUF012, pandera reads a plain list

    younger_id: int = _crater_id(description="Number of the crater that more likely struck later.")
    older_id: int = _crater_id(description="Number of the other crater.")
    younger: str = pa.Field(description="Name of the younger crater, or number.")
    older: str = pa.Field(description="Name of the older crater, or number.")
    probability: float = pa.Field(
        ge=0.5, le=1, description="Probability of this order; 0.5 if nothing is known."
    )
    is_answered: bool = pa.Field(description="Whether the order is probable enough to be told.")
    shared_km2: float = pa.Field(
        gt=0, description="Area that both claim, on the sphere, square kilometres."
    )
