"""A project from a person's own files, checked before it is made."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ejmap_geo.craters.catalogue import craters_of
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import Body, body_named
from ejmap_geo.rasters.raster import read_basemap
from ejmap_ml.config.bands import (
    COLOUR,
    GREY,
    MERCURY_ENHANCED,
    Bands,
    Reads,
    bands_named,
    count_of,
    seen_as,
    words_of,
)
from ejmap_ml.ready.ensembles import PACKAGED, ReadyEnsemble, names
from ejmap_project.errors import ProjectError, SettingsError
from ejmap_project.intake.new_folder import mistakes_of_folder, mistakes_of_names, write_whole
from ejmap_project.intake.settings_text import lines_of, with_values
from ejmap_project.intake.told_bands import told_bands
from ejmap_project.models.model_version import TUNED
from ejmap_project.models.ready_models import kind_of
from ejmap_project.models.tuning_gate import LEAST_CRATERS
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths, profile_text, project_of
from ejmap_project.settings.sentences import sentences_of
from ejmap_project.settings.sources import FilesSource
from ejmap_project.sources.doubts import colour_doubts, mosaic_doubts, place_finding
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.mask_files import MASK_NAMES
from ejmap_project.sources.mistakes import attempt

PROFILE, PROFILE_WITH_MASKS = "own", "own-masks"
# What is trained where no ready-made EJSEG is there.
TRAINED_EJSEG = "ejseg_polar"


def ejseg_for(bands: Bands, *, ready: Mapping[str, Reads | None]) -> str:
    """Return the EJSEG that a new project names: a ready-made one where one reads the mosaic.

    One for just these bands comes before one that sees grey made of them, and this before one for
    any colours, which finds less where brightness shows ejecta (docs/methods.md).

    Args:
        bands: What the bands of its mosaic mean.
        ready: What the ready-made ensembles of EJSEG read, by name; None if they do not say.
    """
    seen = {name: seen_as(bands, reads) for name, reads in ready.items() if reads is not None}
    fitting = [name for name, one in seen.items() if one is not None]
    order = (bands, GREY, COLOUR)
    return min(fitting, key=lambda name: order.index(ready[name]), default=TRAINED_EJSEG)


def new_project(
    folder: Path,
    *,
    mosaic: Path,
    craters: Path,
    masks: Path | None = None,
    tiles: Path | None = None,
    body: str,
    bands: str | None = None,
    value_range: tuple[float, float] | None = None,
    pad: bool = False,
    west_positive: bool = False,
    columns: Mapping[str, str] = MappingProxyType({}),
    packaged_models: Path = PACKAGED,
) -> list[str]:
    """Check a person's files and make a project of them, whole or not at all.

    Args:
        folder: Folder to make; it may be there, but must be empty.
        mosaic: Raster of the whole planet.
        craters: Crater table.
        masks: Folder of masks of labelled craters.
        tiles: Table of the rectangles in which masks are complete.
        body: The planet, or ``NAME:KM`` for one on a sphere of another radius.
        bands: What the bands of the mosaic mean; None asks the file.
        value_range: Values of the mosaic that are black and white.
        pad: Whether the mosaic may cover a part of the planet.
        west_positive: Whether the column ``lon_deg`` of the crater table grows to the west.
        columns: Columns of the crater table by those of EJMAP, such as ``R_km*1000``.
        packaged_models: Folder of the ready-made ensembles that come with EJMAP.

    Returns:
        Sentences on what was found and what was changed on reading.

    Raises:
        SettingsError: If the folder holds something, or a file or a statement does not fit: all
            mistakes are one error.
    """
    paths = ProjectPaths(folder)
    wrong = [*mistakes_of_folder(paths), *mistakes_of_names(folder, mosaic, craters, masks, tiles)]
    planet, source = _stated(
        wrong,
        body,
        mosaic=mosaic,
        craters=craters,
        masks=masks,
        tiles=tiles,
        value_range=value_range,
        pad=pad,
        west_positive=west_positive,
        columns=dict(columns),
    )
    return _made(paths, planet, source, bands=bands, packaged_models=packaged_models)


def _stated(wrong: list[str], body: str, **stated: object) -> tuple[Body, FilesSource]:
    """Return what was stated; raise what is wrong with it, and with the folder, as one error."""
    given = {
        key: value.resolve() if isinstance(value, Path) else value
        for key, value in stated.items()
        if value is not None
    }
    planet = attempt(wrong, lambda: body_named(body))
    source = None
    try:
        source = FilesSource.model_validate(given)
    except ValidationError as error:
        told = [_as_option(one) for one in sentences_of(error, FilesSource)]
        wrong += dict.fromkeys(told)
    if wrong or planet is None or source is None:
        raise SettingsError("; and ".join(wrong))
    return planet, source


def _as_option(sentence: str) -> str:
    """Return a sentence on a key of the source as one on the option that states it."""
    # Of a list, pydantic names the place, too: ``value_range.0``.
    key = re.split(r"[^a-z_]", sentence, maxsplit=1)[0]
    rest = re.sub(r"^\.\d+", "", sentence.removeprefix(key))
    option = {"columns": "column"}.get(key, key).replace("_", "-")
    return f"--{option}{rest}"


def _made(
    paths: ProjectPaths,
    planet: Body,
    source: FilesSource,
    *,
    bands: str | None,
    packaged_models: Path,
) -> list[str]:
    wrong: list[str] = []
    told: Callable[[], Bands] = (
        partial(told_bands, source.mosaic, body=planet)
        if bands is None
        else partial(stated_bands, bands)
    )
    stated = attempt(wrong, told)
    basemap = attempt(
        wrong,
        lambda: read_basemap(
            source.mosaic,
            body=planet,
            bands=None if stated is None else count_of(stated),
            value_range=source.value_range,
            pad=source.pad,
        ),
    )
    doubts = None if basemap is None else attempt(wrong, lambda: mosaic_doubts(basemap[0]))
    meant = stated or _without_meaning(None if basemap is None else basemap[0])
    ejseg = ejseg_for(meant, ready=_ready_ejseg(packaged_models))
    is_ready = ejseg != TRAINED_EJSEG
    is_tuned = is_ready and source.masks is not None
    values = {
        "body": planet.stated,
        "bands": meant,
        # Synthetic planets to learn from are grey, or in enhanced colour.
        "  grey": ejseg != TRAINED_EJSEG or meant != MERCURY_ENHANCED,
        "  ejseg": ejseg,
        "  candidate": f"{ejseg}{TUNED}",
        **lines_of(source),
    }
    text = with_values(profile_text(PROFILE_WITH_MASKS if is_tuned else PROFILE), values)
    settings = project_of(text, path=paths.settings)
    project = OpenProject(settings=settings, paths=ProjectPaths(paths.folder.resolve()))
    notes = _checked(project, wrong)
    assert basemap is not None  # noqa: S101 - its mistakes were raised
    craters = craters_of(source_of(project).catalogue())
    places = place_finding(*basemap, craters, meant)
    doubts = [*(doubts or []), *colour_doubts(basemap[0], meant), *places.doubts]
    write_whole(paths, text)
    return [
        f"mosaic: {basemap[1].width_px}x{basemap[1].shape[0]} px, {words_of(meant)}, {planet.name}",
        f"craters: {len(craters)}",
        f"ejecta: mapped by {ejseg}, {'ready-made' if is_ready else 'trained here'}",
        *_told_of_masks(source.masks, ejseg, is_ready=is_ready),
        *([planet.doubt] if planet.doubt else []),
        *notes,
        *(f"check this: {doubt}" for doubt in doubts),
        *([places.undecided] if places.undecided else []),
    ]


def _told_of_masks(masks: Path | None, ejseg: str, *, is_ready: bool) -> list[str]:
    """Return what is done with masks, as at most one sentence."""
    if masks is None:
        return []
    found = f"masks: {len(list(masks.glob(MASK_NAMES)))}"
    if not is_ready:
        return [f"{found}, which score the map"]
    tuned = "which maps if that is a gain, and then promises neither recall nor areas"
    return [f"{found}; {LEAST_CRATERS} or more tune {ejseg}, {tuned}"]


def _checked(project: OpenProject, wrong: list[str]) -> list[str]:
    """Return what is told of files that all fit; else raise all that is wrong, each once."""
    try:
        notes = source_of(project).check()
    except (GeoError, ProjectError) as error:
        told = str(error)
        wrong = [*(one for one in wrong if one not in told), told]
        raise SettingsError("; and ".join(wrong)) from error
    if wrong:
        raise SettingsError("; and ".join(wrong))
    return notes


def _without_meaning(raster: NDArray[np.uint8] | None) -> Bands:
    """Return names of bands that nobody named, so that what else is wrong can be told too."""
    if raster is None:
        return GREY
    return tuple(f"band{number}" for number in range(1, len(raster) + 1))


def stated_bands(bands: str) -> Bands:
    """Return what a person states of the bands of a mosaic.

    Raises:
        SettingsError: If it is no meaning of bands.
    """
    try:
        return bands_named(bands)
    except ValueError as error:
        raise SettingsError(f"--bands {error}") from error


def _ready_ejseg(root: Path) -> dict[str, Reads | None]:
    ensembles = (ReadyEnsemble(root / name) for name in names(root))
    return {one.name: one.config.reads for one in ensembles if kind_of(one) == "ejseg"}
