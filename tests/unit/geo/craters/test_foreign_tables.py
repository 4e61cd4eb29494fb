"""Crater tables of other people are read right, or refused in one sentence."""

from pathlib import Path

import pytest

from tests.inputs_tried.page import read_part
from tests.inputs_tried.table_files import Case, outcome_of
from tests.inputs_tried.tables import TABLES

HELD = {(kind, what): outcome for kind, what, outcome in read_part("tables")}


@pytest.mark.parametrize("case", TABLES, ids=[f"{case.kind}: {case.what}" for case in TABLES])
def test_a_table_is_read_right_or_refused_in_one_sentence(case: Case, tmp_path: Path) -> None:
    """Places and radii are those that were written; the page holds the sentence otherwise."""
    assert outcome_of(case, tmp_path) == HELD[case.kind, case.what]


def test_the_page_lists_these_tables() -> None:
    """In their order, and no others."""
    assert list(HELD) == [(case.kind, case.what) for case in TABLES]
