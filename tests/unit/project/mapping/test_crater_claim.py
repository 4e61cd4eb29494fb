"""Claims on craters: one run at a time, and none that outlives its run."""

from pathlib import Path

import pytest

from ejmap_project.errors import StepError
from ejmap_project.mapping.crater_claim import crater_claim


def _never(_: str) -> bool:
    return False


def test_a_crater_is_mapped_by_one_run_at_a_time(tmp_path: Path) -> None:
    """The second is told which run has the crater; afterwards it may have it."""
    claim = tmp_path / "claims" / "0001"

    with (
        crater_claim(claim, "first-run", is_over=_never),
        pytest.raises(StepError, match="run first-ru maps this crater"),
        crater_claim(claim, "second-run", is_over=_never),
    ):
        pass

    with crater_claim(claim, "second-run", is_over=_never):
        assert claim.read_text() == "second-run"
    assert not claim.exists()


@pytest.mark.parametrize(
    ("next_run", "over"),
    [
        pytest.param("next-run", "lost-run", id="another-run-after-the-first-is-over"),
        pytest.param("lost-run", "", id="the-same-run-in-another-process"),
    ],
)
def test_what_a_dead_process_left_stops_nobody(tmp_path: Path, next_run: str, over: str) -> None:
    """A claim counts only for a run in progress, and never against its own run."""
    claim = tmp_path / "0001"
    claim.write_text("lost-run")

    with crater_claim(claim, next_run, is_over=lambda run_id: run_id == over):
        assert claim.read_text() == next_run


def test_a_crater_is_given_back_when_mapping_it_fails(tmp_path: Path) -> None:
    """Otherwise a run that goes on with other craters would hold the failed one."""
    claim = tmp_path / "0001"

    with pytest.raises(ZeroDivisionError), crater_claim(claim, "run", is_over=_never):
        raise ZeroDivisionError

    assert not claim.exists()
