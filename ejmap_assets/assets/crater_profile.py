"""Measurements around each crater."""

from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_project.analysis.crater_profile import measure_profile
from ejmap_project.artefact import Artefact


@crater_asset(kinds={"parquet"})
def crater_profile(task: CraterTask) -> Artefact:
    """Ejecta fraction and brightness by distance from one crater.

    One row a ring, half a crater radius wide: the imaged area, the area of ejecta, and the mean of
    each band on ejecta and beside them. Bright ejecta lie above the dotted line in the picture.
    """
    return measure_profile(task.work, task.crater)
