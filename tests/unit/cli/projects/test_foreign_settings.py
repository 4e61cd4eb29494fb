"""What people state makes a project as stated, or one sentence and nothing else."""

from pathlib import Path

import pytest

from tests.inputs_tried.page import read_part
from tests.inputs_tried.settings import SETTINGS, Case, outcome_of

HELD = {(kind, what): outcome for kind, what, outcome in read_part("settings")}


@pytest.mark.parametrize("case", SETTINGS, ids=[f"{case.kind}: {case.what}" for case in SETTINGS])
def test_a_command_makes_what_is_stated_or_nothing(case: Case, tmp_path: Path) -> None:
    """The page holds the sentence."""
    assert outcome_of(case, tmp_path) == HELD[case.kind, case.what]


def test_the_page_lists_these_commands() -> None:
    """In their order, and no others."""
    assert list(HELD) == [(case.kind, case.what) for case in SETTINGS]
