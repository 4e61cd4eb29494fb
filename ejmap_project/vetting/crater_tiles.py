"""The tiles by which a catalogue is vetted, as an artefact: gathered, written and pictured."""

import pandas as pd

from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.gathering import gather_tiles
from ejmap_project.vetting.vetting_choice import light_words, require_known_names
from ejmap_project.vetting.vetting_pictures import examples
from ejmap_project.vetting.vetting_tiles import CATALOGUE, IS_CRATER, IS_OTHER


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
            "picture": Picture(examples(found), alt="tiles of craters, and of other ground"),
        },
        table=table,
    )
