"""The table of agreement with whole manual maps, and the published tables that follow from it."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.scores.crater_agreement import QUARTERS

WHOLE, TILES = "whole", "labelled tiles"
MANUAL_BLANKET, MAPPED_BLANKET = "manual blanket", "mapped blanket"
DECILES = tuple(f"decile {number}" for number in range(1, 11))
DISCS = (MANUAL_BLANKET, MAPPED_BLANKET, *DECILES)
PARTS = (WHOLE, TILES, *QUARTERS, *DISCS)
SCORES = ("precision", "recall", "f1")

_share = partial(pa.Field, ge=0, le=1, nullable=True)


class ManualComparisonTable(pa.DataFrameModel):
    """Agreement of the mask of each crater with its whole manual map, part by part."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened; a project without manual maps has no rows."""

        coerce = True
        unique = ["crater_id", "part"]  # noqa: RUF012 - as pandera declares it

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater.")
    crater: str = pa.Field(description="Name, or number where it has none.")
    part: str = pa.Field(
        isin=list(PARTS),
        description="The whole masks; quarters with north up; discs up to the edge of a blanket or "
        "within which a tenth, two tenths ... of the manual ejecta lie; labelled tiles, in which "
        "the manual mask of the tiles is compared with the whole map.",
    )
    is_independent: bool = pa.Field(
        description="Whether the whole map was drawn apart from the masks in labelled tiles."
    )
    outer_km: float = pa.Field(ge=0, nullable=True, description="Radius of a disc, kilometres.")
    manual_share: float = _share(description="Share of the manual ejecta within a disc.")
    true_positive: int = pa.Field(ge=0, description="Pixels that are rightly mapped.")
    false_positive: int = pa.Field(ge=0, description="Pixels that are wrongly mapped.")
    false_negative: int = pa.Field(ge=0, description="Pixels that are missed.")
    precision: float = _share(description="Share of the mapped that is in the manual map.")
    recall: float = _share(description="Share of the manual map that is mapped.")
    f1: float = _share(description="Harmonic mean of precision and recall.")


def comparison_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return rows as a table; a project without whole manual maps has none."""
    columns = list(ManualComparisonTable.to_schema().columns)
    return ManualComparisonTable.validate(pd.DataFrame(rows, columns=pd.Index(columns)))


def published_tables(table: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Return the tables of the published study by their names, as they are written with index.

    Args:
        table: Valid under ``ManualComparisonTable``.

    Returns:
        ``dl_hm_metrics`` (a row a crater), ``dl_hm_SCORE_sq`` and ``dl_hm_SCORE_ring`` (a column a
        crater) of each score, and ``blankets`` (a row a crater).
    """
    names = dict(zip(table["crater_id"], table["crater"], strict=True))
    wide = {score: _wide(table, score, names) for score in (*SCORES, "manual_share")}
    tables: dict[str, pd.DataFrame] = {"dl_hm_metrics": _metrics(wide)}
    for score in SCORES:
        squares, rings = (wide[score].loc[list(parts)] for parts in (QUARTERS, DISCS))
        squares.index = pd.Index([f"Square {number}" for number in range(1, 5)])
        rings.index = pd.Index(["Blanket_HM", "Blanket_DL", *range(1, 11)], name="Ring")
        tables[f"dl_hm_{score}_sq"] = squares.fillna(0)
        tables[f"dl_hm_{score}_ring"] = rings
    shares = {"dl_quantile": MAPPED_BLANKET, "hm_quantile": MANUAL_BLANKET}
    tables["blankets"] = pd.DataFrame(
        {name: wide["manual_share"].loc[part] for name, part in shares.items()}
    ).rename_axis("Name")
    return tables


def _wide(table: pd.DataFrame, score: str, names: Mapping[int, str]) -> pd.DataFrame:
    """Lay a score out with a row for each of ``PARTS`` and a column for each crater, named."""
    wide = table.pivot_table(
        index="part", columns="crater_id", values=score, aggfunc="first", dropna=False
    )
    wide = wide.reindex(index=list(PARTS), columns=list(names)).astype(np.float64)
    return wide.set_axis(list(names.values()), axis="columns")


def _metrics(wide: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Lay the scores of whole masks and of tiles out with one row a crater."""
    words = {"F1": "f1", "Precision": "precision", "Recall": "recall"}
    columns = {
        word + end: wide[score].loc[part]
        for end, part in (("", WHOLE), ("_tiles", TILES))
        for word, score in words.items()
    }
    return pd.DataFrame(columns).rename_axis("Name")
