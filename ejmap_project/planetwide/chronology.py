"""Model ages by ``craterstats``, where that is installed: from a number of craters on an area.

The likelihood is Poisson's under a production and a chronology function (Michael et al. 2016,
Icarus 277, 279). The package is optional: its functions and their constants are its own.
"""

import importlib
from collections.abc import Callable
from importlib import resources
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from ejmap_project.errors import SettingsError, StepError

PACKAGE = "craterstats"
# What is taken where the settings name none.
USUAL = {"Moon": "Moon, Neukum et al. (2001)", "Mercury": "Mercury, Neukum et al. (2001)"}
# Median and one sigma.
QUANTILES = (0.5, 0.1587, 0.8413)
LARGEST_KM = 300.0


class Age(NamedTuple):
    """A model age in Ga with its interval of 68 %."""

    median_ga: float
    low_ga: float
    high_ga: float


class Chronology(NamedTuple):
    """A production and a chronology function.

    Attributes:
        name: What ``craterstats`` calls the pair.
        age: Returns the age of an area from the number of its craters, its area in square
            kilometres and the smallest diameter counted in kilometres.
    """

    name: str
    age: Callable[[int, float, float], Age]


def chronology_of(body: str, stated: str | None) -> Chronology:
    """Return the chronology that the settings name, or the usual one of a body.

    Args:
        body: Name of the body.
        stated: Name that ``craterstats`` has for it; None takes the usual one.

    Raises:
        StepError: If ``craterstats`` is not installed, or cannot be loaded.
        SettingsError: If it has no such chronology, or none is usual for the body.
    """
    package, reader = _loaded(PACKAGE), _loaded(f"{PACKAGE}.gm")
    file = str(resources.files(f"{PACKAGE}.config").joinpath("functions.txt"))
    text = reader.read_textfile(file, as_string=True, ignore_hash=True)
    systems = reader.read_textstructure(text, from_string=True)["chronology_system"]
    known = {one["name"]: one for one in systems if one["body"] == body}
    name = stated or USUAL.get(body, "")
    if name not in known:
        listed = ", ".join(known) or "none"
        raise SettingsError(
            f"analysis.chronology is {name or 'not stated'}, but craterstats has for {body}: "
            f"{listed}; state one of these"
        )
    production = package.Productionfn(file, known[name]["pf"])
    age_of = package.Chronologyfn(file, known[name]["cf"])

    def age(craters: int, area_km2: float, from_km: float) -> Age:
        diameters = np.array([from_km, min(LARGEST_KM, float(production.range[1]))])
        found = package.Craterpdf(
            production, age_of, SimpleNamespace(area=area_km2), diameters, k=craters
        )
        return Age(*(float(found.t(one)) for one in QUANTILES))

    return Chronology(name, age)


def _loaded(name: str) -> Any:  # noqa: ANN401 - a module that may be missing has no types
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == PACKAGE:
            raise StepError(
                "craterstats is not installed, so craters are counted without ages; install "
                "ejmap[ages] (Python 3.12 or newer)"
            ) from error
        raise StepError(_broken(error)) from error
    except ImportError as error:
        # Version 3.2, the last for Python 3.11, asks SciPy for a function that is gone.
        raise StepError(_broken(error)) from error


def _broken(error: ImportError) -> str:
    return (
        f"craterstats is installed but cannot be loaded ({error}), so craters are counted without "
        "ages; install version 3.6 or newer (Python 3.12 or newer)"
    )
