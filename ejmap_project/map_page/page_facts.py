"""What the page says in words and numbers: the planet, its craters, their profiles, the origin."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.neighbour_colors import neighbour_colors
from ejmap_geo.maps.raster_style import hex_color
from ejmap_ml.config.bands import grey_weights
from ejmap_project.files.table_file import read_table
from ejmap_project.mapping.origin import MODEL, MOSAIC, RUN, TERMS, tags_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths

Json = dict[str, Any]

TIME = "TIFFTAG_DATETIME"
# Tags of the label map, in the words of the page.
ORIGIN = (
    ("Made by", "TIFFTAG_SOFTWARE"),
    ("Model", MODEL),
    ("Mosaic", MOSAIC),
    ("Terms", TERMS),
    ("Run", RUN),
)


def crater_facts(
    table: gpd.GeoDataFrame,
    craters: Iterable[Crater],
    windows: Mapping[int, Window],
    *,
    has_probability: Callable[[int], bool],
) -> list[Json]:
    """Return a record of every crater of the map.

    Args:
        table: The craters of the map.
        craters: Those of the catalogue, to which others may have been added since.
        windows: Windows of the values of those that are on the map, by id.
        has_probability: Whether the mask of a crater of the map, by id, is a model's.
    """
    rows = table.set_index("crater_id").to_dict("index")
    on_map = (one for one in craters if one.crater_id in rows)
    ordered = sorted(on_map, key=lambda one: one.crater_id)
    colors = neighbour_colors(ordered)
    return [
        {
            "id": one.crater_id,
            "label": one.name or f"Crater {one.key}",
            "at": [round(one.center.lon_deg, 6), round(one.center.lat_deg, 6)],
            "radius_m": round(one.radius_m, 1),
            "color": hex_color(colors[one.crater_id]),
            "state": rows[one.crater_id]["state"],
            "mask_km2": _number(rows[one.crater_id].get("mask_km2", np.nan)),
            "expected_km2": _expected(rows[one.crater_id]),
            "probe": _probe(one, windows.get(one.crater_id)),
            "has_probability": one.crater_id in windows and has_probability(one.crater_id),
        }
        for one in ordered
    ]


def probe_script(crater: Crater) -> str:
    """Return the name of the script of a crater's values."""
    return f"probe/{crater.key}"


def profiles(project: OpenProject, craters: Mapping[str, Crater]) -> Json:
    """Return the profiles of the craters that have one: share of ejecta and brightness by ring."""
    return {
        str(crater.crater_id): _profile(
            read_table(project.paths.crater_profile(key)),
            grey_weights(project.settings.mosaic_bands),
        )
        for key, crater in craters.items()
        if project.paths.crater_profile(key).is_file()
    }


def origin(label_map: Path, body_words: str) -> list[tuple[str, str]]:
    """Return where the map comes from, by the tags of its label map."""
    tags = tags_of(label_map)
    told = [(what, tags.get(tag, "")) for what, tag in ORIGIN]
    when = tags.get(TIME)
    if when:
        # TIFF writes dates with colons.
        date, _, time = when.partition(" ")
        told.insert(1, ("Map of", f"{date.replace(':', '-')} {time} UTC"))
    return [("Planet", body_words), *((what, text) for what, text in told if text)]


def downloads_of(paths: ProjectPaths) -> tuple[tuple[Path, str], ...]:
    """Return the files of the map in the folder above the page, and what each holds."""
    return (
        (paths.label_map, "crater of the ejecta in each pixel"),
        (paths.overlap_count, "number of craters that claim each pixel"),
        (paths.composite, "the map in colours"),
        (paths.uncertainty, "probability that the map is wrong in each pixel"),
        (paths.map_layers, "outlines, rims and craters for a GIS"),
        (paths.ejecta_outlines, "outlines as GeoParquet"),
        (paths.map_craters, "table of craters with the areas of their masks"),
        (paths.preview, "picture of the map"),
    )


def downloads(paths: ProjectPaths) -> list[Json]:
    """Return those files that are there, with their sizes."""
    return [
        {"href": f"../{path.name}", "bytes": path.stat().st_size, "what": what}
        for path, what in downloads_of(paths)
        if path.is_file()
    ]


def _probe(crater: Crater, window: Window | None) -> Json | None:
    if window is None:
        return None
    return {
        "script": probe_script(crater),
        "row": window.row,
        "col": window.col,
        "height": window.height,
        "width": window.width,
    }


def _profile(table: pd.DataFrame, weights: tuple[float, ...]) -> Json:
    bands = [table[f"band_{number}_mean"] for number in range(1, len(weights) + 1)]
    brightness = np.average(np.stack(bands), axis=0, weights=weights)
    return {
        "outer_radii": [round(float(one), 2) for one in table["outer_radii"]],
        "ejecta": [_number(one, 4) for one in table["ejecta_fraction"]],
        "brightness": [_number(one, 1) for one in brightness],
    }


def _expected(row: Mapping[Hashable, Any]) -> list[float] | None:
    numbers = [_number(row.get(name, np.nan)) for name in ("expected_km2", "low_km2", "high_km2")]
    known = [one for one in numbers if one is not None]
    return known if len(known) == len(numbers) else None


def _number(value: float, digits: int = 1) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None
