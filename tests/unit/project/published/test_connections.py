"""Published connections are the tiles that the published ensemble connected."""

import pandas as pd
import pytest

from ejmap_geo.craters.schemas import ConnectionTable
from ejmap_geo.tiles.tiling import Tile
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.connections import read_connections, read_mapping_tiles
from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import EJCONN_VERSION, SPLIT, PublishedFixture


def _tiles(published: PublishedFolder, made: PublishedFixture, crater_id: int) -> list[Tile]:
    crater = next(one for one in made.planet.craters if one.crater_id == crater_id)
    tiles = read_mapping_tiles(
        published, crater_id, azimuthal=made.azimuthal(crater), basemap=made.planet.basemap
    )
    assert tiles is not None
    return tiles


@pytest.mark.parametrize("crater_id", [0, 3, 12, 210])
def test_connected_tiles_are_those_of_the_table(
    crater_id: int, published: PublishedFolder, made: PublishedFixture
) -> None:
    """All mapping tiles are rows; only decisions are known, so probabilities are 0 or 1."""
    tiles = _tiles(published, made, crater_id)

    table = read_connections(published, crater_id, version=EJCONN_VERSION, split=SPLIT, tiles=tiles)

    ConnectionTable.validate(table)
    connected = table.loc[table["is_connected"], "tile_id"].tolist()
    assert table["tile_id"].tolist() == made.mapping[crater_id].index.tolist()
    assert connected == made.connected[crater_id]
    assert (table["vote_fraction"] == table["is_connected"]).all()
    assert (table["probability"] == table["is_connected"]).all()


def test_a_crater_without_a_connected_tile_is_none_the_worse(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """An empty table is an answer."""
    path = mine.required(layout.CONNECTIONS, version=EJCONN_VERSION, split=SPLIT, crater=3)
    pd.read_csv(path).head(0).to_csv(path, index=False)

    table = read_connections(
        mine, 3, version=EJCONN_VERSION, split=SPLIT, tiles=_tiles(mine, made, 3)
    )

    assert not table["is_connected"].any()
    assert len(table) == len(made.mapping[3])


def test_tiles_of_another_release_are_refused(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Numbers of tiles mean nothing without the table that they came with."""
    path = mine.required(layout.CONNECTIONS, version=EJCONN_VERSION, split=SPLIT, crater=3)
    table = pd.read_csv(path)
    table.loc[0, "eval_pos_index"] = 9999
    table.to_csv(path, index=False)

    with pytest.raises(SourceError, match="connects tile 9999, which is not among"):
        read_connections(mine, 3, version=EJCONN_VERSION, split=SPLIT, tiles=_tiles(mine, made, 3))


def test_craters_without_mapping_tiles_have_none(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Our own grid of tiles takes their place."""
    layout.MAPPING_SQUARES.path(mine.folder, crater=3).unlink()
    crater = made.planet.craters[1]

    tiles = read_mapping_tiles(
        mine, 3, azimuthal=made.azimuthal(crater), basemap=made.planet.basemap
    )

    assert tiles is None
