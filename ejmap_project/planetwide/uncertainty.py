"""How probable it is that the map is wrong, pixel by pixel over the whole planet."""

from collections.abc import Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.color_ramp import ramp_color
from ejmap_geo.maps.preview import LegendEntry
from ejmap_geo.maps.raster_style import ramp, ramp_style, write_style
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.masks.probability_levels import LEVELS, probability_of
from ejmap_geo.rasters.raster import basemap_grid_of, write_cog
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.artefact import Artefact, Checked, Markdown, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.files.raster_tags import MODEL, inherited, meaning
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.shades import mosaic_grey, shrunk
from ejmap_project.pictures.sheet import planet_picture
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Progress

BANDS = ("wrong_percent", "ejecta_percent")
NODATA = 255
# At the border of a mask, ejecta are as probable as none.
MOST_PERCENT = 50
STRIP_ROWS = 512
PICTURE_PX = 1024
PICTURE_OPAQUE_PERCENT = 12.5
VALUES = (
    "wrong_percent: probability that the map is wrong here, that of no ejecta where it shows some, "
    "that of ejecta where it shows none; ejecta_percent: probability of ejecta of the crater that "
    "is surest of them here; 255 (nodata): beyond the reach of every crater"
)


def map_uncertainty(
    project: OpenProject, progress: Progress, *, tags: Mapping[str, str]
) -> Artefact:
    """Write how probable it is that the map is wrong, on the pixels of the mosaic.

    The probability of ejecta is the highest calibrated one of all craters that reach the pixel. A
    mask that a person gave, or that was published, counts as sure.

    Args:
        project: The project.
        progress: Told of each crater.
        tags: Text kept inside the raster.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    # Both bands of 23040 columns take half a gigabyte: there is no second copy of them.
    bands = np.zeros((len(BANDS), *mapped.grid.shape), np.uint8)
    wrong, surest = bands
    _find_surest(mapped, surest, progress)
    areas_km2 = _find_wrong(mapped, wrong, surest)
    write_style(paths.uncertainty, ramp_style(ramp(0, MOST_PERCENT, unit=" %")))
    write_cog(
        paths.uncertainty,
        bands,
        grid=mapped.grid,
        nodata=NODATA,
        band_names=BANDS,
        tags={
            **tags,
            **inherited(paths.label_map, MODEL),
            **meaning("probability that the map is wrong in each pixel", VALUES),
        },
    )
    return Artefact(
        content=content_version(bands),
        metadata={
            **areas_km2,
            "path": str(paths.uncertainty),
            "picture": _picture(mapped, wrong),
        },
    )


def _find_surest(mapped: MappedCraters, surest: NDArray[np.uint8], progress: Progress) -> None:
    """Put the highest probability of ejecta of any crater, in percent, into a band of zeros."""
    cols = mapped.grid.width_px
    # One more than the percentage, and 0 for nothing: the higher one is the surer one.
    steps = 1 + np.rint(100 * probability_of(LEVELS)).astype(np.uint8)
    writing = Lock()

    def add(crater: Crater) -> Crater:
        parts = mapped.levels_by_rows(crater.crater_id, steps, beyond=0, most_rows=STRIP_ROWS)
        for window, found in parts:
            for there, here in window.pieces(cols):
                with writing:
                    np.maximum(surest[there], found[here], out=surest[there])
        return crater

    for done, crater in enumerate(two_at_a_time(add, mapped.craters.values()), start=1):
        progress.update(crater.label, done=done, total=len(mapped.craters))
    # Nothing becomes 255, which is nodata.
    np.subtract(surest, 1, out=surest)


def check_uncertainty(project: OpenProject) -> Checked:
    """Check that both bands are per cent, and that the map shows ejecta where they say so."""
    paths = project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
    conflicts = known = 0
    with opened(paths.uncertainty) as told, opened(paths.overlap_count) as counted:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            rows = ((top, min(top + STRIP_ROWS, grid.shape[0])), (0, grid.shape[1]))
            wrong, surest = told.read(window=rows).astype(np.int16)
            claimed = counted.read(1, window=rows) > 0
            expected = np.where(claimed, 100 - surest, surest)
            is_known = surest != NODATA
            known += int(is_known.sum())
            conflicts += int(((wrong != expected) | (surest > 100))[is_known].sum())
            conflicts += int((wrong != NODATA)[~is_known].sum()) + int(claimed[~is_known].sum())
    numbers = {"known_share": known / (grid.shape[0] * grid.shape[1]), "wrong_px": conflicts}
    if not conflicts:
        return Checked("", numbers)
    fault = f"{conflicts} px do not fit the map"
    return Checked(f"{fault}; materialise uncertainty again", numbers)


def _find_wrong(
    mapped: MappedCraters, wrong: NDArray[np.uint8], surest: NDArray[np.uint8]
) -> dict[str, float]:
    """Put the probability that the map is wrong into a band; return the areas that it has wrong."""
    rows, cols = mapped.grid.shape
    false_km2 = missed_km2 = 0.0
    with opened(mapped.project.paths.overlap_count) as counted:
        for top in range(0, rows, STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, rows)
            strip, sure = wrong[top:bottom], surest[top:bottom]
            claimed = counted.read(1, window=((top, bottom), (0, cols))) > 0
            # Ejecta of a mask that reaches farther than its crater is said to.
            sure[claimed & (sure == NODATA)] = 100
            strip[:] = np.where(claimed, 100 - sure, sure)
            window = Window(row=top, col=0, height=bottom - top, width=cols)
            area_km2 = pixel_area_m2(mapped.grid, window) / 1e6
            share = np.where(strip == NODATA, 0, strip) / 100
            false_km2 += float((share * claimed).sum(1) @ area_km2)
            missed_km2 += float((share * ~claimed).sum(1) @ area_km2)
    return {"expected_false_km2": false_km2, "expected_missed_km2": missed_km2}


@drawing
def _picture(mapped: MappedCraters, wrong: NDArray[np.uint8]) -> Picture | Markdown:
    """Draw the first band as its style does: the mosaic is seen where the map is surely right."""
    small = shrunk(wrong, max_side_px=PICTURE_PX)
    with opened(mapped.project.paths.basemap_mosaic) as mosaic:
        seen = mosaic.read(out_shape=(mosaic.count, *small.shape))
    grey = mosaic_grey(seen, max_side_px=PICTURE_PX)
    color = np.array([ramp_color(percent / MOST_PERCENT) for percent in range(101)])
    percent = np.where(small == NODATA, 0, small)
    opacity = (percent[..., None] / PICTURE_OPAQUE_PERCENT).clip(0, 1)
    rgb = np.rint(grey * (1 - opacity) + color[percent] * opacity).astype(np.uint8)
    told = (10, 20, 30, 40, 50)
    legend = [LegendEntry(f"{one} %", ramp_color(one / MOST_PERCENT)) for one in told]
    return planet_picture(rgb, mapped.grid, "probability that the map is wrong", legend)
