"""The wider mask of a crater: at a promised recall, with the expected area of its ejecta."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.masks.polar_members import mask_above
from ejmap_geo.rasters.raster_file import opened
from ejmap_ml.calibration.area_interval import LEVEL, AreaInterval, estimate_area
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.files.mask_file import write_crater_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.polar_prediction import read_polar_prediction
from ejmap_project.pictures.shades import probability_rgb, step_of
from ejmap_project.pictures.sheet import RIM, Marks, Panel, sheet, titled

PICTURE_PX = 800
FAINTEST = 0.45


class ExpectedArea(NamedTuple):
    """The area of a crater's ejecta as its probabilities have it, square kilometres.

    Attributes:
        expected_km2: Sum of probability times area.
        low_km2: Lower end of the interval that holds the true area for 95 of 100 craters.
        high_km2: Its upper end.
    """

    expected_km2: float
    low_km2: float
    high_km2: float

    @classmethod
    def of(
        cls,
        probability: NDArray[np.float32],
        *,
        polar: PolarGrid,
        reach_m: float,
        interval: AreaInterval,
    ) -> Self:
        """Return the expected area within the reach of a crater.

        Args:
            probability: Probability of ejecta, ``(rows, cols)`` on ``polar``.
            polar: Grid of the probability.
            reach_m: Distance from the centre up to which ejecta are looked for.
            interval: What the ensemble promises.
        """
        within = polar.range_radii * polar.radius_m <= reach_m
        estimate = estimate_area(
            probability,
            cell_area_m2=np.where(within, polar.cell_area_m2, 0),
            radius_m=polar.radius_m,
        )
        low_m2, high_m2 = interval.around(estimate)
        return cls(*(area / 1e6 for area in (estimate.expected_m2, low_m2, high_m2)))


def place_promised_mask(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the mask of a crater at the promised recall, and the expected area in its tags.

    Raises:
        ConfigError: If the ensemble cannot promise so much.
        StepError: If it promises nothing, or the polar prediction is missing.
    """
    conformal, basemap = work.conformal, work.basemap.grid
    promised = work.settings.mapping.promised_recall
    threshold = conformal.recall.threshold(promised)
    told = read_polar_prediction(work, crater)
    azimuthal = work.azimuthal_grid(crater)
    mask, seen = mask_above(
        told.probability,
        threshold,
        polar=told.polar,
        azimuthal=azimuthal,
        step=step_of(azimuthal.shape, max_side_px=PICTURE_PX),
    )
    placed = mask_to_basemap(mask, azimuthal=azimuthal, basemap=basemap)
    area = ExpectedArea.of(
        told.probability,
        polar=told.polar,
        reach_m=crater.reach(basemap.body),
        interval=conformal.area,
    )
    path = work.paths.promised_recall_mask(crater.key)
    stated = {_tag(name): repr(value) for name, value in area._asdict().items()}
    write_crater_mask(
        path,
        placed,
        crater,
        basemap=basemap,
        what=f"ejecta at a promised recall of {promised:.0%}",
        tags={**tags, **stated},
    )
    return Artefact(
        content=content_version(str(placed.window), placed.mask, repr(area)),
        metadata={
            "crater": crater.label,
            "promised_recall": promised,
            "threshold": threshold,
            "ejecta_px": placed.area_px,
            "area_km2": placed.area_m2(basemap) / 1e6,
            **area._asdict(),
            "interval_level": LEVEL,
            "calibration_craters": conformal.recall.craters,
            "path": str(path),
            "picture": _picture(seen, threshold, azimuthal, crater),
        },
    )


def read_expected_area(path: Path) -> ExpectedArea:
    """Read the expected area in the tags of a mask.

    Raises:
        RasterError: If the file is missing, or holds none.
    """
    with opened(path) as raster:
        tags = raster.tags()
    try:
        return ExpectedArea(*(float(tags[_tag(name)]) for name in ExpectedArea._fields))
    except (KeyError, ValueError) as error:
        raise RasterError(
            f"{path} holds no expected area; materialise promised_recall_mask again"
        ) from error


def _tag(name: str) -> str:
    return f"EJMAP_{name.upper()}"


@drawing
def _picture(
    seen: NDArray[np.float32], threshold: float, grid: AzimuthalGrid, crater: Crater
) -> Picture:
    """Show what is in the mask, the brighter the more probable it is."""
    # Without a least shade, faint ejecta of the mask would look like none.
    rgb = probability_rgb((seen > threshold) * (FAINTEST + (1 - FAINTEST) * seen))
    title = titled(crater, "mask at the promised recall, brighter where more probable")
    panels = [Panel(rgb, marks=Marks.azimuthal(grid, crater, side_px=len(rgb)))]
    return Picture(sheet(panels, title=title, legend=[RIM], width_px=PICTURE_PX), alt=title)
