"""The status of a project on the command line: for people, and for programs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ejmap_assets.status.project_status import CraterStatus, ProjectStatus, StepStatus
from ejmap_cli.main import main
from ejmap_cli.mapping.run import announcement
from ejmap_cli.service.status import lines_of
from ejmap_project.estimates import Cost
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.settings.project import create_project

STATUS = ProjectStatus(
    steps=[
        StepStatus(title="mosaic", current=3, stale=0, missing=0, why={}, cost=Cost()),
        StepStatus(
            title="map the craters",
            current=1,
            stale=13,
            missing=1,
            why={"promoted_ejseg changed": 13, "not made yet": 1},
            cost=Cost(720, 4e7),
        ),
    ],
    states={CraterState.CURRENT: 1, CraterState.STALE: 13, CraterState.MISSING: 1},
    craters=[
        *(
            CraterStatus(
                key=f"{number:04d}",
                name="Hokusai" if number == 1 else "",
                state=CraterState.STALE,
                why="promoted_ejseg changed",
            )
            for number in range(1, 14)
        ),
        CraterStatus(key="0014", name="", state=CraterState.MISSING, why="not made yet"),
    ],
    cost=Cost(720, 4e7),
    free_bytes=220_000_000_000,
)


def test_a_person_reads_what_is_stale_and_why() -> None:
    """A table of steps, craters by state and reason, and what the rest takes."""
    named = ", ".join(f"{number:04d}" for number in range(2, 13))

    assert list(lines_of(STATUS, Path("p"), is_terminal=False)) == [
        "step             current  stale  missing  why",
        "mosaic                 3      0        0",
        "map the craters        1     13        1  promoted_ejseg changed (13); not made yet (1)",
        "craters    1 current, 13 stale, 1 missing",
        f"stale      0001 Hokusai, {named} and 1 more (promoted_ejseg changed)",
        "missing    0014 (not made yet)",
        "to do      about 12 min and 40 MB, by rates of this project; 220.0 GB are free",
        "next       ejmap run p",
    ]


def test_a_long_run_is_announced_and_a_full_disk_too() -> None:
    """A short one is not."""
    full = ProjectStatus(
        steps=[], states=None, craters=[], cost=Cost(7200, 3e9, is_measured=False), free_bytes=10**9
    )
    short = ProjectStatus(steps=[], states={}, craters=[], cost=Cost(20, 1e6), free_bytes=10**9)

    long, too_large = announcement(full)

    assert long == (
        "takes about 2 h and 3.0 GB, in part by rates of 2 cores; what the craters take is told "
        "once they are known"
    )
    assert too_large == (
        "check this: about 3.0 GB are needed and 1.0 GB are free; free some disk, or move the "
        "project"
    )
    assert list(announcement(short)) == []


def test_a_new_project_is_told_without_making_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is missing, craters are not known, and no instance is made."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    project = create_project(tmp_path / "p", profile="demo")

    assert main(["status", str(project.folder), "--json"]) == 0

    facts = json.loads(capsys.readouterr().out)
    assert facts["project"] == str(project.folder)
    assert facts["states"] is None
    assert facts["steps"][0]["title"] == "mosaic, craters, known ejecta"
    assert facts["steps"][0]["why"] == {"not made yet": 3}
    assert facts["to_do"]["seconds"] > 0
    assert facts["to_do"]["is_measured"] is False
    assert not project.dagster_home.exists()


IMPORTED = """
import sys
from ejmap_cli.main import main
code = main(["status", sys.argv[1], "--json"])
print(*{name.split(".")[0] for name in sys.modules}, *sys.modules, file=sys.stderr)
sys.exit(code)
"""


def test_a_status_imports_no_networks_plots_or_numerics(tmp_path: Path) -> None:
    """Each would add a quarter of a second or more to an answer that needs none of them."""
    (tmp_path / "project.yaml").write_text("source: {kind: synthetic, seed: 1}\n")

    run = subprocess.run(
        [sys.executable, "-c", IMPORTED, str(tmp_path)], check=True, capture_output=True, text=True
    )

    heavy = {"torch", "lightning", "matplotlib", "zarr", "xarray", "ejmap_assets.definitions"}
    numerics = {"numpy.f2py", "numpy.testing", "scipy.special", "scipy.spatial", "scipy.ndimage"}
    assert json.loads(run.stdout)["is_current"] is False
    assert (heavy | numerics) & set(run.stderr.split()) == set()
