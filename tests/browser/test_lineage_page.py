"""The lineage page as a newcomer sees it, before anything has been made."""

import re
import time

import pytest

from ejmap_assets.definitions import build_defs
from tests.browser.devtools import Page

pytestmark = pytest.mark.browser

# The page draws no asset that lies outside of the window.
WIDE = (24000, 18000)
# A pixel of the picture for so many of the window: painting them all takes a minute.
PIXELS = 0.05
SHOWN_SECONDS = 120


def _is_shown(name: str, labels: set[str]) -> bool:
    """Tell whether a label is the name; the page shortens long ones to ``start…end``."""
    shortened = [label.split("…") for label in labels if label.count("…") == 1]
    return name in labels or any(
        head and tail and name.startswith(head) and name.endswith(tail) for head, tail in shortened
    )


def test_the_lineage_page_shows_every_asset(webserver: str, page: Page) -> None:
    """Each asset of the code location stands by its name on the global lineage page."""
    specs = build_defs().resolve_all_asset_specs()
    groups = sorted({f"global@global:{spec.group_name}" for spec in specs})
    names = [spec.key.to_user_string() for spec in specs]

    page.open(
        f"{webserver}/asset-groups?expanded={','.join(groups)}", size=WIDE, pixel_ratio=PIXELS
    )

    assert len(names) > 10
    assert _never_shown(page, names) == []


def _never_shown(page: Page, names: list[str]) -> list[str]:
    """Wait until all names are shown; return those that are not in the end."""
    deadline = time.monotonic() + SHOWN_SECONDS
    while True:
        document = page.value("document.documentElement.outerHTML")
        labels = set(re.findall(r">([^<>]+)<", document))
        hidden = [name for name in names if not _is_shown(name, labels)]
        if not hidden or time.monotonic() > deadline:
            return hidden
        page.listen(0.5)
