"""A project of a published folder with its artefacts in place, as if its assets had run."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from ejmap_geo.craters.catalogue import Crater, craters_of, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_basemap, read_mask_on, write_cog
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.connection_table import write_connections
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.connections import read_connections, read_mapping_tiles
from ejmap_project.published.craters import read_craters
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.tiles import read_labelled_tiles, read_splits
from ejmap_project.settings.project import ProjectPaths
from tests.published_fixture import EJCONN_VERSION, RUN, SPLIT, PublishedFixture


def project_of(made: PublishedFixture, folder: Path) -> OpenProject:
    """Make the project, its published masks taken for its own."""
    published = PublishedFolder.at(made.folder)
    settings = {
        "source": {
            "kind": "ejmap-folder",
            "folder": str(made.folder),
            "connections": f"{EJCONN_VERSION}/{SPLIT}",
        },
        "training": {"kind": "own-masks"},
        "splits": {"count": 0, "used": SPLIT},
        "models": {"ejconn": "ejconn_v32", "ejseg": "ejseg_v200", "iterations": 2},
    }
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(yaml.safe_dump(settings))
    paths = ProjectPaths(folder)
    raster, basemap = read_basemap(made.data / "mosaics" / "cylindrical_mosaic.tif", body=MERCURY)
    write_cog(paths.basemap_mosaic, raster, grid=basemap, nodata=0)
    catalogue = read_craters(published, body=MERCURY, basemap=basemap)
    write_catalogue(catalogue, paths.crater_catalogue)
    craters = craters_of(catalogue)
    for crater, mask in read_manual_masks(published, craters, basemap=basemap):
        path = paths.manual_mask(crater.key)
        write_mask(path, mask, basemap=basemap, center=crater.center)
    grids = {crater.crater_id: azimuthal_grid(crater, basemap) for crater in craters}
    tiles = read_labelled_tiles(published, basemap=basemap, grids=grids)
    paths.training.mkdir(parents=True)
    tiles.to_parquet(paths.labelled_tiles)
    read_splits(published).to_parquet(paths.splits)
    project = OpenProject.at(folder)
    for crater in craters:
        _map(project, published, crater, made)
    return project


def tables_of(published: PublishedFolder, made: PublishedFixture) -> dict[str, pd.DataFrame]:
    """Return all that is read of a published folder, as tables."""
    basemap = made.planet.basemap
    catalogue = read_craters(published, body=MERCURY, basemap=basemap)
    craters = craters_of(catalogue)
    grids = {crater.crater_id: azimuthal_grid(crater, basemap) for crater in craters}
    tables = {
        "craters": pd.DataFrame(catalogue).assign(geometry=catalogue.geometry.to_wkt()),
        "tiles": pd.DataFrame(read_labelled_tiles(published, basemap=basemap, grids=grids)),
        "splits": read_splits(published),
    }
    for crater in craters:
        one = crater.crater_id
        mapping = read_mapping_tiles(published, one, azimuthal=grids[one], basemap=basemap)
        tables[f"connections of {one}"] = read_connections(
            published, one, version=EJCONN_VERSION, split=SPLIT, tiles=mapping or []
        )
        mask = read_output_mask(published, one, run=RUN, basemap=basemap)
        tables[f"mask of {one}"] = _as_table(mask, made)
    for crater, mask in read_manual_masks(published, craters, basemap=basemap):
        tables[f"manual mask of {crater.crater_id}"] = _as_table(mask, made)
    return tables


def read_manual_masks(
    published: PublishedFolder, craters: Iterable[Crater], *, basemap: BasemapGrid
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the manual mask of each crater that has one."""
    for crater in craters:
        path = published.file(layout.MANUAL_MASK, crater=crater.crater_id)
        if path is not None:
            yield crater, read_mask_on(path, basemap)


def read_output_mask(
    published: PublishedFolder, crater_id: int, *, run: str, basemap: BasemapGrid
) -> PlacedMask:
    """Read the mask of a crater that a published run drew."""
    path = published.required(layout.OUTPUT_MASK, run=run, crater=crater_id)
    return read_mask_on(path, basemap)


def _as_table(mask: PlacedMask, made: PublishedFixture) -> pd.DataFrame:
    full = np.zeros(made.planet.basemap.shape, np.bool_)
    mask.paste_into(full)
    rows, cols = np.nonzero(full)
    return pd.DataFrame({"row": rows, "col": cols})


def _map(
    project: OpenProject, published: PublishedFolder, crater: Crater, made: PublishedFixture
) -> None:
    basemap, grid = made.planet.basemap, azimuthal_grid(crater, made.planet.basemap)
    paths, one = project.paths, crater.crater_id
    tiles = read_mapping_tiles(published, one, azimuthal=grid, basemap=basemap)
    table = read_connections(published, one, version=EJCONN_VERSION, split=SPLIT, tiles=tiles or [])
    paths.crater(crater.key).mkdir(parents=True)
    write_connections(table, paths.connections(crater.key))
    mask = read_output_mask(published, one, run=RUN, basemap=basemap)
    path = paths.basemap_mask(crater.key)
    write_mask(path, mask, basemap=basemap, center=crater.center)
    full = np.zeros((1, *basemap.shape), np.bool_)
    mask.paste_into(full[0])
    around = to_azimuthal(full, basemap=basemap, azimuthal=grid)[0]
    layers = EnsembleLayers(around.astype(np.float32), around.astype(np.float32), 1)
    write_layers(paths.segmentation(crater.key), layer_bands(layers, around), grid=grid)
    mosaic = to_azimuthal(made.planet.raster, basemap=basemap, azimuthal=grid)
    write_cog(paths.azimuthal_mosaic(crater.key), mosaic, grid=grid, nodata=0)
