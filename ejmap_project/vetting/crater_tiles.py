"""The tiles by which a catalogue is vetted, as an artefact: gathered, written and pictured."""

import numpy as np
import pandas as pd

from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.gathering import gather_tiles
from ejmap_project.vetting.vetting_choice import light_words, require_known_names
from ejmap_project.vetting.vetting_tiles import CATALOGUE, IS_CRATER, IS_OTHER, VettingTiles

PICTURED_TILES = 32


def cut_crater_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the tiles of the catalogue, of what is learnt from, and of crater-free places.

    Raises:
        GeoError: If the table of craters does not fit.
        MlError: If a picture cannot be read.
        StepError: If the catalogue is not vetted, there is too little to learn from, or pictures
            are lit otherwise than the mosaic.
    """
    # Also asked by the scores; here already, because a slip should not cost a training first.
    require_known_names(project)
    progress.say("cutting tiles around craters and beside them")
    found = gather_tiles(project)
    found.save(project.paths)
    table = found.table
    plain = pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)
    return Artefact(
        content=content_version(plain, found.tiles.values, str(found.tiles.light_from_deg)),
        metadata={
            "tiles": len(table),
            "craters_to_learn_from": int((found.label == IS_CRATER).sum()),
            "crater_free_places": int((found.label == IS_OTHER).sum()),
            "entries_of_the_catalogue": int((table["kind"] == CATALOGUE).sum()),
            "light_azimuth_deg": light_words(project),
            "side_px": found.tiles.side_px,
            "train_and_test_tiles": [[len(fold.trains), len(fold.tests)] for fold in found.folds],
            "path": str(project.paths.crater_tiles),
            "picture": _examples(found),
        },
        table=table,
    )


@drawing
def _examples(found: VettingTiles) -> Picture:
    """Show some craters, then as many tiles of other ground or without a label."""
    from ejmap_ml.sgan.config import StretchConfig
    from ejmap_ml.sgan.data import stretched
    from ejmap_ml.sgan.tile_sheet import tile_sheet

    rng, is_crater = np.random.default_rng(0), found.label == IS_CRATER
    chosen = [
        np.sort(rng.permutation(np.flatnonzero(is_one))[:PICTURED_TILES])
        for is_one in (is_crater, ~is_crater)
    ]
    tiles = found.tiles.chosen(np.concatenate(chosen))
    sheet = tile_sheet(stretched(tiles.values, StretchConfig())[:, 0].numpy())
    rgb = np.repeat(sheet[..., None], 3, axis=-1)
    return Picture(rgb, alt="tiles of craters, and of other ground")
