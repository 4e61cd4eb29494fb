"""What the history of a project says after faults: every run has ended, and every place is free."""

from collections.abc import Mapping

import dagster as dg
import pytest

from ejmap_assets.making.declare import GPU_POOL
from ejmap_assets.runs.instance import HOME_VARIABLE, open_instance
from ejmap_assets.runs.lost_runs import UNFINISHED
from ejmap_project.open_project import PROJECT_VARIABLE
from tests.faults.chain import Chain


def require_at_rest(
    chain: Chain,
    variables: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    decisions: int | None = 1,
) -> None:
    """Require that no run waits or goes on, no place is taken, and nothing was decided twice.

    Args:
        chain: The project.
        variables: The environment that names its history.
        monkeypatch: Sets them.
        decisions: How many promotions the record holds; None for any number.
    """
    for name, value in {HOME_VARIABLE: "", PROJECT_VARIABLE: "", **variables}.items():
        monkeypatch.setenv(name, value)
    with open_instance(chain.folder) as instance:
        left = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
        pool = instance.event_log_storage.get_concurrency_info(GPU_POOL)
    assert left == []
    assert (pool.active_slot_count, pool.pending_step_count) == (0, 0)
    if decisions is None:
        return
    promoted = chain.folder / "data" / "models" / "ejseg" / "promotions.jsonl"
    assert len(promoted.read_text().splitlines()) == decisions
