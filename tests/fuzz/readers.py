"""The readers that get damaged input: what a sound file of each is, and how it is read."""

import io
import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import geopandas as gpd
import numpy as np
import pandas as pd
import torch
from rasterio.shutil import copy
from shapely import Point

from ejmap_assets.lineage.provenance import SECONDS, Ingredient, Recipe, event_tags
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.making.kept_results import KeptResults
from ejmap_geo.craters.catalogue import read_catalogue
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.plain_text import clean_message, clean_name
from ejmap_geo.rasters.polar_file import read_polar_view, write_polar_view
from ejmap_geo.rasters.raster import read_basemap, read_mask_on, read_raster, write_cog
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.tables.user_table import read_user_table
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.config.frozen import read_preset
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.published.norm_file import read_norm
from ejmap_ml.published.tensor_file import read_tensor_file
from ejmap_ml.published.unpickler import unpickled
from ejmap_ml.stores.tile_group import TileStore
from ejmap_project.files.connection_table import read_connections
from ejmap_project.files.planet_files import read_impact_order
from ejmap_project.manifests.manifest_store import ArtefactFiles
from ejmap_project.models.promotion_record import (
    Decision,
    EnsembleNote,
    promotions,
    write_promotion,
)
from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.project import profile_text, project_of
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR
from tests.unit.ml.stores.test_zarr_versions import write_small_store

GRID = BasemapGrid(body=MERCURY, width_px=64)
CRATERS = pd.DataFrame(
    {
        "crater_id": [1, 2],
        "name": ["Hokusai", "Debussy"],
        "lon_deg": [16.8, 12.5],
        "lat_deg": [57.8, -33.9],
        "radius_m": [47_000.0, 41_000.0],
    }
)


# Where a library opens the file, an input takes ten times as long.
SLOW = 1000


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader.

    Attributes:
        name: Its name.
        make: Returns a sound file, made in a folder.
        read: Reads other content in a folder.
        inputs: How many it gets; fewer where GDAL, Zarr or torch open the file.
    """

    name: str
    make: Callable[[Path], bytes]
    read: Callable[[bytes, Path], object]
    inputs: int = 10_000


def _file(
    name: str, write: Callable[[Path], object], read: Callable[[Path], object]
) -> tuple[Callable[[Path], bytes], Callable[[bytes, Path], object]]:
    """Return what makes and what reads a file of a name."""

    def make(folder: Path) -> bytes:
        write(folder / name)
        return (folder / name).read_bytes()

    def read_content(content: bytes, folder: Path) -> object:
        (folder / name).write_bytes(content)
        return read(folder / name)

    return make, read_content


def _reader(
    name: str,
    file: str,
    write: Callable[[Path], object],
    read: Callable[[Path], object],
    *,
    slow: bool = False,
) -> Reader:
    make, read_content = _file(file, write, read)
    return Reader(name=name, make=make, read=read_content, inputs=SLOW if slow else Reader.inputs)


def _table(path: Path) -> object:
    return read_catalogue(path, body=MERCURY)


def _layer(path: Path) -> None:
    places = [Point(*place) for place in zip(CRATERS["lon_deg"], CRATERS["lat_deg"], strict=True)]
    table = gpd.GeoDataFrame(CRATERS, geometry=places, crs=geographic_crs(MERCURY))
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        path.unlink(missing_ok=True)
        table.to_file(path)


def _mosaic(path: Path) -> None:
    values = np.indices(GRID.shape).sum(0).astype(np.uint8) + 9
    write_cog(path, values, grid=GRID, nodata=0)


def _mask(path: Path) -> None:
    write_cog(
        path, np.eye(*GRID.shape, dtype=bool), grid=GRID, nodata=0, colormap={1: (9, 9, 9, 9)}
    )


def _polar(path: Path) -> None:
    polar = PolarGrid(
        body=MERCURY,
        center=LonLat(0, 0),
        radius_m=40_000.0,
        rows=16,
        cols=32,
        inner_radii=1.0,
        outer_radii=20.0,
        offset_radii=1.0,
    )
    values = np.random.default_rng(1).random((2, 16, 32), np.float32)
    write_polar_view(path, values, polar=polar, band_names=("a", "b"), tags={})


def _vrt(path: Path) -> None:
    _mosaic(path.with_suffix(".tif"))
    copy(path.with_suffix(".tif"), path, driver="VRT")


def _beside(path: Path) -> object:
    _mosaic(path.with_name("beside.tif"))
    return read_basemap(path.with_name("beside.tif"), body=MERCURY)


def _aux(path: Path) -> None:
    path.write_text(
        '<PAMDataset><PAMRasterBand band="1"><NoDataValue>0</NoDataValue><Scale>1</Scale>'
        '</PAMRasterBand><Metadata><MDI key="a">b</MDI></Metadata></PAMDataset>'
    )


def _pixels(path: Path) -> object:
    with opened(path) as raster:
        return raster.read(), raster.read_masks(), raster.tags()


def _label(path: Path) -> None:
    path.write_bytes(
        b"PDS_VERSION_ID = PDS3\r\nRECORD_TYPE = FIXED_LENGTH\r\nRECORD_BYTES = 512\r\n"
        b"FILE_RECORDS = 8\r\n^IMAGE = 2\r\nOBJECT = IMAGE\r\n LINES = 8\r\n LINE_SAMPLES = 16\r\n"
        b" SAMPLE_TYPE = MSB_UNSIGNED_INTEGER\r\n SAMPLE_BITS = 8\r\nEND_OBJECT = IMAGE\r\nEND\r\n"
        + bytes(range(256))
        * 4
    )


def _store_part(part: str) -> Reader:
    def make(folder: Path) -> bytes:
        write_small_store(folder / f"{part.replace('/', '_')}.zarr")
        return (folder / f"{part.replace('/', '_')}.zarr" / part).read_bytes()

    def read(content: bytes, folder: Path) -> None:
        path = folder / f"{part.replace('/', '_')}.zarr"
        (path / part).write_bytes(content)
        group = TileStore.open(path)["mapping"]
        _ = group.table
        for name in group.array_names:
            group.read(name)

    return Reader(name=f"tile store: {part}", make=make, read=read, inputs=SLOW)


def _bundle_part(part: str) -> Reader:
    def make(folder: Path) -> bytes:
        constant_bundle(POLAR, 0.25).save(folder / f"bundle_{part}")
        return (folder / f"bundle_{part}" / part).read_bytes()

    def read(content: bytes, folder: Path) -> None:
        (folder / f"bundle_{part}" / part).write_bytes(content)
        ModelBundle.load(folder / f"bundle_{part}")

    return Reader(name=f"bundle: {part}", make=make, read=read, inputs=SLOW)


def _promote(path: Path) -> None:
    note = EnsembleNote(version="ejseg", members=("a", "b"), score=0.5)
    paths = ProjectPaths(path.parent / "promoted")
    for reason in ("first", "second"):
        write_promotion(paths, "ejseg", Decision.PROMOTED, reason, note, note)
    path.write_bytes(paths.promotions("ejseg").read_bytes())


def _promotions(path: Path) -> object:
    paths = ProjectPaths(path.parent / "promoted")
    shutil.copy(path, paths.promotions("ejseg"))
    return promotions(paths, "ejseg")


def _keep(path: Path) -> None:
    output = path.with_name("output.tif")
    output.write_bytes(b"mask")
    kept = KeptResults(folder=path.parent / "kept", limit=1)
    kept.keep("a", output, content="c", metadata={"ejecta_px": 7, "text": "b"})
    path.write_bytes((path.parent / "kept" / "a.json").read_bytes())


def _restore(path: Path) -> object:
    shutil.copy(path, path.parent / "kept" / "a.json")
    return KeptResults(folder=path.parent / "kept", limit=1).restore(
        "a", path.with_name("output.tif")
    )


def _manifest(path: Path) -> None:
    places = [path.with_name("listed")]
    places[0].write_text("listed")
    files = _listed(path)
    path.write_text(files.take().to_json())


def _listed(path: Path) -> ArtefactFiles:
    paths = ProjectPaths(path.parent)
    return ArtefactFiles(paths=paths, asset="a", partition="", places=[path.with_name("listed")])


def _compare(path: Path) -> object:
    files = _listed(path)
    note = files.paths.manifest("a", "")
    note.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, note)
    return files.compare("0" * 16)


def _record(path: Path) -> None:
    made_from = Ingredient(asset="b", partition=None, data_version="b", storage_id=1)
    recipe = Recipe(code_version="1", ingredients=(made_from,))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                "a",
                partition="0001",
                tags=event_tags(recipe, data_version="d", files="f"),
                metadata={SECONDS: 0.5},
            )
        )
        cache = RecordCache(path)
        cache.last(instance, "a")
        cache.keep()


def _csv(path: Path) -> None:
    CRATERS.to_csv(path, index=False)


def _preset(path: Path) -> object:
    return read_preset(
        ModelConfig, str(path), package="ejmap_ml.config", noun="preset", what="model"
    )


def _connections(path: Path) -> None:
    table = pd.DataFrame({"crater_id": 3, "tile_id": np.arange(30), "side_px": 32})
    places = {name: np.arange(30) for name in ("row", "col")}
    told = {"probability": 0.5, "vote_fraction": 0.5, "is_connected": True}
    table.assign(**places, **told).to_parquet(path)


READERS: Sequence[Reader] = (
    _reader("crater table: CSV", "craters.csv", _csv, _table),
    _reader("crater table: GeoPackage", "craters.gpkg", _layer, _table, slow=True),
    _reader("crater table: GeoJSON", "craters.geojson", _layer, _table, slow=True),
    _reader("crater table: FlatGeobuf", "craters.fgb", _layer, _table, slow=True),
    _reader("crater table: GeoParquet", "craters.parquet", _layer, _table, slow=True),
    _reader(
        "crater count",
        "craters.scc",
        lambda path: path.write_text(
            "radius = 2439.4\ncrater = {diam, fraction, lon, lat\n94 1 16.8 57.8\n}\n"
        ),
        lambda path: read_user_table(path, what="table", error=CatalogueError),
    ),
    _reader(
        "mosaic: GeoTIFF",
        "mosaic.tif",
        _mosaic,
        lambda path: read_basemap(path, body=MERCURY),
        slow=True,
    ),
    _reader(
        "mosaic: VRT", "mosaic.vrt", _vrt, lambda path: read_basemap(path, body=MERCURY), slow=True
    ),
    _reader(
        "mosaic: PDS label",
        "mosaic.lbl",
        _label,
        _pixels,
        slow=True,
    ),
    _reader("mosaic: .aux.xml", "beside.tif.aux.xml", _aux, _beside, slow=True),
    _reader("mask", "mask.tif", _mask, lambda path: read_mask_on(path, GRID), slow=True),
    _reader(
        "polar view",
        "polar.tif",
        _polar,
        lambda path: read_polar_view(path, body=MERCURY, center=LonLat(0, 0), radius_m=40_000.0),
        slow=True,
    ),
    _reader("own raster", "own.tif", _mosaic, lambda path: read_raster(path).close(), slow=True),
    _store_part("zarr.json"),
    _store_part("mapping/zarr.json"),
    _store_part("mapping/image/zarr.json"),
    _store_part("mapping/image/c/0/0/0/0"),
    _reader("connections", "connections.parquet", _connections, read_connections, slow=True),
    _reader(
        "project.yaml",
        "project.yaml",
        lambda path: path.write_text(profile_text("demo")),
        lambda path: project_of(path.read_text(errors="replace"), path=path),
    ),
    _reader("model configuration", "model.yaml", lambda path: path.write_text(POLAR), _preset),
    _bundle_part("config.json"),
    _bundle_part("weights.safetensors"),
    _bundle_part("provenance.json"),
    _reader(
        "checkpoint",
        "file.ckpt",
        lambda path: torch.save({"state_dict": {"a": torch.ones(3), "b": torch.ones(2, 2)}}, path),
        read_tensor_file,
    ),
    Reader(
        name="pickle",
        make=lambda _: pickle.dumps({"a": [1, (2, 3)], "b": {"c": "text"}}, 2),
        read=lambda content, _: unpickled(io.BytesIO(content)),
        inputs=100_000,
    ),
    _reader("norm", "norm.npy", lambda path: np.save(path, np.ones((2, 4))), read_norm),
    _reader("promotions.jsonl", "promotions.jsonl", _promote, _promotions),
    _reader("kept result", "kept.json", _keep, _restore),
    _reader("manifest", "manifest.json", _manifest, _compare),
    _reader(
        "records of a history",
        "records.json",
        _record,
        RecordCache,
    ),
    _reader(
        "impact order",
        "impact_order.json",
        lambda path: path.write_text("[3, 1, 2]"),
        lambda path: read_impact_order(path.parent),
    ),
    Reader(
        name="names and messages",
        make=lambda _: "Hokusai \x1b[1mKuiper\x07 北斎".encode(),
        read=lambda content, _: (
            clean_name(content.decode(errors="replace")),
            clean_message(content.decode(errors="replace")),
        ),
    ),
)
