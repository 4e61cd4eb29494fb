"""Whether labelling the tiles that the ranking names mends more of the map than random tiles.

A mapped project of a synthetic planet is needed (`make demo`), whose truth plays the person. A
budget of tiles is labelled; what counts is the area of the map that was wrong there. Three choices
are compared: the expected gain, the share of uncertain ground, and chance among the tiles that
hold mapped ejecta (the mean of all draws). No model is trained.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.resampling.reproject import covering_window
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.corrections.tile_gain import side_px_of, tile_gains
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters

BUDGETS = (10, 30, 100, 300)


def main() -> None:
    """Print the area mended by each choice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path("projects/demo"))
    tiles = measured(OpenProject.at(parser.parse_args().project))
    share, on_ejecta = tiles["wrong_km2"].sum(), tiles[tiles["holds_ejecta"]]
    print(f"{len(tiles)} tiles, {len(on_ejecta)} with ejecta, {share:.3g} km2 wrong in all")
    for budget in BUDGETS:
        chance = on_ejecta["wrong_km2"].mean() * min(budget, len(on_ejecta))
        gain = tiles.nlargest(budget, "expected_km2")["wrong_km2"].sum()
        unsure = tiles.nlargest(budget, "uncertain_share")["wrong_km2"].sum()
        print(
            f"{budget:>4} tiles  by expected gain {gain / share:6.1%} of it "
            f"({gain / chance:4.1f} x chance)  by uncertainty {unsure / share:6.1%} "
            f"({unsure / chance:4.1f} x)  by chance {chance / share:6.1%}"
        )


def measured(project: OpenProject) -> pd.DataFrame:
    """Return what is expected and what is truly wrong in each tile of each crater."""
    mapped, rows = MappedCraters.of(project), list[tuple[float, float, float, bool]]()
    grid = mapped.grid
    for crater in mapped.craters.values():
        window = covering_window(
            azimuthal_grid(crater, grid), grid, reach_m=crater.reach(grid.body)
        )
        truth = read_mask_on(project.paths.manual_mask(crater.key), grid).within(window, grid)
        mask = mapped.masks[crater.crater_id].within(window, grid)
        wrong_km2 = (truth != mask) * (pixel_area_m2(grid, window)[:, None] / 1e6)
        levels = mapped.levels(crater.crater_id, window, grid=grid)
        if levels is None:
            raise SystemExit(f"{project.paths.folder} has no probabilities; map it with its models")
        side_px = side_px_of(window)
        for one in tile_gains(levels, mask, window=window, basemap=grid, side_px=side_px):
            at = one.window.slices_in(window)
            true, holds = float(np.sum(wrong_km2[at])), bool(mask[at].any())
            rows.append((one.expected_wrong_m2 / 1e6, one.uncertain_share, true, holds))
    names = ["expected_km2", "uncertain_share", "wrong_km2", "holds_ejecta"]
    return pd.DataFrame(rows, columns=names)


if __name__ == "__main__":
    main()
