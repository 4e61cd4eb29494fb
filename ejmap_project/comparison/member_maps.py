"""Scores of the maps that each trained member makes alone, and of stated variants of the map."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.tiles.labels import windows_of
from ejmap_project.artefact import Artefact
from ejmap_project.comparison.map_makers import MapMaker, map_makers
from ejmap_project.comparison.member_map import member_masks, why_not_mapped
from ejmap_project.comparison.member_map_table import MemberMapTable
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.models.model_version import ModelVersion, ready_made
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.scoring.map_scores import own_tiles
from ejmap_project.scoring.tile_counts import TileCounts
from ejmap_project.settings.training import OwnMasks

if TYPE_CHECKING:
    from pathlib import Path

    from ejmap_ml.bundles.ensemble import Ensemble


def score_member_maps(project: OpenProject, progress: Progress) -> Artefact:
    """Write the scores in labelled tiles of the map that each member makes, and of the variants.

    Members that look at other tiles than the tile stores of the project hold are left out, and
    named.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        SettingsError: If a variant names members that are not there.
        StepError: If labelled tiles, splits or connections were not made yet.
    """
    work, rows = CraterWork(project), []
    left_out: dict[str, str] = {}
    makers = sorted(map_makers(project), key=_place)
    for (version, connections), group in groupby(
        makers, key=lambda one: (one.version, one.connections)
    ):
        alike = list(group)
        reason = _why_not(work, project, alike[0])
        if reason:
            left_out[version.key] = reason
            continue
        rows += _scored(work, project, alike, connections, progress)
    table = MemberMapTable.validate(
        pd.DataFrame(rows, columns=pd.Index(list(MemberMapTable.to_schema().columns)))
    )
    write_table_and_csv(table, project.paths.member_map_scores)
    # Missing numbers are shown as nothing.
    shown = table.sort_values("map_test_pixel_f1", ascending=False)
    shown = shown.astype({"split": float, "iteration": float})
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "maps": len(table),
            "left_out": left_out,
            "scores": shown,
            "path": str(project.paths.member_map_scores),
        },
        table=table,
    )


def _place(maker: MapMaker) -> tuple[str, str, bool, str, tuple[int, ...]]:
    return maker.version.key, maker.connections, bool(maker.name), maker.name, maker.iterations


def _scored(
    work: CraterWork,
    project: OpenProject,
    makers: Sequence[MapMaker],
    connections: str,
    progress: Progress,
) -> Iterator[Mapping[str, object]]:
    """Yield the rows of maps that members of one version make by the same connections."""
    version = makers[0].version
    ensembles = [_ensemble(project, one) for one in makers]
    counts = [TileCounts() for _ in makers]
    own = own_tiles(project, version.split, is_seen=_is_seen(project, version))
    usable = own[own["is_usable"]]
    of_craters = dict(iter(usable.groupby("crater_id")))
    craters = [one for one in work.craters.values() if one.crater_id in of_craters]
    for done, crater in enumerate(craters):
        what = f"crater {crater.key} by members of {version.key}"
        progress.update(what, done=done, total=len(craters))
        tiles = of_craters[crater.crater_id]
        if work.paths.tile_store(crater.key).exists():
            masks = member_masks(
                work,
                crater,
                ensembles,
                labelled=list(windows_of(tiles).values()),
                connections=connections,
            )
        else:
            # A crater that was not mapped counts as one without ejecta.
            masks = [PlacedMask.empty()] * len(makers)
        actual = _manual_mask(work, crater)
        for mask, one in zip(masks, counts, strict=True):
            one.add_crater(tiles, actual=actual, found=mask, basemap=work.basemap.grid)
    for maker, one in zip(makers, counts, strict=True):
        yield {
            "map": maker.name,
            "version": version.key,
            "split": version.split,
            "iteration": None if maker.name else maker.iterations[0],
            "members": len(maker.iterations),
            "connections": connections,
            **one.scores,
        }


def _manual_mask(work: CraterWork, crater: Crater) -> PlacedMask:
    path = work.paths.manual_mask(crater.key)
    return read_mask_on(path, work.basemap.grid) if path.is_file() else PlacedMask.empty()


def _is_seen(project: OpenProject, version: ModelVersion) -> bool:
    is_ready = ready_made(project, "ejseg", version) is not None
    return isinstance(project.settings.training, OwnMasks) and not is_ready


def _why_not(work: CraterWork, project: OpenProject, maker: MapMaker) -> str:
    """Return why a map cannot be made here; empty if it can."""
    from ejmap_ml.bundles.bundle import ModelBundle

    if not any(work.paths.tile_store(key).exists() for key in work.craters):
        # A project that shows published masks cuts no tiles.
        return "no crater has a tile store"
    config = ModelBundle.load(_folder(project, maker, maker.iterations[0])).config
    return why_not_mapped(work, config)


def _ensemble(project: OpenProject, maker: MapMaker) -> "Ensemble":
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_project.mapping.segmenter import ejseg_ensemble

    return ejseg_ensemble(
        [ModelBundle.load(_folder(project, maker, one)) for one in maker.iterations]
    )


def _folder(project: OpenProject, maker: MapMaker, iteration: int) -> "Path":
    return project.paths.model_bundle("ejseg", version=maker.version.key, iteration=iteration)
