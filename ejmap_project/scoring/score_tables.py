"""Schemas of the tables that measure a map."""

from functools import partial

import pandera.pandas as pa

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.craters.schemas import OBSERVED_SHARE, CraterTable

# A score from 0 to 1; nothing was there to be judged where it is empty.
_share = partial(pa.Field, ge=0, le=1, nullable=True)

MASK_AREA = (
    "Area of its mask on the pixels of the mosaic, the inside of its rim included, square "
    "kilometres."
)

# Empty where the ensemble promises nothing.
_promised = partial(pa.Field, ge=0, nullable=True)


class ContrastTable(pa.DataFrameModel):
    """How much brighter the ejecta of each crater are than the ground beside them."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened; a planet without ejecta has no rows."""

        coerce = True

    crater_id: int = pa.Field(
        ge=0, le=LARGEST_CRATER_ID, unique=True, description="Number of the crater."
    )
    crater: str = pa.Field(description="Name, or number where it has none.")
    observed_share: float = _share(description=OBSERVED_SHARE)
    mask_km2: float = pa.Field(ge=0, description=MASK_AREA)
    farthest_deg: float = pa.Field(
        ge=0,
        le=180,
        nullable=True,
        description="Arc from its centre to the farthest ejecta; empty without any.",
    )
    farthest_radii: float = pa.Field(
        ge=0, nullable=True, description="The same in radii of its rim."
    )
    brighter_by: float = pa.Field(
        nullable=True,
        description="Grey levels by which ejecta are brighter than ground at the same distance.",
    )


class MapCraterTable(CraterTable):
    """The craters of the map: what they cover, and whether that is up to date."""

    labelled: bool = pa.Field(
        description="Whether somebody mapped its ejecta by hand: the table of craters says so, or "
        "its mask is among those of the project."
    )
    mask_km2: float = pa.Field(ge=0, nullable=True, description=f"{MASK_AREA} Empty if unmapped.")
    state: str = pa.Field(description="Whether its mask is current, or why it is not.")
    promised_recall_km2: float = _promised(
        description="Area of its mask at the promised recall, square kilometres."
    )
    expected_km2: float = _promised(
        description="Expected area of its ejecta, square kilometres: sum of probability times area."
    )
    low_km2: float = _promised(
        description="Lower end of the interval that holds the true area for 95 of 100 craters."
    )
    high_km2: float = _promised(description="Upper end of that interval.")


class ScoreTable(pa.DataFrameModel):
    """Agreement of the map, and of simple rules, with ejecta that are known."""

    method: str = pa.Field(description="The chain of models, or a rule.")
    crater: str = pa.Field(description="The crater, or all of them with their pixels pooled.")
    pixel_f1: float = _share(description="F1 of the pixels of the mosaic.")
    iou: float = _share(description="Intersection over union of the same pixels.")
    precision: float = _share(description="Share of the mapped that is true.")
    recall: float = _share(description="Share of the true that is mapped.")
    tile_f1: float = _share(description="F1 of the connected tiles.")
    origin_accuracy: float = _share(
        description="Share of ejecta that were found which carry a right crater."
    )
    claim_precision: float = _share(
        description="Share of the claims of craters on such ejecta that are right."
    )
    setting: str = pa.Field(description="What a rule was tuned to.")


class MapScoreTable(pa.DataFrameModel):
    """Scores of the map in the labelled tiles, pooled and crater by crater."""

    crater_id: pa.Int64 = pa.Field(
        ge=0,
        le=LARGEST_CRATER_ID,
        nullable=True,
        description="Number of the crater; empty where all craters are pooled.",
    )
    scope: str = pa.Field(
        isin=["tvt", "test"], description="All labelled tiles, or those that test the split."
    )
    level: str = pa.Field(isin=["pixel", "tile"], description="What is counted.")
    kind: str = pa.Field(
        isin=["map", "ceiling", "ejconn"],
        description="The map, a perfect segmentation of connected tiles, or those tiles.",
    )
    scale_px: int = pa.Field(gt=0, description="Majority filter of both masks, pixels; 1 is none.")
    tiles: int = pa.Field(ge=0, description="Tiles that were counted.")
    true_positive: int = pa.Field(ge=0, description="Rightly mapped.")
    false_positive: int = pa.Field(ge=0, description="Wrongly mapped.")
    false_negative: int = pa.Field(ge=0, description="Missed.")
    true_negative: int = pa.Field(ge=0, description="Rightly left out.")
    accuracy: float = _share(description="Share that is right.")
    f1: float = _share(description="Harmonic mean of precision and recall.")
    iou: float = _share(description="Intersection over union.")
    precision: float = _share(description="Share of the mapped that is true.")
    recall: float = _share(description="Share of the true that is mapped.")
