"""The samples that a version of a model learns from; versions with equal inputs share them."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ejmap_geo.whole_file import write_text
from ejmap_project.artefact import Artefact, Facts
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import ModelVersion, model_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Progress
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET, known_planets
from ejmap_project.training.sample_pictures import samples_picture

if TYPE_CHECKING:
    from ejmap_ml.config.model_config import ModelConfig
    from ejmap_project.mapping.tile_plan import TilePlan

# Written last into a folder of samples: what they were made from.
STAMP = "made_from.json"


def cut_samples(
    project: OpenProject,
    kind: ModelKind,
    version: str,
    *,
    sample_set: str,
    recipe: str,
    inputs: Mapping[str, str],
    progress: Progress,
    tell: Callable[[str], None],
) -> Artefact:
    """Write the samples that a version learns from, and the note that says where they lie.

    Args:
        project: The project.
        kind: Which of the two models.
        version: Key of the version.
        sample_set: Name of the samples, equal for versions that look at the same tiles.
        recipe: Digest of what the samples are made from; samples of the same one are kept.
        inputs: Data versions of what the samples are made from.
        progress: Told of every planet.
        tell: Told when another version has cut the samples already.

    Raises:
        SourceError: If nothing is labelled.
    """
    folder = project.paths.samples(sample_set)
    is_shared = _stamp_of(folder) == recipe
    if is_shared:
        tell(f"another version with equal inputs has cut them already: {folder}")
    else:
        _cut(project, kind, version, folder=folder, inputs=inputs, progress=progress)
        write_text(folder / STAMP, json.dumps(recipe) + "\n")
    note = project.paths.samples_note(kind, version)
    write_text(note, json.dumps({"look": sample_set}) + "\n")
    return Artefact(
        content=content_version(recipe),
        metadata={
            "version": version,
            "look": sample_set,
            "shared_with_another_version": is_shared,
            **_counts(folder),
            **_pictured(folder),
            "path": str(folder),
        },
    )


def samples_of(project: OpenProject, kind: ModelKind, version: str) -> list[Path]:
    """Return the tile stores that a version learns from, one a planet.

    Raises:
        StepError: If they were not cut, or not to the end.
    """
    note = project.paths.samples_note(kind, version)
    if not note.is_file():
        raise StepError(f"{note} is missing; materialise {kind}_samples of {version} first")
    folder = project.paths.samples(json.loads(note.read_bytes())["look"])
    if _stamp_of(folder) is None:
        raise StepError(f"{folder} is incomplete; materialise {kind}_samples of {version} again")
    return sorted(folder.glob("*.zarr"))


def trained_config(project: OpenProject, kind: ModelKind, version: str) -> "ModelConfig":
    """Return the configuration of a version, with the bands of the mosaics that it learns from.

    Raises:
        ConfigError: If its file is not valid.
        SettingsError: If there is no configuration of that name.
    """
    bands = project.settings.trained_bands or read_project_basemap(project).raster.shape[0]
    return model_of(project, kind, ModelVersion.parse(version), bands=bands)


def _cut(
    project: OpenProject,
    kind: ModelKind,
    version: str,
    *,
    folder: Path,
    inputs: Mapping[str, str],
    progress: Progress,
) -> None:
    from ejmap_project.training.planet_samples import write_samples
    from ejmap_project.training.published_samples import write_published_samples

    plan = _plan(kind, trained_config(project, kind, version))
    labelled = pd.read_parquet(project.paths.labelled_tiles)
    shutil.rmtree(folder, ignore_errors=True)
    published = source_of(project).samples()
    if published is not None:
        progress.say("reading the published tiles")
        write_published_samples(
            folder / f"{OWN_PLANET}.zarr",
            published,
            craters=project.craters().values(),
            labelled=labelled[labelled["planet"] == OWN_PLANET],
            plan=plan,
            body=project.settings.planet,
            inputs=inputs,
        )
        return
    for named in known_planets(project):
        progress.say(f"cutting samples of {named.name}")
        write_samples(
            folder / f"{named.name}.zarr",
            named,
            labelled=labelled[labelled["planet"] == named.name],
            plan=plan,
            inputs=inputs,
        )


def _plan(kind: ModelKind, config: "ModelConfig") -> "TilePlan":
    from ejmap_project.mapping.tile_plan import TilePlan

    return TilePlan.of(ejconn=config) if kind == "ejconn" else TilePlan.of(ejseg=config)


def _stamp_of(folder: Path) -> str | None:
    stamp = folder / STAMP
    return json.loads(stamp.read_bytes()) if stamp.is_file() else None


def _counts(folder: Path) -> Facts:
    from ejmap_ml.stores.tile_group import TileStore

    stores = {path.stem: TileStore.open(path) for path in sorted(folder.glob("*.zarr"))}
    tiles = {
        planet: sum(store[name].tile_count for name in store.group_names)
        for planet, store in stores.items()
    }
    return {"samples": sum(tiles.values()), "by_planet": tiles}


def _pictured(folder: Path) -> Facts:
    found = samples_picture(folder)
    return {} if found is None else {"picture": found}
