"""The table of pairs of craters whose ejecta overlap."""

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
