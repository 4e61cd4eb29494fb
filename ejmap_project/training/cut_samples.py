"""The samples that a version of a model learns from; versions with equal inputs share them."""

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.whole_file import write_text
from ejmap_project.artefact import Artefact, Facts, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.manifests.manifest import manifest_of
from ejmap_project.models.model_version import ModelVersion, model_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.pictures.shades import MAX_SIDE_PX
from ejmap_project.progress import Progress
from ejmap_project.recipe_settings import sample_set_of
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET, known_planets
from ejmap_project.training.sample_set import LOOK, sample_folder

if TYPE_CHECKING:
    from ejmap_ml.stores.tile_group import TileStore

# Written last into a folder of samples: what they were made from, and the digest of their files.
STAMP = "made_from.json"
# Arrays of a store that are pictures; the first band of each is shown.
PICTURED = ("crop", "image", "view")
ROWS, GAP_PX = 6, 2
# Views along a ray are far wider than high.
NARROW_COLUMNS, WIDE_COLUMNS = 8, 2
WIDE_ASPECT = 2
STRETCHED_PERCENT = (1, 99)


def cut_samples(
    project: OpenProject,
    kind: ModelKind,
    version: str,
    *,
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
        recipe: Digest of what the samples are made from; those of the same one are kept if their
            files are what was written.
        inputs: Data versions of what the samples are made from.
        progress: Told of every planet.
        tell: Told when another version has cut the samples already.

    Raises:
        SourceError: If nothing is labelled.
    """
    sample_set = sample_set_of(project, kind, ModelVersion.parse(version))
    folder = project.paths.samples(sample_set)
    is_shared = _stamp_of(folder) == _stamp(folder, recipe)
    if is_shared:
        tell(f"another version with equal inputs has cut them already: {folder}")
    else:
        _cut(project, kind, version, folder=folder, inputs=inputs, progress=progress)
        write_text(folder / STAMP, json.dumps(_stamp(folder, recipe)) + "\n")
    note = project.paths.samples_note(kind, version)
    write_text(note, json.dumps({LOOK: sample_set}) + "\n")
    return Artefact(
        content=content_version(recipe),
        metadata={
            "version": version,
            "look": sample_set,
            "shared_with_another_version": is_shared,
            **_described(folder),
            "path": str(folder),
        },
    )


def samples_of(project: OpenProject, kind: ModelKind, version: str) -> list[Path]:
    """Return the tile stores that a version learns from, one a planet.

    Raises:
        StepError: If they were not cut, or not to the end.
    """
    folder = sample_folder(project.paths, kind, version)
    if folder is None:
        note = project.paths.samples_note(kind, version)
        raise StepError(f"{note} is missing; materialise {kind}_samples of {version} first")
    if _stamp_of(folder) is None:
        raise StepError(f"{folder} is incomplete; materialise {kind}_samples of {version} again")
    return sorted(folder.glob("*.zarr"))


def _cut(
    project: OpenProject,
    kind: ModelKind,
    version: str,
    *,
    folder: Path,
    inputs: Mapping[str, str],
    progress: Progress,
) -> None:
    from ejmap_project.mapping.tile_plan import TilePlan
    from ejmap_project.training.planet_samples import write_samples
    from ejmap_project.training.published_samples import write_published_samples

    config = model_of(project, kind, ModelVersion.parse(version))
    plan = TilePlan.of(ejconn=config) if kind == "ejconn" else TilePlan.of(ejseg=config)
    # Synthetic planets have no drawn rims.
    of_own = replace(plan, rims=project.annulus_rims())
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
            plan=of_own,
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
            plan=of_own if named.name == OWN_PLANET else plan,
            inputs=inputs,
        )


def _stamp(folder: Path, recipe: str) -> list[str]:
    """Return what the stamp of samples of a recipe says if they are those that lie there."""
    stores = sorted(folder.glob("*.zarr"))
    return [recipe, manifest_of(folder, stores).digest]


def _stamp_of(folder: Path) -> object:
    """Return what the stamp says; None if there is none that can be read."""
    try:
        return json.loads((folder / STAMP).read_bytes())
    except (OSError, ValueError):
        return None


def _described(folder: Path) -> Facts:
    from ejmap_ml.stores.tile_group import TileStore

    stores = {path.stem: TileStore.open(path) for path in sorted(folder.glob("*.zarr"))}
    tiles = {
        planet: sum(store[name].tile_count for name in store.group_names)
        for planet, store in stores.items()
    }
    facts: Facts = {"samples": sum(tiles.values()), "by_planet": tiles}
    pictured = _samples_picture(stores.values())
    return facts if pictured is None else {**facts, "picture": pictured}


@drawing
def _samples_picture(stores: Collection["TileStore"]) -> Picture | None:
    """Show some samples of tile stores, one a crater; None if they hold no pictures."""
    first = next(_samples(stores), None)
    if first is None:
        return None
    height, width = first.shape
    columns = WIDE_COLUMNS if width >= WIDE_ASPECT * height else NARROW_COLUMNS
    tile_width_px = MAX_SIDE_PX // columns - GAP_PX
    size = (tile_width_px, max(1, round(tile_width_px * height / width)))
    tiles = [_resized(tile, size) for tile in islice(_samples(stores), ROWS * columns)]
    rows = -(-len(tiles) // columns)
    sheet = np.full((rows * (size[1] + GAP_PX), columns * (size[0] + GAP_PX)), 255, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = np.multiply(divmod(number, columns), (size[1] + GAP_PX, size[0] + GAP_PX))
        sheet[top : top + size[1], left : left + size[0]] = tile
    return Picture(np.repeat(sheet[..., None], 3, axis=-1), alt="some of the samples")


def _samples(stores: Iterable["TileStore"]) -> Iterator[NDArray[np.float32]]:
    """Yield a sample of every crater, planet after planet."""
    for store in stores:
        for name in store.group_names:
            group = store[name]
            pictured = next((one for one in PICTURED if one in group.array_names), None)
            if pictured is None:
                continue
            # Stores of views hold one a crater, others many tiles a crater.
            count = group.tile_count if pictured == "view" else min(group.tile_count, 1)
            for position in range(count):
                yield group.read(pictured, range(position, position + 1))[0, 0].astype(np.float32)


def _resized(tile: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    dark, bright = np.percentile(tile[np.isfinite(tile)], STRETCHED_PERCENT)
    grey = np.nan_to_num((tile - dark) / max(bright - dark, 1e-6)).clip(0, 1) * 255
    return np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BOX))
