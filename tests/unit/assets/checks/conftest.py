"""A project of a tiny planet with three craters, mapped without a network."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from ejmap_assets import partitions
from ejmap_assets.assets.craters import (
    azimuthal_mosaic,
    basemap_mask,
    crater_pattern,
    crater_profile,
    promised_recall_mask,
    tile_store,
)
from ejmap_assets.checks.crater_check import CheckedCrater
from ejmap_assets.checks.project_check import CheckedProject
from ejmap_assets.lineage.provenance import Recipe
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.crater_step import CraterTask
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.masks.probability_levels import VOTE_STEPS
from ejmap_geo.rasters.polar_file import write_polar_view
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_ml.stores.tile_group import TileStore
from ejmap_project.files.connection_table import write_connections
from ejmap_project.files.crater_raster import write_crater_raster
from ejmap_project.files.former_result import former_place
from ejmap_project.files.layer_file import BAND_NAMES
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import PROMISES
from tests.tiny_planet import write_project

KEY = "0002"


@pytest.fixture(scope="session")
def planet() -> Planet:
    """Three craters with known ejecta on 256 x 128 px."""
    return make_planet(PlanetConfig(body=MERCURY, width_px=256, craters=3), seed=5)


@pytest.fixture
def project(tmp_path: Path, planet: Planet) -> OpenProject:
    """A project whose sources are the planet: mosaic, catalogue, manual masks."""
    return write_project(tmp_path, planet)


@pytest.fixture
def instance(project: OpenProject) -> Iterator[dg.DagsterInstance]:
    """An instance with the craters as partitions."""
    with dg.DagsterInstance.ephemeral() as found:
        partitions.sync_craters(found, sorted(project.craters()))
        yield found


@pytest.fixture
def checked(project: OpenProject, instance: dg.DagsterInstance) -> CheckedProject:
    """The input of a check of the whole project."""
    return CheckedProject(project=project, instance=instance, partition="")


class MappedCrater:
    """A crater whose artefacts are made from its known ejecta instead of by a network."""

    def __init__(self, project: OpenProject) -> None:
        self.work = CraterWork(project)
        self.crater = project.craters()[KEY]
        self.paths = project.paths
        self.grid = self.work.azimuthal_grid(self.crater)
        self._task = CraterTask(crater=self.crater, recipe=Recipe(code_version="1"), work=self.work)

    def checked(self, asset: str) -> CheckedCrater:
        """Return the input of a check of one of its artefacts."""
        output = LINEAGE[asset].output(self.paths, KEY)
        return CheckedCrater(
            crater=self.crater, work=self.work, output=output, former=former_place(output)
        )

    def surroundings(self) -> CheckedCrater:
        """Make the mosaic around it."""
        azimuthal_mosaic.make(self._task)
        return self.checked("azimuthal_mosaic")

    def tiles(self) -> CheckedCrater:
        """Make its tile store."""
        self.surroundings()
        tile_store.make(self._task)
        return self.checked("tile_store")

    def prediction(self, **changed: np.ndarray) -> CheckedCrater:
        """Write a polar prediction of two members; one of them sees ejecta everywhere."""
        self.tiles()
        plan = self.work.tile_plan.polar
        assert plan is not None
        grid = polar_grid(self.crater, body=self.grid.body, config=plan.view)
        said = {"probability": 0.5, "vote_fraction": 0.5, "border": 0.5}
        said |= {"member_00": 0.9, "member_01": 0.1}
        bands = {name: np.full(grid.shape, value, np.float32) for name, value in said.items()}
        bands |= changed
        write_polar_view(
            self.paths.polar_prediction(KEY),
            np.stack(list(bands.values())),
            polar=grid,
            band_names=list(bands),
            tags={},
        )
        return self.checked("polar_prediction")

    def connections(self, is_connected: np.ndarray | bool | None = None) -> CheckedCrater:
        """Write a table that connects some tiles; every other one by default."""
        self.tiles()
        table = TileStore.open(self.paths.tile_store(KEY))["mapping"].table
        chosen = np.arange(len(table)) % 2 == 0 if is_connected is None else is_connected
        places = table[["crater_id", "tile_id", "row", "col", "side_px", "distance_m"]]
        share = np.where(chosen, 0.75, 0.25) * np.ones(len(table))
        self.write_connections(
            places.assign(probability=share, vote_fraction=share, is_connected=chosen)
        )
        return self.checked("connection_predictions")

    def write_connections(self, table: pd.DataFrame) -> None:
        """Write any table of connections."""
        write_connections(table, self.paths.connections(KEY))

    def layers(self, **changed: np.ndarray) -> CheckedCrater:
        """Write probability, votes and mask; a disc of a quarter of the raster by default."""
        side = self.grid.shape[0]
        along = np.abs(np.arange(side) - side / 2)
        mask = np.hypot(along[:, None], along) < side / 4
        levels, votes = np.where(mask, 163, 92), np.where(mask, VOTE_STEPS, 0)
        bands = dict(zip(BAND_NAMES, (levels, votes, mask), strict=True)) | changed
        write_crater_raster(
            self.paths.segmentation(KEY),
            np.stack(list(bands.values())).astype(np.uint8),
            grid=self.grid,
            band_names=list(bands),
        )
        return self.checked("segmentation_mask")

    def mask(self) -> CheckedCrater:
        """Place the mask on the basemap."""
        self.layers()
        basemap_mask.make(self._task)
        return self.checked("basemap_mask")

    def promised_recall_mask(self) -> CheckedCrater:
        """Make the wider mask, by promises that nothing was measured for."""
        self.prediction()
        self.work.conformal = PROMISES
        promised_recall_mask.make(self._task)
        return self.checked("promised_recall_mask")

    def profile(self) -> CheckedCrater:
        """Measure the rings around it."""
        self.mask()
        crater_profile.make(self._task)
        return self.checked("crater_profile")

    def pattern(self) -> CheckedCrater:
        """Measure the pattern of its ejecta, with what its members say."""
        self.prediction()
        self.mask()
        crater_pattern.make(self._task)
        return self.checked("crater_pattern")


@pytest.fixture
def mapped(project: OpenProject) -> MappedCrater:
    """The crater 0002 without artefacts."""
    return MappedCrater(project)
