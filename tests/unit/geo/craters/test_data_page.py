"""docs/data.md names inputs that were tried for every item of tables."""

import re
from pathlib import Path

from tests.inputs_tried.page import read_part

PAGE = Path(__file__).parents[4] / "docs" / "data.md"


def test_every_item_of_tables_is_shown_by_inputs() -> None:
    """Those of the page of inputs, by their words."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search("<!-- items of tables -->(.*)<!-- /items of tables -->", text, re.DOTALL)
    assert found is not None
    rows = [line.split(" | ") for line in found[1].splitlines() if line.startswith("| ")][2:]
    tried = {what for _, what, _ in read_part("tables")}

    shown = {row[0]: row[-1].removesuffix(" |").split("; ") for row in rows}

    assert len(shown) > 20
    assert [
        (item, what) for item, names in shown.items() for what in names if what not in tried
    ] == []
