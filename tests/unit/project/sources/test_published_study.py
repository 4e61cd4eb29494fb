"""A published folder as a source: what it holds is read, what it lacks is None or empty."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio

from ejmap_geo.craters.catalogue import Crater, craters_of
from ejmap_geo.errors import RasterError
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.source import ProjectSource
from tests.published_fixture import EJCONN_VERSION, RUN, SPLIT, PublishedFixture

OWN_MASKS = {"kind": "own-masks"}


@pytest.fixture
def source(published: PublishedFolder, open_project) -> ProjectSource:
    """The source of a project that takes nothing but the folder."""
    return source_of(_project(published.folder, open_project))


def _project(folder: Path, open_project: Any, **stated: str) -> OpenProject:
    source = {"kind": "ejmap-folder", "folder": str(folder)} | stated
    return open_project(source, training=OWN_MASKS)


def _full(mask: PlacedMask, made: PublishedFixture) -> np.ndarray:
    full = np.zeros(made.planet.basemap.shape, np.bool_)
    mask.paste_into(full)
    return full


def test_the_mosaic_is_that_of_the_folder(source: ProjectSource, made: PublishedFixture) -> None:
    """On the grid of the planet, although its extent overshoots by fractions of a millimetre."""
    raster, grid = source.basemap(lambda _: None)

    np.testing.assert_array_equal(raster, made.planet.raster)
    assert grid == made.planet.basemap
    assert source.has_mosaic()
    assert source.samples() is None


def test_without_a_mosaic_the_masks_give_the_grid(
    mine: PublishedFolder, made: PublishedFixture, open_project
) -> None:
    """All of it is nodata, and models train on the published tiles."""
    mine.required(layout.MOSAIC).unlink()
    source = source_of(_project(mine.folder, open_project))

    raster, grid = source.basemap(lambda _: None)

    assert grid == made.planet.basemap
    assert raster.shape == (3, *grid.shape)
    assert not raster.any()
    assert not source.has_mosaic()
    assert source.samples() == mine


def test_a_named_mosaic_takes_the_place_of_the_folders(
    mine: PublishedFolder, made: PublishedFixture, open_project, tmp_path: Path
) -> None:
    """Recipes stamp both files."""
    theirs = mine.required(layout.MOSAIC)
    grid = made.planet.basemap
    mosaic = tmp_path / "better.tif"
    write_cog(mosaic, np.full((3, *grid.shape), 9, np.uint8), grid=grid)
    source = source_of(_project(mine.folder, open_project, mosaic=str(mosaic)))

    raster, _ = source.basemap(lambda _: None)

    assert raster.shape == (3, *grid.shape)
    assert set(raster.flat) == {9}
    assert list(source.files().mosaic) == [mosaic, theirs]
    theirs.unlink()
    assert source.has_mosaic()


def test_craters_reach_as_far_as_their_published_tiles(
    published: PublishedFolder, made: PublishedFixture, open_project
) -> None:
    """Tiles of FID 0 lie up to 0.4 of half the circumference away, those of others up to 0.25."""
    project = _project(published.folder, open_project)
    write_cog(project.paths.basemap_mosaic, made.planet.raster, grid=made.planet.basemap)

    catalogue = source_of(project).catalogue().set_index("crater_id")

    assert catalogue.index.tolist() == [0, 3, 12, 210]
    reaches = catalogue["reach_m"] / made.planet.basemap.body.half_circumference_m
    # A square whose middle lies that far away ends half a diagonal further out at most.
    slack = 32 * made.resolution_m / made.planet.basemap.body.half_circumference_m
    assert 0.4 - slack < reaches[0] < 0.4 + slack
    assert (reaches.drop(0).between(0.25 - slack, 0.25 + slack)).all()


def test_manual_masks_are_known_of_labelled_craters(
    source: ProjectSource, made: PublishedFixture
) -> None:
    """FID 210 was not mapped by anybody."""
    craters = {crater.key: crater for crater in made.planet.craters}

    masks = {crater.crater_id: mask for crater, mask in source.masks(craters, made.planet.basemap)}

    assert list(masks) == [0, 3, 12]
    for crater in made.labelled:
        expected = made.manual_mask(crater)
        np.testing.assert_array_equal(_full(masks[crater.crater_id], made), expected)


def test_mapping_tiles_lie_where_they_were_published(
    source: ProjectSource, made: PublishedFixture
) -> None:
    """As far from the centre of the crater, on whichever raster their pixels are counted."""
    crater, basemap = made.planet.craters[1], made.planet.basemap
    own = azimuthal_grid(crater, basemap)

    tiles = source.tiles_of(crater, basemap)

    assert tiles
    for tile in tiles:
        expected = made.mapping[crater.crater_id].loc[tile.tile_id]
        assert tile.col - own.half_size_px == expected["x"] - made.half_px
        assert tile.row - own.half_size_px == expected["y"] - made.half_px


def test_connections_replace_predictions_only_where_they_are_named(
    source: ProjectSource, published: PublishedFolder, made: PublishedFixture, open_project
) -> None:
    """By version and split."""
    named = f"{EJCONN_VERSION}/{SPLIT}"
    showing = source_of(_project(published.folder, open_project, connections=named))
    crater, basemap = made.planet.craters[0], made.planet.basemap

    table = showing.connections_of(crater, basemap)

    assert source.connections_of(crater, basemap) is None
    assert table is not None
    connected = table.loc[table["is_connected"], "tile_id"].tolist()
    on_raster = set(table["tile_id"])
    assert connected == [one for one in made.connected[0] if one in on_raster]


def test_manual_masks_of_values_other_than_0_and_1_are_refused(
    mine: PublishedFolder, made: PublishedFixture, open_project
) -> None:
    """Crater ids under the name of a mask, say."""
    path = mine.required(layout.MANUAL_MASK, crater=0)
    with rasterio.open(path, "r+") as raster:
        raster.write(np.full((1, *raster.shape), 7, np.uint8))
    source = source_of(_project(mine.folder, open_project))
    craters = {crater.key: crater for crater in made.planet.craters}

    with pytest.raises(RasterError, match="must hold 0"):
        list(source.masks(craters, made.planet.basemap))


@pytest.mark.parametrize("number", range(4))
def test_a_published_mask_replaces_a_map_only_where_a_run_is_named(
    number: int,
    source: ProjectSource,
    published: PublishedFolder,
    made: PublishedFixture,
    open_project,
) -> None:
    """Pixel for pixel: across the antimeridian and next to the pole, where crops are wide, too."""
    showing = source_of(_project(published.folder, open_project, masks_run=RUN))
    crater, basemap = made.planet.craters[number], made.planet.basemap

    mask = showing.mask_of(crater, basemap)

    assert source.mask_of(crater, basemap) is None
    assert mask is not None
    truth = _full(made.planet.truth[crater.crater_id], made)
    np.testing.assert_array_equal(_full(mask, made), truth)


def test_labels_rectangles_and_splits_are_taken_as_published(
    source: ProjectSource, made: PublishedFixture
) -> None:
    """The numbers of tiles and splits are theirs."""
    craters, basemap = made.planet.craters, made.planet.basemap
    given = pd.read_csv(made.data / "conn_data" / "az_positions_all.csv")

    labels, splits = source.labels(craters, basemap), source.splits()

    assert labels is not None
    assert splits is not None
    assert len(labels) == len(given)
    assert set(splits) == {"planet", "crater_id", "tile_id", "test_61", "test_62"}
    assert source.locations(made.labelled, basemap) == made.rectangles


def test_scores_are_listed_by_version(source: ProjectSource, made: PublishedFixture) -> None:
    """Of members and of maps apart; recipes stamp all of them."""
    scores = source.scores_of("ejseg")

    folder = made.results / "ejc_results" / "version_200"
    assert scores.members[200] == folder / "test_metrics.csv"
    assert scores.maps[200] == folder / "eval_metrics.csv"
    stamped = source.files().scores
    assert stamped is not None
    assert {*scores.members.values(), *scores.maps.values()} <= set(stamped)


def test_a_folder_of_craters_and_a_mosaic_lacks_the_rest_without_an_error(
    mine: PublishedFolder, made: PublishedFixture, open_project
) -> None:
    """Any part of a published folder is enough."""
    shutil.rmtree(mine.folder / "results")
    for part in ("conn_data", "cyl_data"):
        shutil.rmtree(mine.folder / "data" / part)
    for path in (mine.folder / "data" / "ejc_data").glob("human_*"):
        path.unlink()
    source = source_of(_project(mine.folder, open_project))
    craters, basemap = made.planet.craters, made.planet.basemap

    assert source.check() == []
    assert list(source.masks({one.key: one for one in craters}, basemap)) == []
    assert source.tiles_of(craters[0], basemap) is None
    assert source.labels(craters, basemap) is None
    assert source.locations(craters, basemap) == {}
    assert source.splits() is None
    assert source.scores_of("ejconn") == ({}, {})


def test_a_folder_that_is_gone_is_named(open_project, tmp_path: Path) -> None:
    """A recipe is still written: its stamps are empty."""
    source = source_of(_project(tmp_path / "gone", open_project))

    assert list(source.files().catalogue) == []
    for ask in (source.check, source.has_mosaic, source.splits, source.samples):
        with pytest.raises(SourceError, match="gone is no folder"):
            ask()


@pytest.fixture
def edited(mine: PublishedFolder, made: PublishedFixture, open_project, tmp_path: Path):
    """Give a project whose user emptied the mask of Debussy, and added two rectangles."""
    (tmp_path / "project" / "masks").mkdir(parents=True)
    cleared = np.zeros((1, *made.planet.basemap.shape), np.uint8)
    write_cog(tmp_path / "project/masks/mask_0012.tif", cleared, grid=made.planet.basemap)
    at = made.planet.basemap.position(made.labelled[0].center)
    place = {"row": int(at.row) - 6, "col": int(at.col) - 6, "height_px": 12, "width_px": 12}
    tiles = pd.DataFrame([place, place]).assign(tile_id=[4, 5], crater_id=[None, 0])
    tiles.to_csv(tmp_path / "project/tiles.csv", index=False)
    return _project(mine.folder, open_project, masks="masks", tiles="tiles.csv")


def test_edits_of_the_user_take_the_place_of_what_was_published(
    edited: OpenProject, made: PublishedFixture
) -> None:
    """Masks, labels, places and splits of an imported project; the folder stays as it was."""
    source, basemap = source_of(edited), made.planet.basemap
    write_cog(edited.paths.basemap_mosaic, made.planet.raster, grid=basemap, nodata=0)
    craters = craters_of(source.catalogue())
    before = {path: path.stat().st_mtime_ns for path in made.folder.rglob("*") if path.is_file()}

    masks = {one.crater_id: mask for one, mask in source.masks(_by_key(craters), basemap)}
    labels = source.labels(craters, basemap)
    splits = source.splits_of(labels)

    assert masks[12].area_px == 0
    other = next(one for one in made.labelled if one.crater_id == 3)
    assert masks[3].area_px == made.manual_mask(other).sum()
    published = labels[labels["tile_id"] < 100_000]
    assert (published.loc[published["crater_id"] == 12, "ejecta_px"] == 0).all()
    assert (published.loc[published["crater_id"] == 12, "split_class"] < 5).all()
    added = labels[labels["tile_id"] >= 100_000]
    pairs = zip(added["crater_id"], added["tile_id"], strict=True)
    assert [*pairs] == [(0, 100_004), (0, 10_000_000_005), (3, 100_004), (12, 100_004)]
    assert 100_004 in source.locations(craters, basemap)
    assert 10_000_000_005 not in source.locations(craters, basemap)
    assert 10_000_000_005 in source.locations([craters[0]], basemap)
    rows = splits.merge(labels[["crater_id", "tile_id", "split_class"]])
    new = rows[rows["tile_id"] >= 100_000]
    assert new["test_61"].tolist() == np.where(new["split_class"] >= 0, 0, -1).tolist()
    kept = splits[splits["tile_id"] < 100_000].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, source.splits())
    assert source.check() == []
    files = source.files()
    assert files.tiles == edited.paths.folder / "tiles.csv"
    assert edited.paths.folder / "masks" / "mask_0012.tif" in {*files.masks}
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda mine, _: mine.required(layout.MOSAIC).unlink(), "came without its mosaic"),
        (
            lambda _, project: (project / "masks/mask_12.tif").write_bytes(b"x"),
            r"not in the table \(mask_12.tif\)",
        ),
        (
            lambda _, project: (project / "tiles.csv").write_text(
                "tile_id,crater_id,row,col,height_px,width_px\n1,77,3,3,5,5\n"
            ),
            "crater_id 77, which is not in fresh_craters.shp",
        ),
    ],
)
def test_edits_that_do_not_fit_are_refused(
    edited: OpenProject, mine: PublishedFolder, spoil, message: str
) -> None:
    """Before anything is made."""
    spoil(mine, edited.paths.folder)

    with pytest.raises(SourceError, match=message):
        source_of(edited).check()


def _by_key(craters: Sequence[Crater]) -> dict[str, Crater]:
    return {crater.key: crater for crater in craters}
