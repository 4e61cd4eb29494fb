"""The page of inputs that were tried."""

from tests.inputs_tried.page import PAGE, page


def test_the_page_is_made_of_its_parts() -> None:
    """docs/inputs-tried.md shows every row of every part, as ``tests.inputs_tried`` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
