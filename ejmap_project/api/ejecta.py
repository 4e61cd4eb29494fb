"""The ejecta of a crater: probability, votes and mask, as a plot and as a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.api.mosaic import CraterView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLOT_INCHES = (11.0, 4.2)
KM = 1000.0
BAND_NAMES = ("probability", "vote_fraction", "mask")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EjectaLayers:
    """What an ensemble finds around a crater, ``(rows, cols)`` each on the grid of the view.

    Attributes:
        view: The crater and the mosaic around it.
        probability: Probability of ejecta of this crater, 0 to 1.
        vote_fraction: Share of the members that find ejecta.
        mask: Where the ensemble finds ejecta.
        member_count: Number of members.
    """

    view: CraterView
    probability: NDArray[np.float32] = field(repr=False)
    vote_fraction: NDArray[np.float32] = field(repr=False)
    mask: NDArray[np.bool_] = field(repr=False)
    member_count: int

    def on_basemap(self) -> PlacedMask:
        """Return the mask on the pixels of the mosaic, cropped to the ejecta."""
        grid = self.view.mosaic.grid
        return mask_to_basemap(self.mask, azimuthal=self.view.grid, basemap=grid)

    @property
    def area_km2(self) -> float:
        """Area of the mask on the planet in square kilometres."""
        return self.on_basemap().area_m2(self.view.mosaic.grid) / KM**2

    def write(self, path: Path | str) -> None:
        """Write probability, vote fraction and mask as the bands of a GeoTIFF."""
        bands = np.stack([self.probability, self.vote_fraction, self.mask]).astype(np.float32)
        write_cog(Path(path), bands, grid=self.view.grid, band_names=BAND_NAMES)

    def plot(self) -> "Figure":
        """Return the mosaic, the mask over it and the probability side by side, axes in km.

        The figure shows itself in a notebook; elsewhere use its ``savefig``.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=PLOT_INCHES, layout="constrained")
        reach_km = self.view.grid.half_size_px * self.view.grid.resolution_m / KM
        extent = (-reach_km, reach_km, -reach_km, reach_km)
        grey = _stretched(self.view.raster)
        mosaic, mask, probability = figure.subplots(1, 3, sharex=True, sharey=True)
        for axes in (mosaic, mask):
            axes.imshow(grey, cmap="gray", vmin=0, vmax=1, extent=extent)
        mask.contour(self.mask[::-1], levels=[0.5], colors="#D55E00", extent=extent, linewidths=0.8)
        drawn = probability.imshow(self.probability, vmin=0, vmax=1, cmap="magma", extent=extent)
        figure.colorbar(drawn, ax=probability, label="probability of ejecta")
        mosaic.set_title(self.view.crater.name or f"crater {self.view.crater.key}")
        mask.set_title(f"ejecta, {self.area_km2:,.0f} km²")
        mosaic.set_ylabel("north of the centre, km")
        for axes in (mosaic, mask, probability):
            axes.set_xlabel("east of the centre, km")
        return figure


def _stretched(raster: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the mean of the bands between its 1st and 99th percentile; 0 where not imaged."""
    grey = raster.mean(axis=0)
    imaged = grey[raster.any(axis=0)]
    low, high = np.percentile(imaged, (1, 99)) if imaged.size else (0.0, 1.0)
    return ((grey - low) / max(high - low, 1.0)).clip(0, 1).astype(np.float32)
