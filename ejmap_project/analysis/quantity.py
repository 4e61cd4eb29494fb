"""A quantity that is measured: declared once, with unit, formula, reference and interval.

Columns of tables, their descriptions in the UI and the page ``docs/quantities.md`` follow from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

import pandera.pandas as pa

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_project.analysis.stated_factors import FACTORS

# A mask has no error bar of its own: that of the area says how sure it is.
OF_MASK = "none: measured on the mask as mapped, whose area has one"
BY_MEMBERS = (
    "lowest and highest of the ensemble's members, columns _low and _high; they hold the true area "
    "of .15 of synthetic craters, and the value may lie outside by a cell of the polar view"
)
GEOMETRY = "geometry"
_SIGNED = {"coverage_slope", "mean_ray_contrast", "contrast"}
EXACT = "none: follows from the catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A column of a table of measurements.

    Attributes:
        name: Name of the column, with its unit.
        unit: Unit in words; ``1`` for shares and counts.
        meaning: What it is, in a sentence without full stop.
        formula: How it is computed.
        source: Where the formula comes from; ``geometry`` where it needs none.
        interval: Its interval, or ``none`` and why.
        kind: What its values are.
        least: Smallest value that it can have.
        most: Largest value that it can have.
        is_always_there: Whether every crater has a value.
    """

    name: str
    unit: str
    meaning: str
    formula: str
    source: str
    interval: str
    kind: Literal["number", "count", "flag", "word"] = "number"
    least: float | None = None
    most: float | None = None
    is_always_there: bool = False

    @property
    def description(self) -> str:
        """All that is declared of it, as the UI shows it."""
        return (
            f"{self.meaning} [{self.unit}]. Formula: {self.formula}. Source: {self.source}. "
            f"Interval: {self.interval}."
        )

    def field(self) -> object:
        """Return the field of a schema."""
        return pa.Field(
            ge=self.least,
            le=self.most,
            nullable=not self.is_always_there,
            description=self.description,
        )

    @property
    def dtype(self) -> type:
        """Type of its values in a schema."""
        return {"number": float, "count": int, "flag": bool, "word": str}[self.kind]


def area(name: str, meaning: str, formula: str, interval: str = OF_MASK) -> Quantity:
    """Declare an area in square kilometres."""
    return Quantity(
        name=name,
        unit="km2",
        meaning=meaning,
        formula=formula,
        source=GEOMETRY,
        interval=interval,
        least=0,
    )


def quantity(
    name: str,
    unit: str,
    meaning: str,
    formula: str,
    source: str = GEOMETRY,
    interval: str = "",
) -> Quantity:
    """Declare a number; it is not negative unless listed as signed.

    Where no interval is given, it is the one that was measured for this name, or none.
    """
    least = None if name in _SIGNED else 0
    return Quantity(
        name=name,
        unit=unit,
        meaning=meaning,
        formula=formula,
        source=source,
        interval=interval or stated_interval(name),
        least=least,
    )


def stated_interval(name: str) -> str:
    """Return the interval of a quantity in words, by the factors that were measured."""
    if name not in FACTORS:
        return OF_MASK
    low, high = FACTORS[name]
    return (
        f"{low:g} to {high:g} times this holds the true value of 95 in 100 craters of synthetic "
        "planets as ready_grey maps them"
    )


def table_of(
    name: str, meaning: str, quantities: Iterable[Quantity], *, key: tuple[str, ...]
) -> type[pa.DataFrameModel]:
    """Return the schema of a table with one column for each quantity, after those of the crater.

    Args:
        name: Name of the schema.
        meaning: What a row is.
        quantities: The columns.
        key: Columns that together tell the rows apart.
    """
    listed = list(quantities)
    config = type("Config", (pa.DataFrameModel.Config,), {"coerce": True, "unique": list(key)})
    fields: dict[str, object] = {
        "crater_id": pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater."),
        "crater": pa.Field(description="Name, or number where it has none."),
        **{one.name: one.field() for one in listed},
    }
    types: dict[str, type] = {"crater_id": int, "crater": str}
    types |= {one.name: one.dtype for one in listed}
    body = {"__doc__": meaning, "__annotations__": types, "__module__": __name__, "Config": config}
    return cast("type[pa.DataFrameModel]", type(name, (pa.DataFrameModel,), {**body, **fields}))
