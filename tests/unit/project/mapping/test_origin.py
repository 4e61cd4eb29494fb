"""Tags of origin name mosaic, model and run in words, and nothing that is unknown."""

from pathlib import Path

import numpy as np

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.mapping.origin import models_of, origin_tags
from ejmap_project.models.promotion_record import Decision, EnsembleNote, write_promotion
from ejmap_project.open_project import OpenProject

GRID = BasemapGrid(body=MERCURY, width_px=16)
NOTE = EnsembleNote(version="ready_grey", members=("a", "b"))


def test_mosaic_and_model_are_named_with_their_digests(project: OpenProject) -> None:
    """The mosaic by the name in the settings, the ensemble by its version."""
    write_promotion(project.paths, "ejseg", Decision.PROMOTED, "first", NOTE, NOTE)
    inputs = {"basemap_mosaic": "m1", "promoted_ejseg": NOTE.digest, "tile_store": "t1"}

    tags = origin_tags(project, inputs, run_id="run-1")

    assert tags == {
        "EJMAP_MOSAIC": "mosaic.tif, digest m1",
        "EJMAP_MODEL": f"ready_grey, digest {NOTE.digest}",
        "EJMAP_RUN": "run-1",
    }


def test_an_ensemble_that_the_record_does_not_name_keeps_its_digest(project: OpenProject) -> None:
    """A wrong name would be worse than none."""
    write_promotion(project.paths, "ejseg", Decision.PROMOTED, "first", NOTE, NOTE)

    assert origin_tags(project, {"promoted_ejseg": "other"}, run_id="") == {
        "EJMAP_MODEL": "digest other"
    }


def test_models_of_several_files_are_named_once(tmp_path: Path) -> None:
    """Files that are missing, or name no model, add nothing."""
    for number, model in enumerate(("b", "a", "b", "")):
        tags = {"EJMAP_MODEL": model} if model else {}
        write_cog(tmp_path / f"{number}.tif", np.ones(GRID.shape, np.uint8), grid=GRID, tags=tags)

    found = models_of(tmp_path / f"{number}.tif" for number in range(5))

    assert found == {"EJMAP_MODEL": "a; b"}
    assert models_of([]) == {}
