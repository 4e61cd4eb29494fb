"""The map as a project for QGIS: what it names lies there, and QGIS opens it all."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.maps.raster_style import mosaic_style, write_style
from ejmap_project.files.mask_file import write_crater_mask
from ejmap_project.files.table_file import write_table
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.qgis_project import check_qgis_project, write_qgis_project
from ejmap_project.planetwide.uncertainty import map_uncertainty
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, GRID, write_mapped_discs

# QGIS lives in the Python of the machine, not in ours.
PYTHON = "/usr/bin/python3"
OPEN = Path(__file__).parents[3] / "open_in_qgis.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Three discs with everything that the project shows: one has a ray over the pole."""
    project = write_mapped_discs(tmp_path_factory.mktemp("qgis"))
    paths = project.paths
    write_style(paths.basemap_mosaic, mosaic_style(1))
    for crater in CRATERS:
        write_style(paths.segmentation(crater.key), mosaic_style(1))
    ray = {"azimuth_deg": 0.0, "start_km": 100.0, "end_km": 900.0, "length_km": 800.0}
    row = {"crater_id": 3, "crater": "Polar", **ray, "width_km": 20.0, "spread_deg": 5.0}
    paths.crater_rays("0003").parent.mkdir()
    write_table(pd.DataFrame([row]), paths.crater_rays("0003"))
    radii = pd.DataFrame({"crater_id": [1, 2, 3], "optical_blanket_radii": [5.0, 5.0, 5.0]})
    write_table(radii, paths.patterns)
    draw_planet_map(project, {one.key: CraterState.CURRENT for one in CRATERS}, tags={})
    rank_overlaps(project, Silence(), tags={})
    map_uncertainty(project, Silence(), tags={})
    exclude_ejecta(project, Silence(), tags={})
    write_qgis_project(project)
    return project


def test_every_layer_has_its_file(project: OpenProject) -> None:
    """Paths count from the project's folder; the check names what was removed."""
    whole = check_qgis_project(project)
    kept = project.paths.composite.read_bytes()
    project.paths.composite.unlink()
    broken = check_qgis_project(project)
    project.paths.composite.write_bytes(kept)

    assert whole.fault == ""
    assert whole.numbers["missing_files"] == 0
    assert "composite.tif" in broken.fault
    assert str(project.paths.folder) not in project.paths.qgis_project.read_text()


def test_only_craters_with_a_wider_mask_have_one(project: OpenProject, planet) -> None:
    """A group of layers by crater appears with the first file."""
    crater, mask = CRATERS[0], project.paths.promised_recall_mask(CRATERS[0].key)
    before = project.paths.qgis_project.read_text()

    placed = planet.truth[planet.craters[0].crater_id]
    write_crater_mask(mask, placed, crater, basemap=planet.basemap, what="ejecta", tags={})
    write_qgis_project(project)
    after = project.paths.qgis_project.read_text()
    mask.unlink()
    write_qgis_project(project)

    assert "promised recall" not in before
    assert after.count("promised_recall_mask.tif</datasource>") == 1


def test_qgis_opens_and_draws_every_layer(project: OpenProject, tmp_path: Path) -> None:
    """With its own library: all layers are valid, and the discs lie where they are."""
    asked = [PYTHON, "-c", "import qgis.core"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("QGIS is not installed: apt-get install --no-install-recommends python3-qgis")
    picture = tmp_path / "map.png"
    words = [PYTHON, str(OPEN), str(project.paths.qgis_project), str(picture)]

    done = subprocess.run(words, capture_output=True, text=True, check=True)

    found = json.loads(done.stdout.splitlines()[-1])
    layers = {one["name"]: one for one in found["layers"]}
    assert found["read"]
    assert found["errors"] == []
    assert [name for name, one in layers.items() if not (one["valid"] and one["crs_valid"])] == []
    assert len(layers) == 17
    assert layers["Rims and names"]["labels"]
    assert layers["Rays"]["features"] == 1
    assert layers["Crater ids"]["renderer"] == "paletted"
    assert found["ellipsoid"].startswith("PARAMETER:2439400")
    assert found["width_m"] == pytest.approx(2 * MERCURY.half_circumference_m)
    with Image.open(picture) as image:
        rgb = np.asarray(image.convert("RGB")).astype(int)
    rows, cols = rgb.shape[:2]
    is_ejecta = np.ptp(rgb, axis=2) > 30
    for crater in CRATERS[:2]:
        at = GRID.position(crater.center)
        row = int(at.row / GRID.shape[0] * rows) + 20
        assert is_ejecta[row, int(at.col / GRID.shape[1] * cols)]
    assert not is_ejecta[rows // 2, cols // 2]
