"""Patterns as files: of one crater, and of all craters with what is clean of them."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.masks.placement import mask_to_azimuthal, mask_to_basemap
from ejmap_geo.patterns.published_pattern import COLUMNS, INDEX
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.analysis.crater_pattern import measure_pattern, read_pattern
from ejmap_project.analysis.crater_patterns import measure_patterns
from ejmap_project.analysis.map_quantities import PatternsTable
from ejmap_project.analysis.own_ray_ends import OwnPixels, own_values, with_own_ends
from ejmap_project.analysis.pattern_check import check_patterns
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.errors import StepError
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.progress import Silence
from tests.mapped_discs import (
    CRATERS,
    DISC_M,
    GRID,
    RADIUS_M,
    write_mapped,
    write_mapped_discs,
    write_overlap_count,
    write_planet,
    write_settings,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs of ejecta that are mapped already."""
    return write_mapped_discs(tmp_path_factory.mktemp("patterns"))


@pytest.fixture(scope="module")
def measured(project: OpenProject) -> OpenProject:
    """Measure all craters, then the map."""
    return _measured(project)


def _measured(project: OpenProject) -> OpenProject:
    work = CraterWork(project)
    work.maps_in_polar_view = work.promises_recall = False
    for crater in CRATERS:
        measure_pattern(work, crater)
    rank_overlaps(project, Silence(), tags={})
    measure_patterns(project, Silence())
    return project


def _cap_km2(distance_m: float) -> float:
    return 2 * math.pi * MERCURY.radius_m**2 * (1 - math.cos(distance_m / MERCURY.radius_m)) / 1e6


@pytest.mark.parametrize("crater", CRATERS, ids=lambda one: one.key)
def test_a_crater_has_its_tables(measured: OpenProject, crater: Crater) -> None:
    """At the antimeridian and over the pole: the area of a zone of the sphere, no ray."""
    folder = measured.paths.crater_pattern(crater.key)

    pattern = read_pattern(folder)

    row = pattern.quantities.iloc[0]
    zone_km2 = _cap_km2(DISC_M) - _cap_km2(RADIUS_M)
    # A pixel of 15 km is carried to the basemap and back.
    assert row["ejecta_km2"] == pytest.approx(zone_km2, rel=0.02)
    assert row["reach_max_km"] == pytest.approx(DISC_M / 1000, rel=0.02)
    assert len(pattern.rays) == 0
    # Where ejecta lie all around, there is no ground at equal distance; at the border there is.
    assert {*pattern.spectra["part"]} <= {"blanket", "rays", "ring"}
    assert (pattern.spectra["inner_radii"] * RADIUS_M < DISC_M).all()
    assert np.isnan(row["expected_km2"])
    assert [*pattern.published.columns] == ["crater_id", *(c for c in COLUMNS if c != "invalid")]


def test_overlapping_craters_share_what_is_not_clean(measured: OpenProject) -> None:
    """Two discs lose their lens of overlap each; a crater alone keeps everything."""
    table = PatternsTable.validate(pd.read_parquet(measured.paths.patterns))

    shared, clean = table["shared_km2"], table["clean_km2"]
    # Two caps of angular radius r at a distance of 15 degrees: their lens by the plane formula.
    d = math.radians(15) * MERCURY.radius_m * math.cos(math.radians(3))
    lens_m2 = 2 * DISC_M**2 * math.acos(d / (2 * DISC_M)) - d / 2 * math.sqrt(4 * DISC_M**2 - d**2)
    assert shared[0] == pytest.approx(lens_m2 / 1e6, rel=0.05)
    assert shared[0] == pytest.approx(shared[1], rel=0.02)
    assert shared[2] == 0
    np.testing.assert_allclose(shared + clean, table["ejecta_km2"])
    np.testing.assert_allclose(table["shared_share"], shared / table["ejecta_km2"])
    # Discs are all blanket, but for the ring of pixels at its end.
    parts = table["clean_blanket_km2"] + table["clean_rays_km2"]
    np.testing.assert_allclose(parts, clean, rtol=0.02)
    assert (table["clean_rays_km2"] < 0.1 * clean).all()
    assert table["is_clean"].tolist() == [True, True, True]


def test_bands_of_clean_ejecta_are_those_of_the_mosaic(tmp_path: Path) -> None:
    """Of a mosaic of one grey level a band, every mean is that level, clean or not."""
    greys = {"PC2": 40.0, "PC1": 90.0, "4301000": 170.0}
    project = _measured(write_mapped_discs(tmp_path, greys=[int(one) for one in greys.values()]))

    for table in (project.paths.published_overlaps, project.paths.published_clean):
        for band, grey in greys.items():
            assert (pd.read_parquet(table)[f"blanket_{band}"] == grey).all(), (table.name, band)


@pytest.fixture(scope="module")
def speckled(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Measure discs of which every other pixel is ejecta, so that carrying them loses many."""
    project = write_planet(tmp_path_factory.mktemp("speckled"), CRATERS, GRID)
    # With this seed the third mask, which is alone, loses pixels on its way to the map and back.
    draw, masks = np.random.default_rng(1), {}
    for crater in CRATERS:
        grid = azimuthal_grid(crater, GRID)
        whole = mask_to_azimuthal(
            disc(GRID, center=crater.center, radius_m=DISC_M), basemap=GRID, azimuthal=grid
        )
        mask = whole & (draw.random(whole.shape) < 0.5)
        masks[crater.crater_id] = mask_to_basemap(mask, azimuthal=grid, basemap=GRID)
        write_mapped(project, crater, mask, masks[crater.crater_id])
    write_overlap_count(project, masks)
    return _measured(project)


def test_what_is_lost_by_resampling_is_not_shared(speckled: OpenProject) -> None:
    """A crater alone shares nothing, and a pair what the map says that both claim."""
    table = PatternsTable.validate(pd.read_parquet(speckled.paths.patterns))
    pairs = pd.read_parquet(speckled.paths.overlap_pairs)

    assert table["shared_km2"][2] == 0
    assert table["clean_km2"][2] == pytest.approx(table["ejecta_km2"][2])
    assert len(pairs) == 1
    # No rim lies in the lens, so that all that is shared is ejecta beyond the rims.
    on_map = [pairs["shared_km2"][0]] * 2
    np.testing.assert_allclose(table["shared_km2"][:2], on_map, rtol=0.05)
    np.testing.assert_allclose(table["shared_km2"] + table["clean_km2"], table["ejecta_km2"])
    parts = table["clean_blanket_km2"] + table["clean_rays_km2"]
    np.testing.assert_allclose(parts, table["clean_km2"])
    assert (table["clean_blanket_km2"] <= table["blanket_km2"] * (1 + 1e-9)).all()


def test_a_ray_is_a_craters_own_as_far_as_it_is_the_surest(measured: OpenProject) -> None:
    """East of the first crater lies the disc of the second, which is surer of itself."""
    first = CRATERS[0]
    placed = read_mask_on(measured.paths.basemap_mask(first.key), GRID)
    rays = pd.DataFrame({"azimuth_deg": [90.0, 270.0], "start_km": 100.0, "end_km": 400.0})
    rays["spread_deg"] = 2.0

    with opened(measured.paths.overlaps) as ranked:
        own = OwnPixels(crater_id=1, placed=placed, ranked=ranked, basemap=GRID)
        found = with_own_ends(rays, own, first, MERCURY)
    unranked = with_own_ends(rays, None, first, MERCURY)

    # The second disc begins 420 km before its centre, which lies 15 degrees to the east.
    apart_km = math.radians(15) * math.cos(math.radians(3)) * MERCURY.radius_m / 1000
    assert found["own_end_km"][0] == pytest.approx(apart_km - DISC_M / 1000, abs=20)
    assert found["own_end_km"][1] == pytest.approx(400)
    assert own_values(found, first)["own_longest_ray_radii"] == pytest.approx(400 / 60)
    assert unranked["own_end_km"].isna().all()
    assert math.isnan(own_values(unranked, first)["own_longest_ray_km"])


def test_the_analysis_is_exported_in_the_published_columns(
    measured: OpenProject, tmp_path: Path
) -> None:
    """Both files, one row a crater; the clean area is smaller where craters overlap."""
    names = PublishedNames.of(measured, run="mine")

    export_project(measured, tmp_path / "e", names=names, what=["analysis"], tell=lambda _: None)

    folder = tmp_path / "e" / "results" / "output_masks" / "mine"
    overlaps, clean = (
        pd.read_csv(folder / f"analysis_{name}.csv", index_col=INDEX)
        for name in ("overlaps", "clean")
    )
    for table in (overlaps, clean):
        assert [*table.columns] == list(COLUMNS)
        assert table.index.tolist() == [1, 2, 3]
    assert (clean["area"] < overlaps["area"]).tolist() == [True, True, False]
    assert (clean["blanket_radius"] == overlaps["blanket_radius"]).all()
    assert not overlaps["invalid"].any()


def test_a_crater_that_is_not_in_the_table_is_named(measured: OpenProject) -> None:
    """All three are there; without one of them, the check says what to make."""
    path = measured.paths.patterns
    table = pd.read_parquet(path)
    assert check_patterns(measured).fault == ""

    table[table["crater_id"] != 2].to_parquet(path, index=False)
    found = check_patterns(measured)
    table.to_parquet(path, index=False)

    assert found.fault.startswith("1 mapped crater(s) have no pattern ([2]); materialise")
    assert found.numbers["craters"] == 2


def test_an_export_without_patterns_says_so(project: OpenProject, tmp_path: Path) -> None:
    """A project that has not been measured exports the rest."""
    bare = OpenProject.at(project.paths.folder)
    for path in (bare.paths.published_overlaps, bare.paths.published_clean):
        path.unlink(missing_ok=True)

    notes = export_project(
        bare,
        tmp_path / "e",
        names=PublishedNames.of(bare),
        what=["analysis"],
        tell=lambda _: None,
    )

    assert notes == [
        "pattern analysis: not made yet",
        "comparison with manual maps: not made yet",
    ]


def test_a_map_without_patterns_is_refused(tmp_path: Path, project: OpenProject) -> None:
    """Nothing to put together: the message says what to make first."""
    bare = write_settings(tmp_path)
    for name in ("basemap_mosaic", "crater_catalogue", "overlap_count"):
        target: Path = getattr(bare.paths, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(getattr(project.paths, name).read_bytes())

    with pytest.raises(StepError, match="materialise crater_pattern"):
        measure_patterns(bare, Silence())
