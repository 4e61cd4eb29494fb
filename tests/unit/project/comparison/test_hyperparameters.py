"""Comparing hyperparameters: means and errors by hand, and what may be compared with what."""

import math

import pandas as pd
import pytest

from ejmap_project.comparison.hyperparameters import (
    comparisons,
    mean_score,
    varying_hyperparameters,
)


def _members(*rows: dict[str, object]) -> pd.DataFrame:
    base = {"version": "v", "split": 0, "config.bands": 3}
    return pd.DataFrame([{**base, **row} for row in rows]).astype({"split": "Int64"})


def test_means_have_the_standard_error_of_textbooks() -> None:
    """Scores .5, .6 and .7: standard deviation .1, over the root of three."""
    point = mean_score(0.001, [0.5, 0.6, 0.7])

    assert point.value == "0.001"
    assert point.mean == pytest.approx(0.6)
    assert point.standard_error == pytest.approx(0.1 / math.sqrt(3))


def test_one_member_has_no_standard_error() -> None:
    """One score says nothing about its scatter."""
    assert math.isnan(mean_score("dice", [0.5]).standard_error)


def test_members_that_differ_in_nothing_else_are_compared() -> None:
    """Those of another split or learning rate stay out of the means."""
    members = _members(
        {"version": "a", "config.loss.kind": "dice", "config.lr": 1e-3, "test_f1": 0.6},
        {"version": "a", "config.loss.kind": "dice", "config.lr": 1e-3, "test_f1": 0.7},
        {"version": "b", "config.loss.kind": "bce", "config.lr": 1e-3, "test_f1": 0.5},
        {"version": "c", "config.loss.kind": "bce", "config.lr": 1e-4, "test_f1": 0.1},
        {
            "version": "d",
            "split": 4,
            "config.loss.kind": "bce",
            "config.lr": 1e-3,
            "test_f1": 0.2,
        },
    )

    (found,) = comparisons(members, "config.loss.kind", metric="test_f1")

    assert found.label == "a, b"
    assert [(point.value, round(point.mean, 6)) for point in found.points] == [
        ("bce", 0.5),
        ("dice", 0.65),
    ]


def test_what_belongs_to_a_kind_may_differ_between_kinds() -> None:
    """A focal loss has an alpha, a Dice loss has none: they are compared nevertheless."""
    members = _members(
        {"config.loss.kind": "dice", "config.loss.alpha": None, "test_f1": 0.6},
        {"config.loss.kind": "focal", "config.loss.alpha": 0.5, "test_f1": 0.5},
        {"config.loss.kind": "focal", "config.loss.alpha": 0.9, "test_f1": 0.3},
    )

    (kinds,) = comparisons(members, "config.loss.kind", metric="test_f1")
    (alphas,) = comparisons(members, "config.loss.alpha", metric="test_f1")

    assert [point.value for point in kinds.points] == ["dice", "focal"]
    assert [point.value for point in alphas.points] == ["0.5", "0.9"]


def test_members_that_differ_in_everything_are_averaged_and_said_to_be() -> None:
    """Better than nothing, as long as nobody takes it for a controlled comparison."""
    members = _members(
        {"config.lr": 1e-3, "config.batch": 4, "test_f1": 0.6},
        {"config.lr": 1e-4, "config.batch": 8, "test_f1": 0.5},
    )

    (found,) = comparisons(members, "config.lr", metric="test_f1")

    assert found.label == "all members, which differ in more"


def test_members_without_a_score_are_left_out() -> None:
    """Then there may be nothing to compare."""
    members = _members(
        {"config.lr": 1e-3, "test_f1": 0.6}, {"config.lr": 1e-4, "test_f1": float("nan")}
    )

    assert comparisons(members, "config.lr", metric="test_f1") == []


def test_hyperparameters_that_never_change_are_not_compared() -> None:
    """Nor is what only one kind has, if it is always the same."""
    members = _members(
        {"config.loss.kind": "dice", "config.loss.gamma": None},
        {"config.loss.kind": "focal", "config.loss.gamma": 2.0},
    )

    assert varying_hyperparameters(members) == ["config.loss.kind"]
