"""Where the pixels of a raster come from: mosaic, model and run, as tags."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ejmap_project.files.raster_tags import MODEL, MOSAIC, RUN, TERMS, mosaic_words, tags_of
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind


def origin_tags(project: OpenProject, inputs: Mapping[str, str], *, run_id: str) -> dict[str, str]:
    """Return which mosaic, model and run the pixels of a raster come from.

    Args:
        project: The project, opened by the recipes that hold.
        inputs: Data versions of the inputs of the raster by asset; what is no input is not named.
        run_id: Id of Dagster's run; empty outside of one.
    """
    traits = project.settings.source.traits
    tags = {TERMS: traits.terms, RUN: run_id}
    if "basemap_mosaic" in inputs:
        tags[MOSAIC] = mosaic_words(traits.mosaic, inputs["basemap_mosaic"])
    if "promoted_ejseg" in inputs:
        tags[MODEL] = _model(project, "ejseg", inputs["promoted_ejseg"])
    return {name: text for name, text in tags.items() if text}


def models_of(paths: Iterable[Path]) -> dict[str, str]:
    """Return the tag that names the models of several rasters, each once."""
    models = sorted({tags_of(path).get(MODEL, "") for path in paths} - {""})
    return {MODEL: "; ".join(models)} if models else {}


def _model(project: OpenProject, kind: ModelKind, digest: str) -> str:
    note = mapping_ensemble(project, kind)
    named = f"{note.version}, " if note is not None and note.digest == digest else ""
    return f"{named}digest {digest}"
