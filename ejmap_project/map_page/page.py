"""Write the map page of a project: its program, its tiles, and its data as scripts."""

import math
from functools import partial
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.whole_file import whole_folder
from ejmap_ml.config.bands import grey_weights
from ejmap_project.artefact import Artefact, Markdown
from ejmap_project.digest import content_version
from ejmap_project.map_page.bundle import INDEX, bundle_version, copy_bundle
from ejmap_project.map_page.data_script import packed, packed_json, write_script
from ejmap_project.map_page.page_facts import (
    crater_facts,
    downloads,
    origin,
    probe_script,
    profiles,
)
from ejmap_project.map_page.page_outlines import page_outlines
from ejmap_project.map_page.probe_values import (
    STEP_PERCENT,
    overlap_cells,
    probe_grids,
    probe_values,
)
from ejmap_project.map_page.tiles import SUFFIX, TILE_PX, write_tiles
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Progress

DATA, TILES = "data", "tiles"
# Where our webserver answers the page.
ADDRESS = f"/map/page/{INDEX}"
# A page of 200 craters is to stay below 40 MB: program, outlines and profiles take 3 MB.
MOST_TILE_BYTES = 18_000_000
MOST_PROBE_BYTES = 18_000_000


def write_map_page(project: OpenProject, progress: Progress) -> Artefact:
    """Write the page as a folder, whole or not at all.

    Args:
        project: The project, with its map.
        progress: Told of each crater.
    """
    mapped = MappedCraters.of(project)
    with whole_folder(project.paths.map_page) as page:
        copy_bundle(page)
        levels = write_tiles(
            project.paths.basemap_mosaic,
            page / TILES,
            weights=grey_weights(project.settings.mosaic_bands),
            most_bytes=MOST_TILE_BYTES,
        )
        probes = _write_probes(mapped, page / DATA, progress)
        rest = _write_data(project, mapped, probes, levels, page / DATA)
        size = {part: _bytes_in(page / part) for part in (DATA, TILES)}
        whole = _bytes_in(page)
    return Artefact(
        content=content_version(bundle_version(), *probes.digests, rest, str(levels)),
        metadata={
            "page": Markdown(f"[Open the map page]({ADDRESS})"),
            "path": str(project.paths.map_page / INDEX),
            "megabytes": whole / 1e6,
            "megabytes_of_tiles": size[TILES] / 1e6,
            "megabytes_of_data": size[DATA] / 1e6,
            "levels": len(levels),
            "craters": len(probes.windows),
        },
    )


class _Probes(NamedTuple):
    """Values of all craters: their grid, windows by crater id, digests, and bytes of the files."""

    grid: BasemapGrid
    windows: dict[int, Window]
    digests: list[str]
    size: int


def _write_probes(mapped: MappedCraters, data: Path, progress: Progress) -> _Probes:
    """Write the values of all craters on the finest grid on which they fit."""
    *finer, coarsest = probe_grids(mapped.grid)
    for grid in finer:
        probes = _write_on(grid, mapped, data, progress, most_bytes=MOST_PROBE_BYTES)
        if probes.size <= MOST_PROBE_BYTES:
            return probes
        # A crater that is seen here may be too small for a coarser grid.
        for crater_id in probes.windows:
            (data / f"{probe_script(mapped.craters[crater_id])}.js").unlink()
    return _write_on(coarsest, mapped, data, progress)


def _write_on(
    grid: BasemapGrid,
    mapped: MappedCraters,
    data: Path,
    progress: Progress,
    *,
    most_bytes: float = math.inf,
) -> _Probes:
    """Write the values of the craters on a grid; of no more once they are too many bytes."""
    windows: dict[int, Window] = {}
    digests: list[str] = []
    size = 0
    found = two_at_a_time(partial(probe_values, mapped, grid=grid), mapped.craters)
    together = zip(mapped.craters.items(), found, strict=True)
    for number, ((crater_id, crater), values) in enumerate(together):
        progress.update(crater.label, done=number, total=len(mapped.craters))
        if size > most_bytes:
            break
        if values is None:
            continue
        size += len(write_script(data, probe_script(crater), packed(values.cells.tobytes())))
        windows[crater_id] = values.window
        digests.append(content_version(crater.key, values.cells, repr(values.window)))
    return _Probes(grid, windows, digests, size)


def _write_data(
    project: OpenProject,
    mapped: MappedCraters,
    probes: _Probes,
    levels: list[int],
    data: Path,
) -> str:
    """Write the scripts that the page loads at once, and return a digest of what they hold."""
    paths, body, craters = project.paths, mapped.grid.body, project.craters()
    grid = probes.grid
    outlines = page_outlines(gpd.read_parquet(paths.ejecta_outlines), mosaic=mapped.grid, grid=grid)
    overlaps = overlap_cells(mapped, grid)
    facts = {
        "body": body.name,
        "radius_m": body.radius_m,
        "tiles": {"levels": len(levels), "tile_px": TILE_PX, "suffix": SUFFIX},
        "probe": {"width_px": grid.width_px, "step_percent": STEP_PERCENT},
        "outlines": {
            "unit_deg": outlines.unit_deg,
            "tolerance_m": outlines.tolerance_m,
            "least_km2": outlines.least_km2,
        },
        "craters": crater_facts(
            gpd.read_file(paths.map_craters),
            craters.values(),
            probes.windows,
            has_probability=mapped.has_probability,
        ),
    }
    measured = profiles(project, craters)
    words = f"{body.name}, a sphere of {body.radius_m / 1000:g} km radius"
    told = {"origin": origin(paths.label_map, words), "downloads": downloads(paths)}
    write_script(data, "facts", {**facts, **told})
    write_script(data, "outlines", packed_json(outlines.polygons))
    write_script(data, "profiles", measured)
    write_script(data, "overlaps", packed(overlaps.tobytes()))
    # Times and sizes of files are no content.
    return content_version(repr(facts), repr(outlines.polygons), repr(measured), overlaps)


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
