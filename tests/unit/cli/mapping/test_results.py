"""Where a map lies, and its scores as a table."""

from pathlib import Path

import pandas as pd
import pytest

from ejmap_cli.mapping.results import result_lines
from ejmap_project.models.promotion_record import Decision, EnsembleNote, write_promotion
from ejmap_project.paths import ProjectPaths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    """A project in the current folder."""
    monkeypatch.chdir(tmp_path)
    return ProjectPaths(tmp_path)


def _write(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path)


def _scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "method": ["models", "models", "brightness"],
            "crater": ["Kuiper", "all craters", "all craters"],
            "pixel_f1": [0.9, 0.6666, 0.25],
            "iou": [0.9, 0.5, float("nan")],
            "setting": ["", "", "3 radii"],
        }
    )


def _tile_scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "crater_id": pd.array([None, 7], "Int64"),
            "scope": ["test", "test"],
            "level": ["pixel", "pixel"],
            "kind": ["map", "map"],
            "scale_px": [4, 4],
            "tiles": [3, 1],
            "f1": [0.5, 0.1],
            "iou": [1 / 3, 0.1],
            "precision": [0.5, 0.1],
            "recall": [0.5, 0.1],
        }
    )


def test_scores_of_all_craters_are_a_table_with_three_digits(paths: ProjectPaths) -> None:
    """Single craters are left out; a score that does not exist is blank."""
    _write(_scores(), paths.scores)
    _write(_tile_scores(), paths.map_scores)

    lines = list(result_lines(paths, is_terminal=False))

    assert lines[0] == f"map        {paths.preview.relative_to(Path.cwd())} (picture)"
    assert lines[3].endswith("all known craters pooled:")
    assert [line.split() for line in lines[5:]] == [
        ["models", "0.667", "0.500"],
        ["brightness", "0.250", "3", "radii"],
    ]
    assert "pixel F1" in lines[4]
    assert lines[4].index("tuned to") == lines[6].index("3 radii")
    assert lines[4].index("pixel F1") + len("pixel F1") == lines[6].index("0.250") + len("0.250")


def test_scores_of_no_tiles_are_no_scores(paths: ProjectPaths) -> None:
    """A project without known ejecta has labelled no tile: it says so, and shows no empty table."""
    unlabelled = _tile_scores().assign(tiles=0, f1=float("nan"), iou=float("nan"))
    _write(unlabelled, paths.map_scores)

    *_, last = result_lines(paths, is_terminal=False)

    assert last == "scores     none: no ejecta of this planet are known"


def test_without_them_those_in_labelled_tiles_are_shown(paths: ProjectPaths) -> None:
    """Whole numbers stay whole."""
    _write(_tile_scores(), paths.map_scores)

    lines = list(result_lines(paths, is_terminal=False))

    assert lines[3].endswith("in the labelled tiles:")
    assert [line.split() for line in lines[5:]] == [
        ["test", "pixel", "map", "4", "0.500", "0.333", "0.500", "0.500"]
    ]


def test_a_terminal_shows_the_same_values(
    paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Styles are all that differs."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    _write(_scores(), paths.scores)

    plain = list(result_lines(paths, is_terminal=False))
    styled = list(result_lines(paths, is_terminal=True))

    assert [line.split() for line in styled[5:]] == [line.split() for line in plain[5:]]


def test_a_planet_without_known_ejecta_has_no_scores(paths: ProjectPaths) -> None:
    """It is said, instead of an empty table."""
    *_, last = result_lines(paths, is_terminal=False)

    assert last == "scores     none: no ejecta of this planet are known"


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision.KEPT, "gate       small was not promoted: it finds less"),
        (Decision.PROMOTED, "gate       small was promoted: it finds less"),
    ],
)
def test_what_the_gate_decided_of_a_candidate_is_told(
    paths: ProjectPaths, decision: Decision, said: str
) -> None:
    """With who maps the craters now; the first ensemble was judged against nothing."""
    ready, small = (EnsembleNote(version=name, members=(name,)) for name in ("ready", "small"))
    write_promotion(paths, "ejseg", Decision.PROMOTED, "the first of its kind", ready, ready)
    assert not [one for one in result_lines(paths, is_terminal=False) if "gate" in one]
    winner = small if decision is Decision.PROMOTED else ready
    write_promotion(paths, "ejseg", decision, "it finds less", winner, small)

    *_, gate, maps = result_lines(paths, is_terminal=False)

    assert gate == said
    assert maps == f"           {winner.version} maps the craters"
