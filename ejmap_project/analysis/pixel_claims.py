"""Which craters claim a place of the map: how probably, and what their masks are made of."""

from dataclasses import dataclass
from pathlib import Path

from pyproj import Geod, Transformer

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.coords import LonLat, RowCol
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.probability_levels import probability_of
from ejmap_geo.rasters.raster import basemap_grid_of, mask_window_of
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.errors import StepError
from ejmap_project.files.layer_file import PROBABILITY_BAND, layer_number
from ejmap_project.files.raster_tags import MODEL, MOSAIC, RUN, tags_of
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project_folder import command_on
from ejmap_project.sources.corrected_masks import corrected_mask

# A crater that claims nothing is named if its probability is at least this.
LEAST_PROBABILITY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelClaim:
    """What is mapped of one crater at one pixel.

    Attributes:
        crater_id: Id of the crater.
        name: Its name, possibly empty.
        is_claimed: Whether its mask sets the pixel.
        probability: Probability of its ejecta, 0 to 1; None where none was computed.
        distance_km: Great-circle distance of the pixel from its centre.
        distance_radii: The same in radii of its rim.
        model: Name and digest of the ensemble; empty if the mask does not say.
        mosaic: Name and digest of the mosaic; empty if the mask does not say.
        run: Dagster's run that wrote the mask; empty if the mask does not say.
        mask: The file of the mask.
    """

    crater_id: int
    name: str
    is_claimed: bool
    probability: float | None
    distance_km: float
    distance_radii: float
    model: str
    mosaic: str
    run: str
    mask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPixel:
    """A pixel of the basemap and who claims it.

    Attributes:
        lon_deg: Longitude of its centre.
        lat_deg: Latitude of its centre.
        row: Its row in the mosaic, from 0.
        col: Its column, from 0.
        claims: Craters that claim it, then those that might; the most probable first.
    """

    lon_deg: float
    lat_deg: float
    row: int
    col: int
    claims: tuple[PixelClaim, ...]


def explain_pixel(project: OpenProject, point: LonLat) -> ExplainedPixel:
    """Return which craters claim the pixel that a point lies in, from the files of the project.

    Raises:
        StepError: If the project has no mosaic yet.
        GridError: If the point is no longitude and latitude.
        GeoError: If a mask of the project cannot be read.
    """
    mosaic = project.paths.basemap_mosaic
    if not mosaic.is_file():
        run = command_on(project.paths.folder, "run")
        raise StepError(f"{mosaic} is missing, so nothing is mapped; make it with {run}")
    grid = basemap_grid_of(mosaic, body=project.settings.planet)
    at = grid.position(point)
    row, col = min(int(at.row), grid.shape[0] - 1), int(at.col) % grid.shape[1]
    middle = grid.point(RowCol(row + 0.5, col + 0.5))
    found = [
        _claim(project, crater, middle, RowCol(row, col), grid)
        for key, crater in project.craters().items()
        if project.paths.basemap_mask(key).is_file()
    ]
    shown = [one for one in found if one.is_claimed or (one.probability or 0) >= LEAST_PROBABILITY]
    shown.sort(key=lambda one: (not one.is_claimed, -(one.probability or 0), one.crater_id))
    return ExplainedPixel(
        lon_deg=middle.lon_deg, lat_deg=middle.lat_deg, row=row, col=col, claims=tuple(shown)
    )


def _claim(
    project: OpenProject, crater: Crater, middle: LonLat, pixel: RowCol, grid: BasemapGrid
) -> PixelClaim:
    path, layers = (
        project.paths.basemap_mask(crater.key),
        project.paths.segmentation(crater.key),
    )
    is_models = layers.is_file() and corrected_mask(project, crater.key) is None
    geod = Geod(a=grid.body.radius_m, b=grid.body.radius_m)
    _, _, distance_m = geod.inv(*crater.center, *middle)
    tags = tags_of(path)
    return PixelClaim(
        crater_id=crater.crater_id,
        name=crater.name,
        is_claimed=_is_set(path, pixel, grid),
        probability=_probability(layers, middle, grid) if is_models else None,
        distance_km=distance_m / 1000,
        distance_radii=distance_m / crater.radius_m,
        model=tags.get(MODEL, ""),
        mosaic=tags.get(MOSAIC, ""),
        run=tags.get(RUN, ""),
        mask=str(path),
    )


def _is_set(path: Path, pixel: RowCol, grid: BasemapGrid) -> bool:
    window = mask_window_of(path, grid)
    row, col = int(pixel.row) - window.row, (int(pixel.col) - window.col) % grid.width_px
    if not (0 <= row < window.height and col < window.width):
        return False
    with opened(path) as raster:
        return bool(raster.read(1, window=((row, row + 1), (col, col + 1)))[0, 0] == 1)


def _probability(path: Path, middle: LonLat, grid: BasemapGrid) -> float | None:
    """Return the probability in the pixel of a crater's layers; None beyond their edge."""
    with opened(path) as raster:
        to_metres = Transformer.from_crs(
            geographic_crs(grid.body), raster.crs.to_wkt(), always_xy=True
        )
        x, y = to_metres.transform(*middle)
        row, col = raster.index(x, y)
        if not (0 <= row < raster.height and 0 <= col < raster.width):
            return None
        band = layer_number(raster, PROBABILITY_BAND)
        level = raster.read(band, window=((row, row + 1), (col, col + 1)))
        return float(probability_of(level)[0, 0])
