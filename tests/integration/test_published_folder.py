"""A published folder is imported, mapped, evaluated and exported, and the export read again."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from ejmap_assets import partitions
from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.provenance import last_record
from ejmap_cli.console import Console
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.intake.import_folder import import_folder
from ejmap_project.intake.import_plan import Wishes
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.scoring.tile_scoring import PIXEL, TEST, TILE, TVT, score
from tests.published_fixture import RUN, PublishedFixture
from tests.published_folder import make_published_folder
from tests.published_project import read_output_mask, tables_of

DOI = "10.5281/zenodo.18787894"


@dataclass
class Imported:
    """A published folder, the project that was made of it, and what that project exports."""

    made: PublishedFixture
    project: OpenProject
    instance: dg.DagsterInstance
    exported: PublishedFolder

    @property
    def published(self) -> PublishedFolder:
        """The folder that was imported."""
        return PublishedFolder.at(self.made.folder)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """All of it, made once."""
    folder = tmp_path_factory.mktemp("published")
    made = make_published_folder(folder / "ejmap", models=True)
    with dg.DagsterInstance.ephemeral() as instance:
        project = _run(made.folder, folder / "project", instance)
        names = PublishedNames.of(project)
        notes = export_project(project, folder / "export", names=names, tell=lambda _: None)
        assert notes == []
        yield Imported(made, project, instance, PublishedFolder.at(folder / "export"))


def _run(folder: Path, place: Path, instance: dg.DagsterInstance, **wishes: object) -> OpenProject:
    import_folder(folder, place, wishes=Wishes(**wishes), tell=lambda _: None)
    project = OpenProject.at(place)
    stream = io.StringIO()
    complaints = runner_of(project, instance, Console(stream)).run()
    assert complaints == [], stream.getvalue()
    return project


def _pixels(mask: PlacedMask, made: PublishedFixture) -> np.ndarray:
    full = np.zeros(made.planet.basemap.shape, np.bool_)
    mask.paste_into(full)
    return full


def test_the_export_reads_as_what_was_imported(imported: Imported) -> None:
    """Craters, rims, labelled tiles, splits, connections and manual masks, to the last digit."""
    expected = tables_of(imported.published, imported.made)

    found = tables_of(imported.exported, imported.made)

    compared = [name for name in expected if not name.startswith("mask of")]
    assert len(compared) == 10
    for name in compared:
        pd.testing.assert_frame_equal(found[name], expected[name], check_exact=True, obj=name)


def test_exported_masks_are_those_that_were_mapped(imported: Imported) -> None:
    """By the imported weights, in the tiles that were published as connected."""
    basemap = imported.made.planet.basemap
    mapped_px = 0
    for crater in imported.project.craters().values():
        exported = read_output_mask(imported.exported, crater.crater_id, run=RUN, basemap=basemap)
        path = imported.project.paths.basemap_mask(crater.key)
        own = _pixels(read_mask_on(path, basemap), imported.made)
        np.testing.assert_array_equal(_pixels(exported, imported.made), own)
        mapped_px += int(own.sum())
    assert mapped_px > 0


def test_models_are_the_published_ones(imported: Imported) -> None:
    """They are registered with their origin, never trained, and exported as they came."""
    for kind, key in (("ejconn", "ejconn_v32@61"), ("ejseg", "ejseg_v200@61")):
        for iteration in range(2):
            path = imported.project.paths.model_bundle(kind, version=key, iteration=iteration)
            assert ModelBundle.load(path).provenance.source == DOI
            member = str(partitions.member_key(version=key, iteration=iteration))
            assert last_record(imported.instance, f"{kind}_model", member) is not None
        assert last_record(imported.instance, f"{kind}_samples", key) is None
    again = imported.exported.folder.parent / "again"
    wishes = Wishes(tables=imported.made.folder / "code")
    import_folder(imported.exported.folder, again, wishes=wishes, tell=lambda _: None)
    for path in sorted(imported.project.paths.data.glob("models/*/*/iteration_*")):
        place = again / path.relative_to(imported.project.paths.folder)
        one, other = ModelBundle.load(path), ModelBundle.load(place)
        assert one.normalization == other.normalization
        assert set(one.weights) == set(other.weights)
        assert all(value.equal(other.weights[name]) for name, value in one.weights.items())


def test_the_map_is_scored_on_the_published_split(imported: Imported) -> None:
    """In the labelled tiles, all of them and those that test, under the published columns."""
    paths = imported.project.paths
    scores = pd.read_parquet(paths.map_scores)
    tiles = pd.read_parquet(paths.tile_scores)
    stated = pd.read_csv(imported.published.required(layout.LABELLED_TILES))

    found = {
        (scope, level): score(scores, "f1", scope=scope, level=level)
        for scope in (TVT, TEST)
        for level in (PIXEL, TILE)
    }

    assert all(0 <= one <= 1 for one in found.values())
    tested = tiles[tiles["is_test"]][["crater_id", "tile_id"]].to_numpy().tolist()
    expected = stated[stated["test_61"] == 1][["crat_FID", "pos_index"]].to_numpy().tolist()
    assert sorted(tested) == sorted(expected)
    family = layout.MAP_METRICS["ejseg"]
    ours, theirs = (
        pd.read_csv(one.required(family, version=200))
        for one in (imported.exported, imported.published)
    )
    assert list(ours) == list(theirs)
    pd.testing.assert_frame_equal(ours.iloc[:2], theirs)
    own = ours.set_index("iteration").loc[2]
    assert own["F1_Score"] == pytest.approx(found[TVT, PIXEL])
    assert own["conn_test_F1_Score"] == pytest.approx(found[TEST, TILE])


def test_published_masks_can_be_shown_and_scored_instead(
    imported: Imported, tmp_path: Path
) -> None:
    """Nothing is mapped then, so that not even the mosaic is needed."""
    folder = tmp_path / "some"
    shutil.copytree(
        imported.made.folder,
        folder,
        ignore=shutil.ignore_patterns("image*", "mosaics", "buffers"),
    )
    with dg.DagsterInstance.ephemeral() as instance:
        project = _run(folder, tmp_path / "project", instance, masks_run=RUN)

    basemap = imported.made.planet.basemap
    for crater in project.craters().values():
        own = read_mask_on(project.paths.basemap_mask(crater.key), basemap)
        truth = imported.made.planet.truth[crater.crater_id]
        np.testing.assert_array_equal(_pixels(own, imported.made), _pixels(truth, imported.made))
    # The published masks of the fixture are the truth, of which the manual masks are a part.
    scores = pd.read_parquet(project.paths.map_scores)
    assert score(scores, "recall", scope=TVT, level=PIXEL) == 1
