"""A project from a person's own files, checked before it is made."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from ejmap_geo.craters.catalogue import read_catalogue
from ejmap_geo.grids.body import body_named
from ejmap_geo.rasters.raster import read_basemap
from ejmap_geo.whole_file import write_text
from ejmap_ml.ready.ensembles import PACKAGED, names
from ejmap_project.errors import SettingsError
from ejmap_project.models.model_version import TUNED
from ejmap_project.models.tuning_gate import LEAST_CRATERS
from ejmap_project.settings.project import (
    COLOUR_BANDS,
    GREY_BANDS,
    ProjectPaths,
    create_project,
    load_project,
)
from ejmap_project.sources.mask_files import MASK_NAMES

PROFILE, PROFILE_WITH_MASKS = "own", "own-masks"
# The ready-made EJSEG for mosaics of so many bands, and what is trained where there is none. A
# project with masks tunes the ready-made one.
READY_EJSEG = {GREY_BANDS: "ready_grey", COLOUR_BANDS: "ready_colour"}
TRAINED_EJSEG = "ejseg_polar"


def ejseg_for(bands: int, *, ready: Collection[str]) -> str:
    """Return the EJSEG that a new project names: a ready-made one where there is one.

    Args:
        bands: Bands of its mosaic.
        ready: Names of the ready-made ensembles there are.
    """
    wanted = READY_EJSEG.get(bands)
    return TRAINED_EJSEG if wanted is None or wanted not in ready else wanted


def new_project(
    folder: Path,
    *,
    mosaic: Path,
    craters: Path,
    masks: Path | None,
    body: str,
    packaged_models: Path = PACKAGED,
) -> list[str]:
    """Check a person's files and make a project of them.

    Args:
        folder: Folder to make.
        mosaic: Raster of the whole planet.
        craters: Crater table.
        masks: Folder of masks of labelled craters.
        body: The planet.
        packaged_models: Folder of the ready-made ensembles that come with EJMAP.

    Returns:
        Sentences on what was found and what was changed on reading.

    Raises:
        GeoError: If a file does not fit.
        SettingsError: If the folder is a project already, or there is no folder of masks.
    """
    if ProjectPaths(folder).settings.exists():
        raise SettingsError(f"{folder} is a project already; edit its project.yaml or name another")
    if masks is not None and not masks.is_dir():
        raise SettingsError(f"{masks} is no folder; masks are files mask_NNNN.tif in one folder")
    planet = body_named(body)
    raster, grid = read_basemap(mosaic, body=planet)
    catalogue = read_catalogue(craters, body=planet)
    bands = raster.shape[0]
    ejseg = ejseg_for(bands, ready=names(packaged_models))
    is_ready = ejseg != TRAINED_EJSEG
    is_tuned = is_ready and masks is not None
    values = {
        "body": planet.name,
        "  mosaic": str(mosaic.resolve()),
        "  craters": str(craters.resolve()),
        "  grey": bands == GREY_BANDS,
        "  ejseg": ejseg,
        "  candidate": f"{ejseg}{TUNED}",
    }
    if masks is not None:
        values["  masks" if is_tuned else "  # masks"] = str(masks.resolve())
    paths = create_project(folder, profile=PROFILE_WITH_MASKS if is_tuned else PROFILE)
    text = _with_values(paths.settings.read_text(encoding="utf-8"), values)
    write_text(paths.settings, text)
    load_project(folder)
    return [
        f"mosaic: {grid.width_px}x{grid.shape[0]} px, {bands} band(s), {planet.name}",
        f"craters: {len(catalogue)}",
        f"ejecta: mapped by {ejseg}, {'ready-made' if is_ready else 'trained here'}",
        *_told_of_masks(masks, ejseg, is_ready=is_ready),
        *catalogue.attrs.get("notes", []),
    ]


def _told_of_masks(masks: Path | None, ejseg: str, *, is_ready: bool) -> list[str]:
    """Return what is done with masks, as at most one sentence."""
    if masks is None:
        return []
    found = f"masks: {len(list(masks.glob(MASK_NAMES)))}"
    if not is_ready:
        return [f"{found}, which score the map"]
    return [f"{found}; {LEAST_CRATERS} or more tune {ejseg}, which maps if that is a gain"]


def _with_values(text: str, values: Mapping[str, object]) -> str:
    """Replace the values of lines ``key: value  # comment`` and keep everything else."""
    lines = []
    for line in text.splitlines():
        key = next((key for key in values if line.startswith(f"{key}:")), None)
        if key is None:
            lines.append(line)
            continue
        comment = line.partition("  #")[2] if not key.startswith("  #") else ""
        # JSON is YAML on one line; the YAML writer wraps long paths.
        value = json.dumps(values[key], ensure_ascii=False)
        plain = key.replace("# ", "")
        lines.append(f"{plain}: {value}" + (f"  #{comment}" if comment else ""))
    return "\n".join(lines) + "\n"
