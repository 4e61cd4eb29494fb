"""A project from a person's own files, checked before it is made."""

import json
from collections.abc import Mapping
from pathlib import Path

from ejmap_geo.craters.catalogue import read_catalogue
from ejmap_geo.grids.body import Body, body_named
from ejmap_geo.rasters.raster import read_basemap
from ejmap_geo.whole_file import write_text
from ejmap_ml.config.bands import (
    MERCURY_ENHANCED,
    Bands,
    Reads,
    bands_named,
    count_of,
    seen_as,
    words_of,
)
from ejmap_ml.ready.ensembles import PACKAGED, ReadyEnsemble, names
from ejmap_project.errors import SettingsError
from ejmap_project.intake.told_bands import told_bands
from ejmap_project.models.ready_models import kind_of
from ejmap_project.settings.project import ProjectPaths, create_project, load_project

PROFILE = "own"
# What is trained where no ready-made EJSEG is there.
TRAINED_EJSEG = "ejseg_polar"


def ejseg_for(bands: Bands, *, ready: Mapping[str, Reads | None]) -> str:
    """Return the EJSEG that a new project names: a ready-made one where one reads the mosaic.

    One that sees all bands comes before one that sees grey made of them: fresh material may differ
    from its surroundings in colour alone.

    Args:
        bands: What the bands of its mosaic mean.
        ready: What the ready-made ensembles of EJSEG read, by name; None if they do not say.
    """
    seen = {name: seen_as(bands, reads) for name, reads in ready.items() if reads is not None}
    fitting = [name for name, one in seen.items() if one is not None]
    return max(fitting, key=lambda name: seen[name] == bands, default=TRAINED_EJSEG)


def new_project(
    folder: Path,
    *,
    mosaic: Path,
    craters: Path,
    masks: Path | None,
    body: str,
    bands: str | None = None,
    packaged_models: Path = PACKAGED,
) -> list[str]:
    """Check a person's files and make a project of them.

    Args:
        folder: Folder to make.
        mosaic: Raster of the whole planet.
        craters: Crater table.
        masks: Folder of masks of labelled craters.
        body: The planet.
        bands: What the bands of the mosaic mean; None asks the file.
        packaged_models: Folder of the ready-made ensembles that come with EJMAP.

    Returns:
        Sentences on what was found and what was changed on reading.

    Raises:
        GeoError: If a file does not fit.
        SettingsError: If the folder is a project already, there is no folder of masks, or nobody
            says what the bands of the mosaic mean.
    """
    if ProjectPaths(folder).settings.exists():
        raise SettingsError(f"{folder} is a project already; edit its project.yaml or name another")
    if masks is not None and not masks.is_dir():
        raise SettingsError(f"{masks} is no folder; masks are files mask_NNNN.tif in one folder")
    planet = body_named(body)
    stated = _stated_bands(mosaic, bands, planet)
    _, grid = read_basemap(mosaic, body=planet, bands=count_of(stated))
    catalogue = read_catalogue(craters, body=planet)
    ejseg = ejseg_for(stated, ready=_ready_ejseg(packaged_models))
    values = {
        "body": planet.name,
        "bands": stated,
        "  mosaic": str(mosaic.resolve()),
        "  craters": str(craters.resolve()),
        # Synthetic planets to learn from are grey, or in enhanced colour.
        "  grey": ejseg != TRAINED_EJSEG or stated != MERCURY_ENHANCED,
        "  ejseg": ejseg,
    }
    if masks is not None:
        values["  # masks"] = str(masks.resolve())
    paths = create_project(folder, profile=PROFILE)
    text = _with_values(paths.settings.read_text(encoding="utf-8"), values)
    write_text(paths.settings, text)
    load_project(folder)
    return [
        f"mosaic: {grid.width_px}x{grid.shape[0]} px, {words_of(stated)}, {planet.name}",
        f"craters: {len(catalogue)}",
        f"ejecta: mapped by {ejseg}, {'trained here' if ejseg == TRAINED_EJSEG else 'ready-made'}",
        *catalogue.attrs.get("notes", []),
    ]


def _stated_bands(mosaic: Path, bands: str | None, body: Body) -> Bands:
    if bands is None:
        return told_bands(mosaic, body=body)
    try:
        return bands_named(bands)
    except ValueError as error:
        raise SettingsError(f"--bands {error}") from error


def _ready_ejseg(root: Path) -> dict[str, Reads | None]:
    ensembles = (ReadyEnsemble(root / name) for name in names(root))
    return {one.name: one.config.reads for one in ensembles if kind_of(one) == "ejseg"}


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
