"""A project: one planet, its sources, labels, models, maps and scores. No Dagster.

For notebooks and scripts, what needs no project is named here::

    from ejmap_project import Craters, Model, Mosaic

    mosaic = Mosaic.read("mosaic.tif", body="Mercury")
    craters = Craters.read("craters.csv", body="Mercury")
    view = mosaic.around(craters["Hokusai"])
    layers = Model.load("ready_grey").predict(view)
    layers.plot().savefig("hokusai.png")
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ejmap_project.api.ejecta import EjectaLayers
    from ejmap_project.api.model import Model
    from ejmap_project.api.mosaic import Craters, CraterView, Mosaic

__all__ = ["CraterView", "Craters", "EjectaLayers", "Model", "Mosaic"]

_MODULES = {
    "CraterView": "mosaic",
    "Craters": "mosaic",
    "EjectaLayers": "ejecta",
    "Model": "model",
    "Mosaic": "mosaic",
}


def __getattr__(name: str) -> object:
    """Import a class when it is first asked for: importing the package must stay cheap."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.api.{_MODULES[name]}"), name)
