"""The code location of the servers under test.

Its sensors tick every second; files of the project say that a crater is broken,
or that all take seconds.
"""

import time

from ejmap_assets.assets.registry import crater_steps
from ejmap_assets.definitions import build_defs
from ejmap_assets.making.crater_step import CraterStep, CraterTask
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError


def breakable(step: CraterStep) -> CraterStep:
    """Let files of the project break a step or slow it down."""

    def make(task: CraterTask) -> Artefact:
        if (task.work.paths.folder / f"broken_{task.crater.key}").exists():
            raise StepError("somebody broke this crater")
        if (task.work.paths.folder / "slow").exists():
            time.sleep(3)
        return step.make(task)

    return CraterStep(spec=step.spec, make=make)


defs = build_defs(steps=[breakable(step) for step in crater_steps()], seconds_between_ticks=1)
