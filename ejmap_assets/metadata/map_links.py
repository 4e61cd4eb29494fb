"""Links in the UI from the map to the assets and craters that it is made from."""

import re
from collections.abc import Sequence

import dagster as dg
import numpy as np
import pandas as pd

from ejmap_assets.metadata.facts import Metadata
from ejmap_geo.craters.catalogue import craters_of

LINKED = ("basemap_mosaic", "promoted_ejconn", "promoted_ejseg")
LINKED_CRATERS = 100


def links_of_map(table: pd.DataFrame | None, *, linked: Sequence[str] = LINKED) -> Metadata:
    """Return links to the mosaic, the models and the craters that the map is made from.

    Args:
        table: The craters of the map with ``state`` and ``mask_km2``, sorted by ``crater_id``.
        linked: The mosaic and the models that the project makes.
    """
    parts: Metadata = {name: dg.MetadataValue.asset(dg.AssetKey(name)) for name in linked}
    craters = pd.DataFrame(table)
    columns = (craters_of(craters), craters["state"], craters["mask_km2"])
    found = sorted(
        (crater.key, crater.label, state, area_km2)
        for crater, state, area_km2 in zip(*columns, strict=True)
    )
    rows = [
        f"| [{_plain(label)}](/assets/basemap_mask?view=partitions&partition={key}) "
        f"| {state} | {_rounded(area_km2)} |"
        for key, label, state, area_km2 in found[:LINKED_CRATERS]
    ]
    more = len(found) - len(rows)
    note = [f"\n{more} more in craters.gpkg"] if more else []
    head = ["| crater | state | mask, km2 |", "| --- | --- | ---: |"]
    return {**parts, "made_of": dg.MetadataValue.md("\n".join([*head, *rows, *note]))}


def _plain(label: str) -> str:
    """Replace the characters that Markdown interprets: names come from other people's tables."""
    return re.sub(r"[^\w .,'-]", " ", label).strip()


def _rounded(area_km2: float) -> str:
    return "" if np.isnan(area_km2) else f"{area_km2:.0f}"
