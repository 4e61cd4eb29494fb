"""Who lies on top: the order of craters of the map whose ejecta overlap."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.planetwide.freshness import (
    Layers,
    QuickColours,
    colours_of_crater,
    window_around,
)
from ejmap_geo.rasters.grey import weighted_grey
from ejmap_geo.rasters.raster_file import opened, read_window
from ejmap_ml.config.bands import MERCURY_ENHANCED, grey_weights
from ejmap_project.artefact import Artefact, Facts, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.figures import BLUE, ORANGE, new_plot
from ejmap_project.files.table_file import read_table, write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.impact_order import (
    ANSWERED_FROM,
    OF_COLOUR,
    OF_GREY,
    freshness,
    probability_later,
)
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.pair_tables import SuperpositionTable
from ejmap_project.progress import Progress
from ejmap_project.sources.kinds import source_of


def order_craters(project: OpenProject, progress: Progress) -> Artefact:
    """Write which crater of each overlapping pair struck later, with a probability.

    Of a synthetic planet the order is known, and the answers are scored.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    pairs = read_table(paths.overlap_pairs)
    ids = sorted({*pairs["crater_id"].tolist(), *pairs["other_id"].tolist()})
    is_coloured = project.settings.mosaic_bands == MERCURY_ENHANCED
    signs = OF_COLOUR if is_coloured else OF_GREY
    colours: dict[int, QuickColours] = {}
    with opened(paths.basemap_mosaic) as mosaic, opened(paths.overlap_count) as counted:
        for done, crater_id in enumerate(ids):
            crater = mapped.craters[crater_id]
            progress.update(f"crater {crater.key}", done=done, total=len(ids))
            window = window_around(crater, mapped.grid)
            raster, (counts,) = (read_window(one, window) for one in (mosaic, counted))
            if not is_coloured:
                raster = weighted_grey(raster, grey_weights(project.settings.mosaic_bands))
            layers = Layers(raster, counts, window, mapped.grid)
            colours[crater_id] = colours_of_crater(layers, crater, mapped.masks[crater_id])
    progress.update("order", done=len(ids), total=len(ids))
    table = superposition_table(pairs, freshness(colours, signs))
    write_table(table, paths.superposition)
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "pairs": len(table),
            "answered": int(table["is_answered"].sum()),
            "answered_from_probability": ANSWERED_FROM,
            **scored(table, source_of(project).impact_order()),
            # In the pages a wider table would push the picture below it out of the window.
            "order": table[["younger", "older", "probability"]],
            "path": str(paths.superposition),
            "picture": _plot(table, mapped.craters),
        },
        table=table,
    )


def superposition_table(pairs: pd.DataFrame, fresh: Mapping[int, float]) -> pd.DataFrame:
    """Return the younger crater of each pair, the surest first.

    Args:
        pairs: Under :class:`ejmap_project.planetwide.pair_tables.OverlapTable`.
        fresh: How fresh the ejecta of each crater are, as log odds.
    """
    rows: list[dict[str, object]] = []
    for pair in pairs.to_dict("records"):
        both = [("crater_id", "crater"), ("other_id", "other")]
        later = probability_later(*(fresh[int(pair[number])] for number, _ in both))
        young, old = both if later >= 0.5 else both[::-1]
        rows.append(
            {
                "younger_id": pair[young[0]],
                "older_id": pair[old[0]],
                "younger": pair[young[1]],
                "older": pair[old[1]],
                "probability": max(later, 1 - later),
                "is_answered": max(later, 1 - later) >= ANSWERED_FROM,
                "shared_km2": pair["shared_km2"],
            }
        )
    columns = pd.Index([*SuperpositionTable.to_schema().columns])
    table = pd.DataFrame(rows, columns=columns)
    keys = ["probability", "younger_id", "older_id"]
    table = table.sort_values(keys, ascending=[False, True, True], ignore_index=True)
    return SuperpositionTable.validate(table)


def scored(table: pd.DataFrame, impact_order: Sequence[int]) -> Facts:
    """Return the share of answers that are right; nothing where the order is not known.

    Args:
        table: What :func:`superposition_table` returns.
        impact_order: Ids of craters from the first impact to the last.
    """
    place = {one: at for at, one in enumerate(impact_order)}
    told = table[table["is_answered"]]
    known = [
        place[young] > place[old]
        for young, old in zip(told["younger_id"], told["older_id"], strict=True)
        if young in place and old in place
    ]
    return {"right_share_of_answered": float(np.mean(known))} if known else {}


@drawing
def _plot(table: pd.DataFrame, craters: Mapping[int, Crater]) -> Picture:
    figure, axes = new_plot(width=6.4, height=3.4)
    for row in table.to_dict("records"):
        if row["is_answered"]:
            _arrow(axes, craters[row["younger_id"]], craters[row["older_id"]])
    ids = {*table["younger_id"], *table["older_id"]}
    centers = np.array([craters[one].center for one in sorted(ids)]).reshape(-1, 2)
    axes.scatter(*centers.T, s=14, color=ORANGE, zorder=3)
    axes.set_title(
        f"order known for {table['is_answered'].sum()} of {len(table)} pairs", fontsize=9
    )
    axes.set(xlim=(-180, 180), ylim=(-90, 90))
    axes.set_xlabel("longitude, degrees east", fontsize=8)
    axes.set_ylabel("latitude, degrees", fontsize=8)
    axes.set_xticks(np.arange(-180, 181, 60))
    axes.set_yticks(np.arange(-90, 91, 30))
    return Picture(figure, alt="arrows from younger craters to the older ones that they lie on")


def _arrow(axes: Axes, younger: Crater, older: Crater) -> None:
    """Draw an arrow the short way round; what runs over the antimeridian comes in on both sides."""
    (lon, lat), (other_lon, other_lat) = younger.center, older.center
    turn = 360 * round((lon - other_lon) / 360)
    for shift in {0, -turn}:
        axes.annotate(
            "",
            xy=(other_lon + turn + shift, other_lat),
            xytext=(lon + shift, lat),
            arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 0.8},
            annotation_clip=False,
            clip_on=True,
        )
