"""Ground that several craters of the map claim: claimants in order, and pairs with shared area."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.maps.map_classes import contested_classes
from ejmap_geo.maps.raster_style import class_style, write_style
from ejmap_geo.planetwide.claims import (
    STRIP_ROWS,
    RankedClaims,
    contested_bands,
    ranked_claims,
    shared_areas_m2,
)
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.rasters.strip_file import WriteRows, cog_in_strips
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.figures import BLUE, new_plot
from ejmap_project.files.raster_tags import MODEL, inherited, meaning
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.pair_tables import OverlapTable
from ejmap_project.progress import Progress

BANDS = ("count", "first", "second", "margin_percent")
VALUES = (
    "count: number of craters that claim the pixel; first, second: ids of the surest and the next; "
    "margin_percent: probability of the first less that of the second; 65535 (nodata): fewer than "
    "two claim it"
)
MARGIN_BINS = 20


def rank_overlaps(project: OpenProject, progress: Progress, *, tags: Mapping[str, str]) -> Artefact:
    """Write the ranked claimants of contested pixels, and the pairs of craters that share ground.

    Args:
        project: The project.
        progress: Told of each band of rows.
        tags: Text kept inside the raster.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    rows, cols = mapped.grid.shape
    margins = np.zeros(MARGIN_BINS, np.int64)
    digests: list[str] = []
    most = np.zeros(1, np.int64)
    told = meaning("who claims the pixels that several craters claim", VALUES)

    def ranked(write: WriteRows) -> Iterator[RankedClaims]:
        for one in _ranked(mapped):
            progress.update("contested ground", done=one.band.bottom, total=rows)
            for top in range(one.band.top, one.band.bottom, STRIP_ROWS):
                values = one.raster(top, min(top + STRIP_ROWS, one.band.bottom), cols)
                if (values != NODATA).any():
                    write(top, values)
            margins[:] += np.histogram(one.margin, MARGIN_BINS, (0, 1))[0]
            most[:] = max(most[0], one.band.counts.max(initial=0))
            digests.append(content_version(one.band.places, one.first, one.second, one.margin))
            yield one

    with cog_in_strips(
        paths.overlaps,
        grid=mapped.grid,
        dtype=np.uint16,
        nodata=NODATA,
        band_names=BANDS,
        tags={**tags, **inherited(paths.label_map, MODEL), **told},
    ) as write:
        shared_m2 = shared_areas_m2(ranked(write))
    write_style(paths.overlaps, class_style(contested_classes(int(most[0]))))
    table = _pairs(mapped, shared_m2)
    write_table(table, paths.overlap_pairs)
    undecided = float(margins[: MARGIN_BINS // 10].sum() / max(margins.sum(), 1))
    return Artefact(
        content=content_version(*digests, table.to_csv(index=False)),
        metadata={
            "pairs": len(table),
            "contested_px": int(margins.sum()),
            "margins_below_10_percent": undecided,
            # In the pages a wider table would push the picture below it out of the window.
            "largest_overlaps": table.head(20)[["crater", "other", "shared_km2"]],
            "path": str(paths.overlaps),
            "picture": _margin_plot(margins),
        },
        table=table,
    )


def _ranked(mapped: MappedCraters) -> Iterator[RankedClaims]:
    windows, cols = mapped.windows(), mapped.grid.shape[1]
    levels = partial(mapped.levels, grid=mapped.grid)
    with opened(mapped.project.paths.overlap_count) as counted:

        def rows_of(top: int, bottom: int) -> NDArray[np.uint16]:
            return counted.read(1, window=((top, bottom), (0, cols)))

        for band in contested_bands(rows_of, basemap=mapped.grid):
            yield ranked_claims(band, mapped.masks, windows, levels, basemap=mapped.grid)


def _pairs(mapped: MappedCraters, shared_m2: Mapping[tuple[int, int], float]) -> pd.DataFrame:
    """Return the pairs, the largest shared area first."""
    ids = {one for pair in shared_m2 for one in pair}
    whole_m2 = {one: mapped.masks.area_m2(one) for one in ids}
    names = {one: crater.name or crater.key for one, crater in mapped.craters.items()}
    rows = [
        {
            "crater_id": a,
            "other_id": b,
            "crater": names[a],
            "other": names[b],
            "shared_km2": area_m2 / 1e6,
            # Sums of the same pixels in another order may differ in the last digit.
            "share_of_crater": min(area_m2 / whole_m2[a], 1.0),
            "share_of_other": min(area_m2 / whole_m2[b], 1.0),
        }
        for (a, b), area_m2 in sorted(shared_m2.items(), key=lambda item: (-item[1], item[0]))
    ]
    columns = pd.Index([*OverlapTable.to_schema().columns])
    return OverlapTable.validate(pd.DataFrame(rows, columns=columns))


@drawing
def _margin_plot(margins: NDArray[np.int64]) -> Picture:
    figure, axes = new_plot()
    width = 100 / MARGIN_BINS
    share = 100 * margins / max(margins.sum(), 1)
    axes.bar((np.arange(MARGIN_BINS) + 0.5) * width, share, width=width, color=BLUE, ec="white")
    axes.set(xlim=(0, 100))
    axes.set_xlabel("probability of the first claimant less that of the second, %", fontsize=8)
    axes.set_ylabel("% of contested pixels", fontsize=8)
    return Picture(figure, alt="margins between the two surest claimants of contested pixels")
