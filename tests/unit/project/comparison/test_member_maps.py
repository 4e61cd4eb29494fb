"""Maps of single members and of variants: scored as the map of an ensemble of them would be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.bundles.bundle import Provenance
from ejmap_project.comparison.map_makers import map_makers
from ejmap_project.comparison.member_map_table import MemberMapTable
from ejmap_project.comparison.member_maps import score_member_maps
from ejmap_project.comparison.published_scores import every_member
from ejmap_project.errors import SettingsError
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.ejecta_layers import segment_ejecta
from ejmap_project.mapping.polar_prediction import predict_polar
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.mapping.tile_store import cut_tile_store
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.scoring.map_scores import score_labelled_tiles, score_map
from ejmap_project.scoring.tile_counts import score_column
from ejmap_project.scoring.tile_scoring import PIXEL, SCORES, TEST, TILE, TVT, score
from tests.constant_models import constant_bundle
from tests.labelled_tiles import LabelledTile, write_labelled_tiles
from tests.tiny_planet import OWN_MASKS, write_project
from tests.tiny_presets import POLAR

SETTINGS = OWN_MASKS + "splits: {count: 1, used: 0}\n"
VERSION = "ejseg_test@0"
# The first member sees ejecta everywhere, the second one nowhere, and together they see them.
SAID, VAL_F1 = (0.9, 0.3), (0.2, 0.4)
# Four labelled tiles of 40 px.
TILES = tuple(
    LabelledTile(number, *place)
    for number, place in enumerate(((20, 30, 0), (20, 130, 1), (70, 60, 0), (70, 190, 1)))
)


def _write_tiles(project: OpenProject, planet: Planet) -> None:
    write_labelled_tiles(
        project.paths, planet.craters, TILES, shape=(40, 40), crs=planet.basemap.crs
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, planet: Planet) -> OpenProject:
    """Give a planet with labelled tiles, tile stores, and an ensemble of two members."""
    project = write_project(tmp_path_factory.mktemp("members"), planet, SETTINGS)
    _write_tiles(project, planet)
    for number, (said, val_f1) in enumerate(zip(SAID, VAL_F1, strict=True)):
        origin = Provenance(created_utc="", scores={"val_f1": val_f1})
        bundle = replace(constant_bundle(POLAR, said), provenance=origin)
        bundle.save(project.paths.model_bundle("ejseg", version=VERSION, iteration=number))
    work = CraterWork(project)
    for crater in planet.craters:
        cut_azimuthal_mosaic(work, crater, tags={})
        cut_tile_store(work, crater, recipe="r", inputs={})
    return project


@pytest.fixture(scope="module")
def table(project: OpenProject) -> pd.DataFrame:
    """Give the scores of both members."""
    score_member_maps(project, Silence())
    return MemberMapTable.validate(pd.read_parquet(project.paths.member_map_scores))


def test_a_member_alone_has_the_scores_of_an_ensemble_of_it(
    project: OpenProject, table: pd.DataFrame, planet: Planet
) -> None:
    """All twenty, against the steps that map a crater and score a map."""
    work = CraterWork(project)
    work.ejseg = ejseg_ensemble([constant_bundle(POLAR, SAID[0])])
    for crater in planet.craters:
        predict_polar(work, crater, tags={})
        segment_ejecta(work, crater, tags={})
        place_mask(work, crater, tags={})
    score_labelled_tiles(project, Silence())
    score_map(project)
    scores = pd.read_parquet(project.paths.map_scores)

    row = table.set_index("iteration").loc[0]

    assert row["map_tvt_pixel_recall"] > 0
    for scope in (TVT, TEST):
        for level in (PIXEL, TILE):
            for name in SCORES:
                wanted = score(scores, name, scope=scope, level=level)
                np.testing.assert_equal(float(row[score_column(scope, level, name)]), wanted)


def test_a_member_that_finds_nothing_has_no_recall(table: pd.DataFrame) -> None:
    """The second member is below one half everywhere."""
    row = table.set_index("iteration").loc[1]

    assert row["map_tvt_pixel_recall"] == row["map_tvt_pixel_f1"] == 0
    assert (row["version"], row["split"], row["members"]) == (VERSION, 0, 1)


def test_scores_of_maps_join_the_members(project: OpenProject, table: pd.DataFrame) -> None:
    """The comparison of models shows them beside the scores of training."""
    members = [one for one in every_member(project) if one.kind == "ejseg"]

    found = [one.provenance.scores["map_tvt_pixel_f1"] for one in members]

    assert found == table.sort_values("iteration")["map_tvt_pixel_f1"].tolist()
    assert [one.provenance.scores["val_f1"] for one in members] == list(VAL_F1)


def _with(project: OpenProject, stated: str) -> OpenProject:
    path = project.paths.folder / "project.yaml"
    path.write_text(SETTINGS + stated)
    opened = OpenProject.at(project.paths.folder)
    path.write_text(SETTINGS)
    return opened


def test_variants_are_rows_beside_the_members(project: OpenProject) -> None:
    """The best member by validation alone, and all members together without connections."""
    stated = _with(
        project,
        "analysis: {maps: [{name: best, members: best}, {name: all, connections: ignored}]}\n",
    )

    artefact = score_member_maps(stated, Silence())

    table = artefact.table
    assert table is not None
    by_name = table.set_index("map")
    assert by_name.loc["best", "map_tvt_pixel_recall"] == 0
    assert by_name.loc["all", "members"] == 2
    alone = table[table["iteration"] == 0].iloc[0]
    assert by_name.loc["all", "map_test_pixel_f1"] == alone["map_test_pixel_f1"]


def test_a_model_that_looks_at_other_views_is_left_out_by_name(
    project: OpenProject, tmp_path: Path
) -> None:
    """Tile stores hold what the mapping models look at."""
    other = constant_bundle(POLAR.replace("rows: 32", "rows: 64"), 0.9)
    folder = project.paths.model_bundle("ejseg", version="other", iteration=0)
    other.save(folder)

    artefact = score_member_maps(project, Silence())

    folder.rename(tmp_path / "moved")
    folder.parent.rmdir()
    left_out = artefact.metadata["left_out"]
    assert left_out == {"other": "it looks at other tiles than those of the tile stores"}
    assert artefact.metadata["maps"] == 2


def test_without_tile_stores_no_member_counts_as_blind(planet: Planet, tmp_path: Path) -> None:
    """A project that shows published masks cuts no tiles: its members are left out, not at 0."""
    bare = write_project(tmp_path, planet, SETTINGS)
    _write_tiles(bare, planet)
    folder = bare.paths.model_bundle("ejseg", version=VERSION, iteration=0)
    constant_bundle(POLAR, 0.9).save(folder)

    artefact = score_member_maps(bare, Silence())

    assert artefact.metadata["left_out"] == {VERSION: "no crater has a tile store"}
    assert artefact.metadata["maps"] == 0


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("{name: a, ejseg: nobody}", r"names EJSEG nobody, .* are ejseg_test@0"),
        ("{name: a, members: 7}", r"names member 7; there are 0, 1"),
    ],
)
def test_a_variant_of_what_is_not_there_is_refused(
    project: OpenProject, stated: str, message: str
) -> None:
    """The sentence says what is there."""
    with pytest.raises(SettingsError, match=message):
        map_makers(_with(project, f"analysis: {{maps: [{stated}]}}\n"))
