"""Where the pixels of a raster come from and what they mean, as tags that a person can read."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

MODEL, MOSAIC, CRATER, RUN = "EJMAP_MODEL", "EJMAP_MOSAIC", "EJMAP_CRATER", "EJMAP_RUN"
VALUES, DESCRIPTION, TERMS = "EJMAP_VALUES", "TIFFTAG_IMAGEDESCRIPTION", "TIFFTAG_COPYRIGHT"


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
        tags[MOSAIC] = f"{traits.mosaic}, digest {inputs['basemap_mosaic']}"
    if "promoted_ejseg" in inputs:
        tags[MODEL] = _model(project, "ejseg", inputs["promoted_ejseg"])
    return {name: text for name, text in tags.items() if text}


def crater_words(crater: Crater) -> str:
    """Return the name and key of a crater; the key alone without a name."""
    return f"{crater.name} ({crater.key})" if crater.name else crater.key


def meaning(description: str, values: str) -> dict[str, str]:
    """Return the tags that say what a raster is and what each of its values means."""
    return {DESCRIPTION: description, VALUES: values}


def tags_of(path: Path) -> Mapping[str, str]:
    """Return the tags inside a raster; none if it is missing or cannot be read."""
    try:
        with opened(path) as raster:
            return raster.tags()
    except RasterError:
        return {}


def models_of(paths: Iterable[Path]) -> dict[str, str]:
    """Return the tag that names the models of several rasters, each once."""
    models = sorted({tags_of(path).get(MODEL, "") for path in paths} - {""})
    return {MODEL: "; ".join(models)} if models else {}


def _model(project: OpenProject, kind: ModelKind, digest: str) -> str:
    note = mapping_ensemble(project, kind)
    named = f"{note.version}, " if note is not None and note.digest == digest else ""
    return f"{named}digest {digest}"
