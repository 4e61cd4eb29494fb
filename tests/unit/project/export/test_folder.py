"""What is exported reads as what was imported, and nobody's files are lost."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import torch

from ejmap_geo.grids.body import MERCURY
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.published.checkpoint import bundle_from_checkpoint
from ejmap_ml.published.norm_file import read_norm
from ejmap_project.errors import ExportError
from ejmap_project.export.folder import LARGE, PARTS, export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.annulus import read_annulus
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.weights import chosen_weights
from tests.published_fixture import RADIUS_M, RUN, PublishedFixture
from tests.published_project import tables_of

CROP = {"height_px": 32, "width_px": 32}


@pytest.fixture(scope="session")
def exported(project: OpenProject, tmp_path_factory: pytest.TempPathFactory) -> PublishedFolder:
    """The project, exported whole."""
    folder = tmp_path_factory.mktemp("exports") / "ejmap"
    _export(project, folder, what=[name for name in PARTS if name != "tiles-npy"])
    return PublishedFolder.at(folder)


def _export(project: OpenProject, folder: Path, **options: object) -> list[str]:
    names = PublishedNames.of(project)
    return export_project(project, folder, names=names, tell=lambda _: None, **options)


def test_the_export_reads_as_what_was_imported(
    exported: PublishedFolder, made: PublishedFixture
) -> None:
    """Craters, tiles, splits, connections and masks, to the last digit."""
    expected = tables_of(PublishedFolder.at(made.folder), made)

    found = tables_of(exported, made)

    assert set(found) == set(expected)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table, check_exact=True, obj=name)


def test_every_published_table_and_raster_of_the_results_is_there(
    exported: PublishedFolder, made: PublishedFixture
) -> None:
    """By name, except what the published programs derive again."""
    derived = ["npy", "ckpt", "norm", "metrics", "connmatrix", "analysis", "map_all"]
    derived += ["az_manual", "manual_FID"]

    names = {
        str(path.relative_to(made.folder))
        for part in ("data", "results")
        for path in (made.folder / part).rglob("*")
        if path.is_file() and not any(word in path.name for word in derived)
    }

    missing = [name for name in names if not (exported.folder / name).is_file()]
    assert missing == []


def test_published_tables_keep_their_columns(
    exported: PublishedFolder, made: PublishedFixture
) -> None:
    """In names and types, so that the published programs read them."""
    for path in sorted(exported.folder.rglob("*.csv")):
        theirs = pd.read_csv(made.folder / path.relative_to(exported.folder))
        ours = pd.read_csv(path)
        assert set(theirs) <= set(ours), path
        assert next(iter(ours)) == next(iter(theirs)), path
        assert ours[list(theirs)].dtypes.tolist() == theirs.dtypes.tolist(), path


def test_rims_stay_polygons(exported: PublishedFolder, made: PublishedFixture) -> None:
    """The published programs buffer them."""
    ours = gpd.read_file(exported.required(layout.CRATERS))
    theirs = gpd.read_file(made.data / "ejc_data" / "fresh_craters.shp")

    assert ours.geometry.geom_equals(theirs.geometry).all()
    assert ours["train"].tolist() == theirs["train"].tolist()


def test_output_masks_end_at_the_antimeridian(exported: PublishedFolder) -> None:
    """The published programs paste them into an array of the whole planet."""
    half_m = np.pi * RADIUS_M
    for path in exported.found(layout.OUTPUT_MASK).values():
        with rasterio.open(path) as raster:
            assert raster.bounds.left >= -half_m - 1e-3
            assert raster.bounds.right <= half_m + 1e-3
            assert raster.count == 1
            assert raster.dtypes == ("uint8",)


def test_azimuthal_masks_are_squares_about_their_crater(
    exported: PublishedFolder, project: OpenProject
) -> None:
    """Cut to what they hold; the content is that of the crater's raster."""
    for crater in project.craters().values():
        path = exported.required(layout.AZIMUTHAL_OUTPUT_MASK, run=RUN, crater=crater.crater_id)
        with rasterio.open(path) as raster:
            mask, bounds = raster.read(1), raster.bounds
        with rasterio.open(project.paths.segmentation(crater.key)) as raster:
            whole = raster.read(3)

        assert bounds.left == pytest.approx(-bounds.right)
        assert bounds.top == pytest.approx(bounds.right)
        assert mask.sum() == whole.sum()
        edges = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert edges.any() or not mask.any() or mask.shape[0] == 2


def test_azimuthal_mosaics_are_as_wide_as_published(
    exported: PublishedFolder, made: PublishedFixture, project: OpenProject
) -> None:
    """Within the reach of the crater they hold the same pixels, beyond it nothing."""
    for crater in project.craters().values():
        path = exported.required(layout.AZIMUTHAL_MOSAIC, crater=crater.crater_id)
        theirs = made.data / "mosaics" / path.name
        with rasterio.open(path) as one, rasterio.open(theirs) as other:
            ours, whole = one.read(), other.read()
            np.testing.assert_allclose(one.bounds, other.bounds, rtol=1e-9)
        seen = ours.any(axis=0)
        assert ours.shape == whole.shape
        # Resampling is exact to a thousandth of a pixel: a few pixels take their neighbour's value.
        assert (ours[:, seen] == whole[:, seen]).mean() > 0.99
        assert 0 < seen.mean() < 1


def test_buffers_give_the_annulus_of_the_published_ones(
    exported: PublishedFolder, made: PublishedFixture
) -> None:
    """The same pixels about the rim, but for a few on the edge between two."""
    for crater in made.labelled:
        ours, theirs = (
            read_annulus(folder, crater, body=MERCURY, radii=(2, 5))
            for folder in (exported, PublishedFolder.at(made.folder))
        )
        np.testing.assert_allclose(ours, theirs, rtol=5e-3)


def test_exported_weights_are_imported_again(project: OpenProject, tmp_path: Path) -> None:
    """Tensor for tensor, with their norm; a model without a published counterpart is left out."""
    config = ModelConfig.model_validate(
        load_preset("ejconn_v32").model_dump()
        | {"architecture": {"kind": "timm_classifier", "name": "test_resnet", "crop": CROP}}
    )
    torch.manual_seed(3)
    bundle = ModelBundle(
        config=config,
        weights=NormalizedNetwork(build_network(config), None).state_dict(),
        normalization=Normalization(offset=(1.0, 2.0, 3.0, 0.5), scale=(9.0, 8.0, 7.0, 0.1)),
        provenance=Provenance(created_utc="2026-01-01T00:00:00+00:00"),
    )
    key = "ejconn_v32@61"
    path = project.paths.model_bundle("ejconn", version=key, iteration=0)
    bundle.save(path)

    notes = _export(project, tmp_path / "e", what=("weights",))

    shutil.rmtree(path.parent)
    weights = chosen_weights(PublishedFolder.at(tmp_path / "e"), "ejconn", version=32, split=61)
    assert weights is not None
    again = bundle_from_checkpoint(
        weights.checkpoints[0], config, normalization=read_norm(weights.norm), source="here"
    )
    assert again.data_version == bundle.data_version
    assert notes == ["weights of ejseg_v200@61: not trained yet"]


def test_an_export_never_replaces_files(project: OpenProject, tmp_path: Path) -> None:
    """Neither those that it would write nor any other; with force only the former."""
    _export(project, tmp_path / "e", what=("craters", "tiles"))
    table = layout.LABELLED_TILES.path(tmp_path / "e")
    table.write_text("mine")
    (tmp_path / "e" / "notes.txt").write_text("mine too")

    with pytest.raises(ExportError, match=r"crater_0\.csv already; export to another"):
        _export(project, tmp_path / "e", what=("tiles",), force=False)
    kept = table.read_text()
    _export(project, tmp_path / "e", what=("tiles",), force=True)

    assert kept == "mine"
    assert table.read_text() != "mine"
    assert (tmp_path / "e" / "notes.txt").read_text() == "mine too"
    assert [path.name for path in tmp_path.iterdir()] == ["e"]


def test_an_export_that_fails_leaves_nothing_behind(
    project: OpenProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a single file, and no scratch folder."""

    def fail(_: object) -> list[str]:
        raise ExportError("as it happens")

    monkeypatch.setitem(PARTS, "map", fail)

    with pytest.raises(ExportError, match="as it happens"):
        _export(project, tmp_path / "e", what=("craters", "map"))

    assert list(tmp_path.iterdir()) == []


def test_parts_can_be_chosen(project: OpenProject, tmp_path: Path) -> None:
    """Large ones only when they are asked for."""
    _export(project, tmp_path / "e", what=("craters",))

    assert {path.parent.name for path in (tmp_path / "e").rglob("*.*")} == {"ejc_data"}
    assert LARGE == ("azimuthal-mosaics", "tiles-npy")
    with pytest.raises(ExportError, match="there is no part 'crater' to export"):
        _export(project, tmp_path / "f", what=("crater",))


def test_what_is_not_made_yet_is_named(project: OpenProject, tmp_path: Path) -> None:
    """And the rest is written."""
    notes = _export(project, tmp_path / "e", what=("scores", "craters", "map"))

    assert "scores of the map: not made yet" in notes
    assert "composite and map of ids: not made yet" in notes
    assert PublishedFolder.at(tmp_path / "e").file(layout.CRATERS) is not None
