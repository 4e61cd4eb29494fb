"""Corrected masks as labels of a project: checked, compared, and taken whole or not at all."""

import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, disc, pixel_area_m2
from ejmap_geo.masks.reach import farthest_on_basemap_m
from ejmap_geo.rasters.raster import basemap_grid_of, read_mask_on
from ejmap_geo.whole_file import link_or_copy, whole_folder, write_text
from ejmap_project.basemap import require_any_map
from ejmap_project.corrections.edited_masks import edited_masks
from ejmap_project.corrections.label_folder import label_folder
from ejmap_project.corrections.package import current_mask, mask_digest
from ejmap_project.corrections.package_note import PackageNote, read_note
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.files.sole_holder import sole_holder
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import mask_name
from ejmap_project.sources.corrected_masks import IMPORT_NOTE, ImportNote, LabelChange

LOCK_SUFFIX = ".lock"


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that was made.

    Attributes:
        folder: Where its note lies, with the masks that it replaced.
        note: What changed.
    """

    folder: Path
    note: ImportNote


def import_labels(project: OpenProject, package: Path, *, by: str, note: str = "") -> Imported:
    """Take the edited masks of a package as labels; nothing changes if anything does not fit.

    The masks that are replaced are kept beside the note of the import, which is written when the
    labels are in their place. Two imports into one folder of masks never overlap.

    Args:
        project: The project that the package is from; it takes its labels from a folder of masks.
        package: The folder that `ejmap correct` made.
        by: Who edited them.
        note: Words to keep.

    Raises:
        SettingsError: If the project takes no labels from a folder of masks.
        StepError: If nothing is mapped yet.
        SourceError: If the package does not fit, nothing in it was edited, or another import into
            the same folder of masks is in progress.
    """
    target, told = label_folder(project), read_note(package)
    require_any_map(project)
    # Beside the folder, which an import replaces; other projects may take their labels from it too.
    lock = target.with_name(f".{target.name}{LOCK_SUFFIX}")
    taken = SourceError(
        f"another import into {target} is in progress, so nothing was taken; repeat this when it "
        "has ended"
    )
    with sole_holder(lock, otherwise=taken):
        return _taken(project, package, told, target=target, by=by, note=note)


def _taken(
    project: OpenProject, package: Path, told: PackageNote, *, target: Path, by: str, note: str
) -> Imported:
    grid = basemap_grid_of(project.paths.basemap_mosaic, body=project.settings.planet)
    _require_same_planet(told, project, grid)
    craters = {one.crater_id: one for one in project.craters().values()}
    masks = edited_masks(package, told, craters, grid)
    if not masks:
        raise SourceError(f"nothing in {package} was edited, so there is nothing to import")
    changes = _changes(project, told, masks, craters, target=target, grid=grid)
    made = ImportNote(
        by=by,
        note=note,
        imported_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        package_made_utc=told.made_utc,
        changes=changes,
    )
    history = _next_folder(project.paths.corrections)
    with whole_folder(history) as unfinished:
        for crater_id in masks:
            former = target / mask_name(craters[crater_id].key)
            if former.is_file():
                shutil.copy2(former, unfinished / former.name)
    try:
        with whole_folder(target) as unfinished:
            if target.is_dir():
                _link_all(target, unfinished)
            for crater_id, mask in masks.items():
                crater = craters[crater_id]
                path = unfinished / mask_name(crater.key)
                write_mask(path, mask, basemap=grid, center=crater.center)
    except BaseException:  # an interrupt, too, leaves no folder of an import that was not made
        shutil.rmtree(history)
        raise
    # Last: a process that is killed leaves masks that were kept, and no note of what it did not do.
    write_text(history / IMPORT_NOTE, made.model_dump_json(indent=2) + "\n")
    return Imported(history, made)


def _changes(
    project: OpenProject,
    told: PackageNote,
    masks: Mapping[int, PlacedMask],
    craters: Mapping[int, Crater],
    *,
    target: Path,
    grid: BasemapGrid,
) -> tuple[LabelChange, ...]:
    """Return what changes by crater.

    Raises:
        SourceError: If a label is no longer the one that was handed out.
    """
    handed_out = {one.crater_id: one for one in told.craters}
    changes: list[LabelChange] = []
    for crater_id, mask in masks.items():
        crater = craters[crater_id]
        path = target / mask_name(crater.key)
        before, was_label = current_mask(project, crater, grid)
        if path.is_file():
            before, was_label = read_mask_on(path, grid), True
        if was_label and mask_digest(before) != handed_out[crater_id].digest:
            raise SourceError(
                f"the label of crater {crater_words(crater)} is not the one that was handed out; "
                "run the project, make a new package with `ejmap correct` and edit that"
            )
        changes.append(_change(crater, before, mask, grid=grid, was_label=was_label))
    return tuple(changes)


def _require_same_planet(told: PackageNote, project: OpenProject, grid: BasemapGrid) -> None:
    body = project.settings.planet
    is_same = body_named(told.body) == body
    if not is_same or told.width_px != grid.width_px:
        raise SourceError(
            f"the package is of {told.body} with {told.width_px} px, the project of "
            f"{project.settings.body} with {grid.width_px} px; import into the project that the "
            "package is from"
        )


def _change(
    crater: Crater, before: PlacedMask, after: PlacedMask, *, grid: BasemapGrid, was_label: bool
) -> LabelChange:
    window = Window.whole(grid.shape)
    old, new = before.within(window, grid), after.within(window, grid)
    area_km2 = pixel_area_m2(grid, window) / 1e6
    added, removed = new & ~old, old & ~new
    reach_m = crater.reach(grid.body)
    return LabelChange(
        crater_id=crater.crater_id,
        crater=crater_words(crater),
        was_label=was_label,
        added_px=int(added.sum()),
        removed_px=int(removed.sum()),
        added_km2=float(added.sum(axis=1) @ area_km2),
        removed_km2=float(removed.sum(axis=1) @ area_km2),
        area_km2=after.area_m2(grid) / 1e6,
        digest=mask_digest(after),
        reach_km=reach_m / 1000,
        farthest_km=farthest_on_basemap_m(after, basemap=grid, origin=crater.center) / 1000,
        beyond_reach_km2=_beyond_m2(after, crater, grid, reach_m=reach_m) / 1e6,
    )


def _beyond_m2(mask: PlacedMask, crater: Crater, grid: BasemapGrid, *, reach_m: float) -> float:
    """Return the area beyond a reach; a pixel that touches the circle is not beyond it."""
    radius_m = min(reach_m + math.sqrt(0.5) * grid.resolution_m, grid.body.half_circumference_m)
    within = disc(grid, center=crater.center, radius_m=radius_m)
    inside = mask.intersection(within, grid)
    # Not a difference of two areas, which rounding keeps from being none.
    return 0.0 if inside.area_px == mask.area_px else mask.area_m2(grid) - inside.area_m2(grid)


def _next_folder(corrections: Path) -> Path:
    numbers = [int(one.name) for one in corrections.glob("[0-9]*") if one.name.isdigit()]
    return corrections / f"{max(numbers, default=0) + 1:04d}"


def _link_all(source: Path, target: Path) -> None:
    """Let a folder hold what another one holds, with the times of its files."""
    for path in source.iterdir():
        if path.is_dir():
            shutil.copytree(path, target / path.name, symlinks=True)
        elif path.is_symlink():
            (target / path.name).symlink_to(path.readlink())
        else:
            link_or_copy(path, target / path.name)
