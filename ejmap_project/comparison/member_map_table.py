"""The table of scores of maps that members make: the published twenty, a row a map."""

from functools import partial
from typing import cast

import pandera.pandas as pa

from ejmap_project.scoring.tile_counts import PLACES, score_column
from ejmap_project.scoring.tile_scoring import PIXEL, SCORES, TEST, TILE, TVT

SCOPE_WORDS = {TVT: "all labelled tiles that its split uses", TEST: "its test tiles"}
LEVEL_WORDS = {PIXEL: "pixels", TILE: "tiles"}

_share = partial(pa.Field, ge=0, le=1, nullable=True)


class _Places(pa.DataFrameModel):
    """Scores in labelled tiles of the maps of single members, and of stated variants."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened; a project without members has no rows."""

        coerce = True

    map: str = pa.Field(description="Name of a stated variant; empty for the map of one member.")
    version: str = pa.Field(description="Version of EJSEG.")
    split: pa.Int64 = pa.Field(
        ge=0, nullable=True, description="Split whose test tiles its members never saw."
    )
    iteration: pa.Int64 = pa.Field(
        ge=0, nullable=True, description="Number of the member; empty for variants."
    )
    members: int = pa.Field(ge=1, description="Members that make the map together.")
    connections: str = pa.Field(
        description="Tiles that a tile EJSEG predicts: connected as the project says, connections "
        "ignored, or version and split of published connections."
    )


def _schema() -> type[pa.DataFrameModel]:
    columns = {
        score_column(scope, level, score): _share(
            description=f"{score} of {LEVEL_WORDS[level]} in {SCOPE_WORDS[scope]}."
        )
        for scope, level in PLACES
        for score in SCORES
    }
    body = {
        "__doc__": _Places.__doc__,
        "__module__": __name__,
        "__annotations__": dict.fromkeys(columns, float),
    }
    return cast("type[pa.DataFrameModel]", type("MemberMapTable", (_Places,), {**body, **columns}))


MemberMapTable = _schema()
