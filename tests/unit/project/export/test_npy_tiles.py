"""Tiles are exported as the networks see them, and read back as the published ones are."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.rasters.raster import read_raster
from ejmap_geo.tiles.tiling import Tile
from ejmap_ml.config.model_config import ModelConfig, load_preset, to_yaml
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.mapping.tile_plan import TiledCrater, TilePlan, tile_arrays
from ejmap_project.models.model_version import configured_model
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout, npy_tiles
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.settings.project import ProjectPaths
from tests.published_fixture import TILE_PX, PublishedFixture
from tests.published_project import project_of


@pytest.fixture(scope="module")
def small(made: PublishedFixture, tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """A project whose models look at tiles of 32 px, as those of the folder."""
    project = project_of(made, tmp_path_factory.mktemp("small") / "p")
    sides = {
        "ejseg_v200": {"tile": {"side_px": TILE_PX}},
        "ejconn_v32": {"crop": {"height_px": TILE_PX, "width_px": TILE_PX}},
    }
    for name, changed in sides.items():
        stated = load_preset(name).model_dump()
        for part, sizes in changed.items():
            stated["architecture"][part] |= sizes
        path = project.paths.preset(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_yaml(ModelConfig.model_validate(stated)))
    return project


@pytest.fixture(scope="module")
def exported(small: OpenProject, tmp_path_factory: pytest.TempPathFactory) -> PublishedFolder:
    """Its tiles, exported."""
    folder = tmp_path_factory.mktemp("exports") / "ejmap"
    assert _export(small, folder) == []
    return PublishedFolder.at(folder)


def _export(project: OpenProject, folder: Path) -> list[str]:
    names = PublishedNames.of(project)
    return export_project(project, folder, names=names, what=("tiles-npy",), tell=lambda _: None)


def _ids(made: PublishedFixture, exported: PublishedFolder, crater_id: int) -> list[int]:
    there = exported.found(layout.EJSEG_IMAGE)
    ids = [tile.tile_id for tile in made.squares[crater_id]]
    return sorted(tile_id for tile_id in ids if (tile_id, crater_id) in there)


def test_labelled_tiles_are_those_that_were_published(
    made: PublishedFixture, exported: PublishedFolder
) -> None:
    """Images, masks and distances that the fixture cut from its own rasters, but for a few pixels.

    Resampling is exact to a thousandth of a pixel, so that a few take their neighbour's value.
    """
    published, compared = PublishedFolder.at(made.folder), 0
    for crater in made.labelled:
        one, ids = crater.crater_id, _ids(made, exported, crater.crater_id)
        for read in (npy_tiles.read_images, npy_tiles.read_tile_masks):
            ours, theirs = (read(at, one, ids, side_px=TILE_PX) for at in (exported, published))
            assert (ours == theirs).mean() > 0.99
        ours, theirs = (
            npy_tiles.read_distances_m(at, one, ids, side_px=TILE_PX)
            for at in (exported, published)
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)
        compared += len(ids)
    assert compared >= 10


def test_crops_are_read_back_as_the_network_sees_them(
    small: OpenProject, made: PublishedFixture, exported: PublishedFolder
) -> None:
    """Bands and attention, pixel for pixel."""
    crater = small.craters()["0000"]
    grid = azimuthal_grid(crater, made.planet.basemap)
    shift = grid.half_size_px - made.half_px
    with read_raster(small.paths.azimuthal_mosaic(crater.key)) as layers:
        mosaic = layers.to_numpy()
    ids = _ids(made, exported, 0)
    squares = {tile.tile_id: tile for tile in made.squares[0]}
    tiles = [
        Tile(
            tile_id=one,
            row=squares[one].row + shift,
            col=squares[one].col + shift,
            side_px=squares[one].side_px,
            distance_m=0.0,
        )
        for one in ids
    ]
    plan = TilePlan.of(ejconn=configured_model(small, "ejconn"))

    crops = npy_tiles.read_crops(exported, 0, ids, side_px=TILE_PX)

    seen = tile_arrays(TiledCrater(crater=crater, azimuthal=grid, mosaic=mosaic, tiles=tiles), plan)
    np.testing.assert_array_equal(crops, seen["crop"])
    assert len(ids) > 2


def test_mapping_tiles_are_all_there(made: PublishedFixture, exported: PublishedFolder) -> None:
    """Of both networks, under the names that the published code reads."""
    expected = {(tile, crater) for crater, table in made.mapping.items() for tile in table.index}
    for family in (
        layout.EJSEG_MAPPING_IMAGE,
        layout.EJCONN_MAPPING_IMAGE,
        layout.EJCONN_MAPPING_ATTENTION[1],
    ):
        assert set(exported.found(family)) == expected


def test_what_cannot_be_exported_is_told(small: OpenProject, tmp_path: Path) -> None:
    """Here craters whose mosaic was not made."""
    paths = ProjectPaths(tmp_path / "p")
    for path in (small.paths.crater_catalogue, small.paths.basemap_mosaic, small.paths.settings):
        target = paths.folder / path.relative_to(small.paths.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path)

    notes = _export(OpenProject(settings=small.settings, paths=paths), tmp_path / "e")

    assert notes == ["tiles of 0000, 0003, 0012, 0210: its mosaic is not made yet"]
