"""The release as a static STAC catalogue (1.1.0): a collection, items of map, craters and models.

All links are relative, so the folder may be moved or served as it is. Written as plain JSON, which
needs no library. Coordinates are planetocentric longitude and latitude on the body's sphere, as the
extension ``ssys`` wants them; no CRS of the Earth is involved.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_project.paths import MODEL_KINDS, ModelKind, ProjectPaths, iteration_name
from ejmap_project.release_metadata.footprints import WORLD, footprint
from ejmap_project.release_metadata.release_manifest import FileNote, ModelNote, ReleaseManifest
from ejmap_project.release_metadata.stac_assets import (
    EXTENSIONS,
    FILE,
    PROJECTION,
    RASTER,
    Json,
    file_assets,
    rasters_of,
)
from ejmap_project.release_metadata.stac_model import MLM, as_model_asset, model_properties

COLLECTION, ITEMS = "collection.json", "stac"
STAC_VERSION = "1.1.0"
SOLAR_SYSTEM = f"{EXTENSIONS}/ssys/v1.1.1/schema.json"
VERSION = f"{EXTENSIONS}/version/v1.2.0/schema.json"
JSON_TYPE, GEOJSON_TYPE = "application/json", "application/geo+json"
# Tiles and program of the map page stand for one file, which opens it.
PAGE, PAGE_INDEX = "data/map/page/", "data/map/page/index.html"
UP = "../"
CORRECTIONS = "corrections/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFiles:
    """What a catalogue is written of.

    Attributes:
        folder: The folder of the release.
        manifest: What it holds, with all files that are there.
        craters: Its craters by key.
        body: The body on its sphere.
    """

    folder: Path
    manifest: ReleaseManifest
    craters: Mapping[str, Crater]
    body: Body

    def below(self, path: str) -> list[FileNote]:
        """Return the files below a folder, given by its path with a slash at the end."""
        return [one for one in self.manifest.files if one.path.startswith(path)]


def write_stac(released: ReleasedFiles) -> None:
    """Write ``collection.json`` and the folder ``stac`` with its items."""
    items = list(_items(released))
    folder = released.folder / ITEMS
    folder.mkdir()
    for item in items:
        _write(folder / f"{item['id']}.json", item)
    _write(released.folder / COLLECTION, _collection(released, items))


def _items(released: ReleasedFiles) -> Iterator[Json]:
    yield _map_item(released)
    for key, crater in released.craters.items():
        if files := released.below(f"data/craters/{key}/"):
            yield _crater_item(released, key, crater, files)
    for kind in MODEL_KINDS:
        note = released.manifest.models.get(kind)
        if note is not None:
            yield _model_item(released, kind, note)


def _map_item(released: ReleasedFiles) -> Json:
    files = [
        one
        for one in released.manifest.files
        if one.path.startswith("data/")
        and not one.path.startswith(("data/craters/", "data/models/"))
        and (one.path == PAGE_INDEX or not one.path.startswith(PAGE))
    ]
    assets = file_assets(files, folder=released.folder, inside="data/", up=UP)
    corrected = [int(one.key) for one in released.manifest.corrections]
    made = {
        "datetime": _made_utc(released.manifest, "global_map", None),
        "ejmap:corrected_craters": corrected,
    }
    return _item(released, "map", f"Ejecta of {released.body.name}", assets, made)


def _crater_item(
    released: ReleasedFiles, key: str, crater: Crater, files: Sequence[FileNote]
) -> Json:
    inside = f"data/craters/{key}/"
    assets = file_assets(files, folder=released.folder, inside=inside, up=UP)
    title = f"Ejecta of {crater.name or f'crater {key}'}"
    found = {
        "ejmap:crater_id": crater.crater_id,
        "ejmap:diameter_km": 2 * crater.radius_m / 1000,
    }
    made = {"datetime": _made_utc(released.manifest, "basemap_mask", key)}
    place = _place_of(assets, released.body)
    found |= _corrected(released.manifest, key)
    return _item(released, f"crater_{key}", title, assets, {**made, **found}, place=place)


def _corrected(manifest: ReleaseManifest, key: str) -> Json:
    """Return the properties that say who corrected a mask by hand; none of a model's."""
    found = next((one for one in manifest.corrections if one.key == key), None)
    if found is None:
        return {}
    return {
        "ejmap:corrected_by": found.by,
        "ejmap:corrected_utc": found.imported_utc,
        **({"ejmap:correction_note": found.note} if found.note else {}),
        **({"ejmap:correction_file": f"{UP}{found.file}"} if found.file else {}),
    }


def _model_item(released: ReleasedFiles, kind: ModelKind, note: ModelNote) -> Json:
    ensemble = ProjectPaths(released.folder).stored_ensemble(kind, note.digest)
    inside = f"{ensemble.relative_to(released.folder).as_posix()}/"
    assets = file_assets(released.below(inside), folder=released.folder, inside=inside, up=UP)
    assets = {name: as_model_asset(name, one) for name, one in assets.items()}
    member = ensemble / iteration_name(0)
    properties = model_properties(released.manifest, kind, note, member)
    made = {"datetime": released.manifest.made_utc}
    item = _item(released, kind, note.version, assets, made | properties)
    return item | {"stac_extensions": [*item["stac_extensions"], MLM]}


def _made_utc(manifest: ReleaseManifest, asset: str, partition: str | None) -> str:
    note = manifest.by_artefact.get((asset, partition))
    return manifest.made_utc if note is None or not note.made_utc else note.made_utc


def _place_of(assets: Mapping[str, Json], body: Body) -> Json:
    """Return the footprint of the mask of a crater; the whole body where none is there."""
    mask = assets.get("basemap_mask.tif")
    if mask is None:
        return footprint(*WORLD)
    west, south, east, north = (
        math.degrees(metres / body.radius_m) for metres in mask["proj:bbox"]
    )
    return footprint(west, south, east, north)


def _item(
    released: ReleasedFiles,
    item_id: str,
    title: str,
    assets: Mapping[str, Json],
    properties: Json,
    *,
    place: Json | None = None,
) -> Json:
    """Return an item; without a place it is about the whole body."""
    extensions = [SOLAR_SYSTEM, FILE, VERSION]
    rasters = rasters_of(assets.values())
    system: Json = {}
    if rasters:
        extensions += [PROJECTION, RASTER]
        system = {name: rasters[0][name] for name in ("proj:wkt2", "proj:projjson")}
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": extensions,
        "id": item_id,
        "collection": released.manifest.label,
        **(place or footprint(*WORLD)),
        "properties": {
            "title": title,
            "ssys:targets": [released.body.name],
            "version": str(released.manifest.number),
            **properties,
            **system,
        },
        "links": [
            {"rel": relation, "href": f"{UP}{COLLECTION}", "type": JSON_TYPE}
            for relation in ("root", "parent", "collection")
        ],
        "assets": dict(assets),
    }


def _collection(released: ReleasedFiles, items: Sequence[Json]) -> Json:
    manifest = released.manifest
    times = sorted(str(item["properties"]["datetime"]) for item in items)
    root_files = [
        one
        for one in released.manifest.files
        if "/" not in one.path or one.path.startswith(CORRECTIONS)
    ]
    mosaic = manifest.mosaic
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": [SOLAR_SYSTEM, FILE, VERSION],
        "id": manifest.label,
        "title": f"Ejecta of impact craters on {released.body.name}: {manifest.label}",
        "description": " ".join(
            one
            for one in (
                manifest.note,
                manifest.corrected_words,
                f"Mosaic: {mosaic.words or 'not stated'}; terms: {mosaic.terms or 'not stated'}.",
            )
            if one
        ),
        # STAC's word for terms that are no licence of SPDX; the project states none for its map.
        "license": "other",
        "version": str(manifest.number),
        "ssys:targets": [released.body.name],
        "extent": {
            "spatial": {"bbox": [list(WORLD)]},
            "temporal": {"interval": [[times[0], times[-1]]]},
        },
        "links": [
            {"rel": "root", "href": f"./{COLLECTION}", "type": JSON_TYPE},
            *(
                {
                    "rel": "item",
                    "href": f"./{ITEMS}/{item['id']}.json",
                    "type": GEOJSON_TYPE,
                    "title": item["properties"]["title"],
                }
                for item in items
            ),
        ],
        "assets": file_assets(root_files, folder=released.folder, inside="", up="./"),
    }


def _write(path: Path, page: Json) -> None:
    path.write_text(json.dumps(page, indent=1, allow_nan=False) + "\n", encoding="utf-8")
