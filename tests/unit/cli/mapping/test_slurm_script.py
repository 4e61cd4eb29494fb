"""``ejmap slurm-script``, and the parts of ``ejmap run`` that its jobs are."""

import re
import shlex
from pathlib import Path

import pytest

from ejmap_cli.main import ejmap, main
from ejmap_cli.mapping.run import NUMBERED, PARTS

READY = "source: {kind: synthetic, seed: 1, grey: true}\nmodels: {ejseg: ready_grey}\n"
TRAINED = """
source: {kind: synthetic, seed: 1}
training: {kind: synthetic, seeds: [2]}
models: {ejseg: ejseg_polar, iterations: 3}
"""
SLURM = "slurm: {jobs: 6, training: {gpus: 1}}\n"


def _printed(folder: Path, settings: str, capsys: pytest.CaptureFixture[str]) -> str:
    (folder / "project.yaml").write_text(settings)
    assert main(["slurm-script", str(folder)]) == 0
    return capsys.readouterr().out


def _commands(script: str) -> list[list[str]]:
    """Return the arguments of every job's `ejmap`."""
    return [shlex.split(found) for found in re.findall(r"-m ejmap_cli\.main (.*)", script)]


def test_the_jobs_of_a_project_that_trains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Members before the promotion, chunks behind it, the map last; members have the GPU."""
    script = _printed(tmp_path, TRAINED + SLURM, capsys)

    task = ["--number", "${SLURM_ARRAY_TASK_ID}"]
    assert [words[2:] for words in _commands(script)] == [
        ["--part", "preparation"],
        ["--part", "member", *task],
        ["--part", "promotion"],
        ["--part", "chunk", *task],
        [],
    ]
    assert re.findall(r"--array=(\S+)", script) == ["0-2", "0-5"]
    assert script.count("--gpus-per-node=1") == 1


def test_a_project_of_ready_made_models_has_no_jobs_of_members(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is trained."""
    script = _printed(tmp_path, READY + SLURM, capsys)

    assert "--part member" not in script
    assert re.findall(r"--array=(\S+)", script) == ["0-5"]


def test_every_job_is_a_right_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the number that Slurm puts in; every part is the work of some job."""
    script = _printed(tmp_path, TRAINED + SLURM, capsys).replace('"${SLURM_ARRAY_TASK_ID}"', "2")

    parts = set()
    for word, *arguments in _commands(script):
        parts.add(ejmap.commands[word].make_context(word, arguments).params["part"])
    assert parts == {None, *PARTS}


def test_a_project_without_a_cluster_has_no_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence says what to add."""
    (tmp_path / "project.yaml").write_text(READY)

    assert main(["slurm-script", str(tmp_path)]) == 1

    assert "states no slurm; add `slurm: {}`" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--number", "3"], ["--part", "promotion", "--number", "3"]]
    + [["--part", part] for part in NUMBERED],
)
def test_only_members_and_chunks_have_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """And both need one: none would mean all."""
    assert main(["run", str(tmp_path), *options]) == 2

    assert "--number goes with" in capsys.readouterr().err
