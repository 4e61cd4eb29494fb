"""The craters of the map: those that it shows, with their masks and probabilities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.probability_levels import CERTAIN, probability_of
from ejmap_geo.rasters.raster import basemap_grid_of, mask_window_of
from ejmap_geo.resampling.lookup import looked_up
from ejmap_geo.resampling.reproject import Scalar, covering_window, source_window, to_basemap
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.layer_file import PROBABILITY_BAND, read_layer
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import read_table
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.corrected_masks import corrected_mask
from ejmap_project.vetting.vetting_choice import held_back


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedCraters:
    """The craters of the map with their masks.

    Attributes:
        project: The project.
        grid: Grid of the masks.
        craters: The craters by id.
        masks: Their masks.
    """

    project: OpenProject
    grid: BasemapGrid
    craters: Mapping[int, Crater]
    masks: MaskFolder

    @classmethod
    def of(cls, project: OpenProject) -> "MappedCraters":
        """Return the craters that the map shows: not held back, with a mask that can be read."""
        paths, held = project.paths, held_back(project)
        grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
        shown = {key: one for key, one in project.craters().items() if key not in held}
        masks = MaskFolder.of(shown, paths.basemap_mask, grid).readable()
        craters = {one.crater_id: one for one in shown.values() if one.crater_id in masks}
        return cls(project=project, grid=grid, craters=craters, masks=masks)

    def windows(self) -> dict[int, Window]:
        """Return where the masks lie, by crater id."""
        path_of = self.project.paths.basemap_mask
        return {one: mask_window_of(path_of(of.key), self.grid) for one, of in self.craters.items()}

    def blankets_m(self) -> dict[int, float]:
        """Return the radii of optical blankets by crater id; only of craters that have one.

        Raises:
            StepError: If the table of patterns cannot be read.
        """
        columns = ["crater_id", "optical_blanket_radii"]
        radii = read_table(self.project.paths.patterns, columns).set_index("crater_id")[columns[1]]
        return {
            one: float(radii[one]) * crater.radius_m
            for one, crater in self.craters.items()
            if one in radii.index and radii[one] > 0
        }

    def has_probability(self, crater_id: int) -> bool:
        """Return whether a mask is a model's; a published or corrected one has no probability."""
        if self.project.settings.source.traits.masks_run is not None:
            return False
        return corrected_mask(self.project, self.craters[crater_id].key) is None

    def levels(
        self, crater_id: int, window: Window, *, grid: BasemapGrid
    ) -> NDArray[np.uint8] | None:
        """Return the levels of a crater's probability, whether its mask is set or not.

        Args:
            crater_id: The crater.
            window: Part of ``grid``.
            grid: Grid of the masks, or a coarser one, whose cells take the value in their middle.

        Returns:
            ``(height, width)``; None where the mask is published or corrected.
        """
        if not self.has_probability(crater_id):
            return None
        crater = self.craters[crater_id]
        around = azimuthal_grid(crater, self.grid)
        # Ejecta seldom cover more than a quarter of what was looked at: the rest is not read.
        source = source_window(around, grid, window)
        if source is None:
            return np.zeros(window.shape, np.uint8)
        return to_basemap(
            self._levels(crater, source),
            azimuthal=around,
            basemap=grid,
            window=window,
            source=source,
        )

    def probability(
        self, crater_id: int, window: Window, *, grid: BasemapGrid
    ) -> NDArray[np.float32] | None:
        """Return the probability of a crater, 0 to 1, in the pixels of :meth:`levels`."""
        levels = self.levels(crater_id, window, grid=grid)
        return None if levels is None else probability_of(levels)

    def levels_by_rows(
        self,
        crater_id: int,
        meaning: NDArray[Scalar],
        *,
        beyond: float,
        window: Window | None = None,
        most_rows: int,
    ) -> Iterator[tuple[Window, NDArray[Scalar]]]:
        """Yield what the levels of a crater's probability mean, by strips of rows.

        Args:
            crater_id: The crater.
            meaning: ``(256,)``, what each level becomes. A mask without probability has the
                highest level, and the lowest beside it.
            beyond: Value beyond the reach.
            window: Where; as far as its ejecta are looked for by default.
            most_rows: Rows of a part.

        Yields:
            A window and the values in it, in the type of ``meaning``.
        """
        crater, grid = self.craters[crater_id], self.grid
        around = azimuthal_grid(crater, grid)
        sure = None if self.has_probability(crater_id) else self.masks[crater_id]
        levels = self._levels(crater) if sure is None else np.zeros(around.shape, np.uint8)
        values = looked_up(meaning, levels)
        whole = window or covering_window(around, grid, reach_m=crater.reach(grid.body))
        for top in range(whole.row, whole.row + whole.height, most_rows):
            height = min(most_rows, whole.row + whole.height - top)
            part = Window(row=top, col=whole.col, height=height, width=whole.width)
            strip = to_basemap(values, azimuthal=around, basemap=grid, window=part, fill=beyond)
            if sure is not None:
                strip[sure.within(part, grid)] = meaning[CERTAIN]
            yield part, strip

    def _levels(self, crater: Crater, window: Window | None = None) -> NDArray[np.uint8]:
        return read_layer(self.project.paths.segmentation(crater.key), PROBABILITY_BAND, window)
