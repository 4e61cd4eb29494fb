"""Mosaic, craters, model and ejecta from Python: what a project makes, without one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.errors import BodyError, CatalogueError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.masks.probability_levels import levels_of, vote_levels_of
from ejmap_geo.rasters.raster import read_raster, write_cog
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_project import Craters, Model, Mosaic
from ejmap_project.errors import SettingsError, StepError
from ejmap_project.files.layer_file import BAND_NAMES, read_layer
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.ejecta_layers import segment_ejecta
from ejmap_project.mapping.polar_prediction import predict_polar
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.mapping.tile_store import cut_tile_store
from tests.constant_models import constant_bundle
from tests.tiny_planet import write_project
from tests.tiny_presets import EJCONN, POLAR

BANDS = "mercury-enhanced"
NOTEBOOK = Path(__file__).parents[4] / "docs" / "notebooks" / "one_crater.ipynb"


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Three craters on 256 x 128 px."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


@pytest.fixture
def files(tmp_path: Path, planet: Planet) -> Path:
    """A folder with a mosaic and a crater table."""
    write_cog(tmp_path / "mosaic.tif", planet.raster, grid=planet.basemap, nodata=0)
    write_catalogue(catalogue_from(planet.craters, planet.basemap.body), tmp_path / "craters.csv")
    return tmp_path


@pytest.fixture
def mosaic(files: Path) -> Mosaic:
    """The mosaic as it is read."""
    return Mosaic.read(files / "mosaic.tif", body="Mercury", bands=BANDS)


def _random_bundle(seed: int) -> ModelBundle:
    torch.manual_seed(seed)
    config = constant_bundle(POLAR, 0.5).config
    network = NormalizedNetwork(build_network(config), None)
    with torch.no_grad():
        # A new head says that ejecta are rare; here it says one half, give or take.
        list(network.parameters())[-1].zero_()
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=None,
        provenance=Provenance(created_utc=""),
    )


def test_a_mask_is_that_of_a_project(files: Path, mosaic: Mosaic, planet: Planet) -> None:
    """The same crater by the same members: layers and mask are equal, pixel by pixel."""
    bundles = [_random_bundle(seed) for seed in (1, 2)]
    work = CraterWork(write_project(files / "project", planet))
    work.ejseg = ejseg_ensemble(bundles)
    crater = work.craters["0002"]
    cut_azimuthal_mosaic(work, crater, tags={})
    cut_tile_store(work, crater, recipe="r", inputs={})
    predict_polar(work, crater, tags={})
    segment_ejecta(work, crater, tags={})
    placed = place_mask(work, crater, tags={})

    craters = Craters.read(files / "craters.csv", body="Mercury")
    layers = Model(Ensemble.of(bundles)).predict(mosaic.around(craters["0002"]))

    layers.write(files / "layers.tif")
    theirs = [read_layer(work.paths.segmentation(crater.key), name) for name in BAND_NAMES]
    with read_raster(files / "layers.tif") as ours:
        probability, votes, mask = ours.to_numpy()
    np.testing.assert_array_equal(levels_of(probability), theirs[0])
    np.testing.assert_array_equal(vote_levels_of(votes), theirs[1])
    np.testing.assert_array_equal(mask, theirs[2])
    assert 0 < np.count_nonzero(layers.mask) < layers.mask.size
    assert layers.area_km2 == pytest.approx(placed.metadata["area_km2"])
    assert layers.member_count == 2


def test_the_notebook_runs(files: Path, planet: Planet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells, one after another, beside a tiny mosaic; they are committed without outputs."""
    monkeypatch.chdir(files)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    codes = [cell for cell in cells if cell["cell_type"] == "code"]
    namespace: dict[str, object] = {}

    for cell in codes:
        exec("".join(cell["source"]), namespace)  # noqa: S102 - our own notebook

    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in codes)
    assert isinstance(namespace["layers"].plot(), Figure)
    assert namespace["crater"].radius_m == max(one.radius_m for one in planet.craters)
    assert (files / "ejecta.tif").is_file()


def test_reading_loads_no_networks() -> None:
    """Torch takes seconds, and a mosaic needs none; Dagster is never loaded."""
    code = (
        "import sys; from ejmap_project import Craters, Mosaic; Mosaic.read; "
        "print(*{'torch', 'dagster', 'matplotlib'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split() == []


def test_craters_are_found_by_name_and_number() -> None:
    """Names in any case; several of one name are told apart by their numbers."""
    named = [("Tycho", 1), ("Kepler", 2), ("Kepler", 3), ("", 4)]
    craters = Craters(
        Crater(crater_id=number, name=name, center=LonLat(number, 0), radius_m=40_000.0)
        for name, number in named
    )

    assert craters["tycho"] is craters["0001"]
    assert [one.crater_id for one in craters] == [1, 2, 3, 4]
    assert len(craters) == 4
    with pytest.raises(CatalogueError, match=r"several craters are called Kepler.*: 0002, 0003"):
        craters["Kepler"]
    with pytest.raises(CatalogueError, match=r"there is no crater 'Tico' among 4.*such as Tycho"):
        craters["Tico"]
    with pytest.raises(CatalogueError, match="there is no crater ''"):
        craters[""]


def test_craters_of_another_planet_than_the_mosaic_are_refused(files: Path, mosaic: Mosaic) -> None:
    """Both were read with a body; a crater that was made by hand has none."""
    of_moon = Craters.read(files / "craters.csv", body="Moon")
    by_hand = Crater(crater_id=1, name="", center=LonLat(0, 0), radius_m=200_000.0)

    with pytest.raises(BodyError, match=r"as a crater of Moon, and the mosaic as one of Mercury"):
        mosaic.around(next(iter(of_moon)))
    assert mosaic.around(by_hand).crater is by_hand


def test_what_does_not_fit_is_one_sentence(files: Path, mosaic: Mosaic) -> None:
    """A planet, bands, a model, a kind of model."""
    with pytest.raises(BodyError, match="Venus"):
        Mosaic.read(files / "mosaic.tif", body="Venus")
    with pytest.raises(SettingsError, match="bands must be grey"):
        Mosaic.read(files / "mosaic.tif", body="Mercury", bands="purple")
    with pytest.raises(SettingsError, match="neither a project nor model bundles"):
        Model.load("ready_purple")
    with pytest.raises(StepError, match="looks at tiles"):
        Model(Ensemble.of([constant_bundle(EJCONN, 0.5)]))
    other = Mosaic(raster=mosaic.raster, grid=mosaic.grid, bands="rgb")
    crater = Crater(crater_id=1, name="", center=LonLat(0, 0), radius_m=200_000.0)
    model = Model(Ensemble.of([constant_bundle(POLAR, 0.5, reads=BANDS)]))
    with pytest.raises(SettingsError, match="reads mercury-enhanced"):
        model.predict(other.around(crater))
