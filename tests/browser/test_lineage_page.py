"""The lineage page as a newcomer sees it, before anything has been made."""

import re
from collections.abc import Callable

import pytest

from ejmap_assets.definitions import build_defs

pytestmark = pytest.mark.browser


def _is_shown(name: str, labels: set[str]) -> bool:
    """Tell whether a label is the name; the page shortens long ones to ``start…end``."""
    shortened = [label.split("…") for label in labels if label.count("…") == 1]
    return name in labels or any(
        head and tail and name.startswith(head) and name.endswith(tail) for head, tail in shortened
    )


def test_the_lineage_page_shows_every_asset(
    webserver: str, render_page: Callable[[str], str]
) -> None:
    """Each asset of the code location stands by its name on the global lineage page."""
    specs = build_defs().resolve_all_asset_specs()
    groups = sorted({f"global@global:{spec.group_name}" for spec in specs})

    document = render_page(f"{webserver}/asset-groups?expanded={','.join(groups)}")

    labels = set(re.findall(r">([^<>]+)<", document))
    names = [spec.key.to_user_string() for spec in specs]
    assert len(names) > 10
    assert [name for name in names if not _is_shown(name, labels)] == []
