"""Pages hold the figures of docs/bench.json, which are those of the models that come with EJMAP."""

import json
from pathlib import Path
from typing import Any

import pytest

from ejmap_ml.ready.ensembles import ready_ensemble
from ejmap_project.bench.entries import named_entry
from ejmap_project.bench.page import (
    main_table,
    markdown,
    pages,
    readme_lines,
    spread_table,
    with_block,
)
from ejmap_project.bench.planets import BenchSet
from ejmap_project.bench.table import with_former_entries
from ejmap_project.errors import SourceError

ROOT = Path(__file__).parents[4]
REFRESH = "the figures are of other models; `make figures` writes them anew"


def _row(name: str, **parts: Any) -> dict[str, Any]:
    empty = {"grey": None, "colour": None, "real": None, "bodies": None, "model": None}
    spread = {
        "planets": {"grey": None, "colour": None},
        "craters": None,
        "members": {"grey": None, "colour": None, "real": None},
    }
    return {"entry": name, **empty, "spread": spread, **parts}


def _document(*rows: dict[str, Any], planets: str = "p", craters: str = "c") -> dict[str, Any]:
    return {
        "bench": {"scores": "1", "planets": planets, "craters": craters},
        "entries": list(rows),
    }


def test_figures_in_the_pages_are_those_of_the_table() -> None:
    """Nobody edits them by hand, and none is older than docs/bench.json."""
    for path, text in pages(ROOT).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make figures`"


def test_the_table_is_of_the_models_that_come_with_the_package() -> None:
    """Whoever makes the ready-made models anew also writes their figures anew."""
    document = json.loads((ROOT / "docs" / "bench.json").read_text(encoding="utf-8"))
    entries = {one["entry"]: one["model"] for one in document["entries"]}
    told = {name: digest for name, digest in entries.items() if name.startswith("ready_")}
    bench = BenchSet()

    assert told, REFRESH
    for name, digest in told.items():
        assert ready_ensemble(name) is not None, REFRESH
        assert named_entry(name, bench).model_version == digest, REFRESH
    assert document["bench"]["craters"] == bench.craters_version, REFRESH


def test_numbers_have_three_digits_and_unknown_ones_a_dash() -> None:
    """Below one without a leading nought; a lead may be negative."""
    scores = {"pixel_f1": 0.5, "lead": -0.0625, "origin": 1.0, "calibration_error": None}

    table = main_table(_document(_row("one", grey=scores)))

    assert table.titles[:3] == ("entry", "grey F1", "grey lead")
    assert table.rows == [("one", ".500", "-.062", "1.000", *["-"] * 11)]
    assert markdown(table)[0].startswith("| entry | grey F1 | ")


def test_spread_is_told_where_there_is_one() -> None:
    """Members only of ensembles."""
    row = _row("one")
    row["spread"]["members"]["grey"] = {"pixel_f1": [0.5, 0.75], "origin": [1, 1], "lead": [0, 0]}

    table = spread_table(_document(row, _row("two")))

    assert [cells[:3] for cells in table.rows] == [("one", "members", ".500 to .750")]


def test_the_reported_part_is_told_of_the_weights_that_were_scored() -> None:
    """Figures of former weights are left out."""
    real = dict.fromkeys(
        ("blanket", "ray", "ray_confidence_3", "ray_far", "false_area", "chance"), 0.5
    )
    row = _row("ready_grey", model="abc", real=real | {"craters": 3}, bodies={})

    lines = {
        model: readme_lines(_document(row), {model: {"Moon": real | {"craters": 5}}})
        for model in ("abc", "former")
    }

    assert any("ready_grey, reported Moon | 5 | .500" in line for line in lines["abc"])
    assert not any("reported" in line for line in lines["former"])


def test_rows_of_entries_that_are_not_at_hand_stay_while_they_can_be_compared() -> None:
    """Scores of other planets go, those of the same craters stay; nothing left, no row."""
    real, grey = {"ray": 0.5}, {"pixel_f1": 0.5}
    former = _document(_row("old", grey=grey, real=real), _row("new", real=real))
    new = _row("new", grey=grey)

    kept = [
        with_former_entries(_document(new, planets=planets, craters=craters), former)["entries"]
        for planets, craters in (("p", "c"), ("other", "c"), ("other", "other"))
    ]

    assert [[row["entry"] for row in rows] for rows in kept] == [["new", "old"]] * 2 + [["new"]]
    assert (kept[0][1]["grey"], kept[1][1]["grey"], kept[1][1]["real"]) == (grey, None, real)
    assert kept[0][0] is new


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    """A table must not get lost."""
    assert with_block("a\n<!-- t -->\nold\n<!-- /t -->\nb", "t", ["x", "y"]) == (
        "a\n<!-- t -->\nx\ny\n<!-- /t -->\nb"
    )
    with pytest.raises(SourceError, match="no place <!-- t -->"):
        with_block("nothing", "t", [])
