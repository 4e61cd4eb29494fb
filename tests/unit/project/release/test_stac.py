"""The release as a STAC catalogue, read and validated by pystac with the schemas it ships."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import pystac
import pytest
import rasterio
from pyproj import CRS
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterExtension
from pystac.stac_object import STACObjectType
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from shapely.geometry import box, shape

from ejmap_project.open_project import OpenProject
from ejmap_project.release_metadata.stac import COLLECTION, ITEMS
from tests.unit.project.release.conftest import KEYS

Release = Callable[..., Path]


@pytest.fixture
def folder(mapped: OpenProject, release: Release) -> Path:
    """A release."""
    return release(mapped, "first")


@pytest.fixture
def items(folder: Path) -> dict[str, pystac.Item]:
    """The items that its collection leads to, by id."""
    found = pystac.Collection.from_file(str(folder / COLLECTION)).get_items()
    return {item.id: item for item in found}


def test_collection_and_items_follow_the_schemas_of_stac(folder: Path) -> None:
    """Those of the core; schemas of extensions come in no package."""
    validator = JsonSchemaSTACValidator()
    pages = {folder / COLLECTION: STACObjectType.COLLECTION}
    pages |= dict.fromkeys((folder / ITEMS).iterdir(), STACObjectType.ITEM)

    for page, kind in pages.items():
        validator.validate_core(json.loads(page.read_text()), kind, "1.1.0", str(page))

    assert {page.stem for page in pages} == {
        "collection",
        "map",
        *(f"crater_{key}" for key in KEYS),
    }


def test_every_address_is_relative_and_leads_to_a_file_of_its_digest(
    folder: Path, items: dict[str, pystac.Item]
) -> None:
    """So a release may be moved or served as it is."""
    collection = pystac.Collection.from_file(str(folder / COLLECTION))
    pages = [(folder / COLLECTION, collection)]
    pages += [(folder / ITEMS / f"{name}.json", item) for name, item in items.items()]

    for page, read in pages:
        stated = json.loads(page.read_text())
        for link in stated["links"]:
            assert not urlsplit(link["href"]).scheme
            assert (page.parent / link["href"]).is_file()
        for name, asset in read.assets.items():
            content = (page.parent / stated["assets"][name]["href"]).read_bytes()
            told = FileExtension.ext(asset)
            assert told.size == len(content)
            # 0x12 is SHA-256, 0x20 its length of 32 bytes.
            assert (
                bytes.fromhex(told.checksum or "") == b"\x12\x20" + hashlib.sha256(content).digest()
            )


def test_rasters_state_what_gdal_reads_in_them(folder: Path, items: dict[str, pystac.Item]) -> None:
    """Place, CRS, type and nodata."""
    for name in ("label_map.tif", "overlap_count.tif", "composite.tif"):
        asset = items["map"].assets[f"map/{name}"]
        place = ProjectionExtension.ext(asset)
        bands = RasterExtension.ext(asset).bands or []
        with rasterio.open(folder / "data/map" / name) as raster:
            assert place.shape == list(raster.shape)
            assert place.transform == list(raster.transform)[:6]
            assert CRS.from_wkt(place.wkt2 or "") == CRS.from_wkt(raster.crs.to_wkt())
            assert CRS.from_json_dict(place.projjson or {}) == CRS.from_wkt(raster.crs.to_wkt())
            assert [band.data_type for band in bands] == list(raster.dtypes)
            assert [band.nodata for band in bands] == list(raster.nodatavals)


def test_the_footprint_of_a_crater_holds_its_ejecta(
    folder: Path, items: dict[str, pystac.Item]
) -> None:
    """The outline of each crater, which is cut at the antimeridian, too."""
    outlines = gpd.read_parquet(folder / "data/map/ejecta.parquet").set_index("crater_id")

    for key in KEYS:
        drawn = shape(items[f"crater_{key}"].geometry)
        assert drawn.within(box(-180, -90, 180, 90))
        assert outlines.geometry[int(key)].within(drawn.buffer(1e-6))


def test_collection_and_items_name_the_body(folder: Path, items: dict[str, pystac.Item]) -> None:
    """Without it, programs take longitudes for those of the Earth."""
    collection = pystac.Collection.from_file(str(folder / COLLECTION))

    assert collection.extra_fields["ssys:targets"] == ["Mercury"]
    assert {tuple(item.properties["ssys:targets"]) for item in items.values()} == {("Mercury",)}
