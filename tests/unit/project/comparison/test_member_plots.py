"""Plots of members: drawn when there is something to compare, and a sentence when not."""

import math

import pandas as pd
import pytest

from ejmap_project.comparison.member_plots import Plots, comparison_plots

CONFIGURED = {"ejconn": "c", "ejseg": "s"}
NO_MAP = (math.nan, math.nan)


def _member(model: str, **stated: object) -> dict[str, object]:
    name = CONFIGURED[model]
    row: dict[str, object] = {
        "model": model,
        "name": name,
        "version": name,
        "split": 0,
        "split_kind": "random",
        "locations": 275,
        "test_f1": 0.5,
        "val_f1": 0.6,
        "config.lr": 1e-3,
    }
    return row | stated


def _plots(*rows: dict[str, object], own_map: tuple[float, float] = NO_MAP) -> Plots:
    table = pd.DataFrame(rows, columns=pd.Index({**_member("ejseg"), **(rows or [{}])[0]}))
    types = {"split": "Int64", "locations": "Int64", "split_kind": "string"}
    return comparison_plots(
        table.astype(types), configured=CONFIGURED, reference="s", own_map=own_map
    )


def test_one_member_is_no_comparison_and_says_so() -> None:
    """Every plot is missing, each with what it needs."""
    plots = _plots(_member("ejseg"))

    assert list(plots.figures) == ["members"]
    assert plots.missing["learning curve"].startswith("needs members of one configuration")
    assert "there are 1 trained members of EJSEG" in plots.missing["EJSEG hyperparameters"]


def test_no_member_at_all_is_no_error() -> None:
    """A project whose models were only promoted elsewhere."""
    assert _plots().figures == {}


def test_a_learning_rate_that_varies_is_plotted_with_its_means() -> None:
    """Points stand at the means of their members."""
    plots = _plots(
        _member("ejseg", test_f1=0.4),
        _member("ejseg", test_f1=0.6),
        _member("ejseg", test_f1=0.3, **{"config.lr": 1e-4}),
    )

    axes = plots.figures["EJSEG lr"].axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.0001", "0.001"]
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.5])
    assert axes.get_ylabel() == "test F1 of pixels"


def test_without_test_tiles_validation_is_compared() -> None:
    """Models that learned from everything have no other score."""
    plots = _plots(
        _member("ejconn", test_f1=None, split=None),
        _member("ejconn", test_f1=None, split=None, **{"config.lr": 1e-4}),
    )

    assert plots.figures["EJCONN lr"].axes[0].get_ylabel() == "validation F1 of tiles"


def test_every_split_with_both_models_is_a_point() -> None:
    """Tiles of EJCONN across, pixels of EJSEG up; the learning curve is no split of its own."""
    plots = _plots(
        *(_member("ejconn", split=split, test_f1=0.1 * split) for split in (1, 2, 3)),
        *(_member("ejseg", split=split, test_f1=0.2 * split) for split in (1, 2)),
        *(
            _member(model, split=9, split_kind="learning_curve", locations=25)
            for model in ("ejconn", "ejseg")
        ),
        _member("ejconn", split=1, test_f1=0.3),
        own_map=(0.8, 0.7),
    )

    axes = plots.figures["tiles against pixels"].axes[0]
    points, star = axes.lines[0], axes.lines[-1]
    assert points.get_xdata().tolist() == pytest.approx([0.2, 0.2])
    assert points.get_ydata().tolist() == pytest.approx([0.2, 0.4])
    assert (star.get_xdata().tolist(), star.get_ydata().tolist()) == ([0.8], [0.7])


def test_maps_of_published_members_are_points_of_their_own() -> None:
    """Of the version with the most splits: tiles and pixels of the maps of its members."""
    plots = _plots(
        *(
            _member(
                "ejseg",
                name=name,
                split=split,
                test_f1=None,
                map_test_tile_f1=0.7 + split / 100,
                map_test_pixel_f1=0.6,
            )
            for name, splits in (("ejseg_v202", (1, 2, 2)), ("ejseg_v200", (1,)))
            for split in splits
        )
    )

    points = plots.figures["tiles against pixels"].axes[0].lines[0]
    assert points.get_xdata().tolist() == pytest.approx([0.71, 0.72])
    assert plots.figures["tiles against pixels"].axes[0].get_xlabel() == "test F1 of tiles"


def test_splits_of_nearly_the_same_size_are_no_learning_curve() -> None:
    """Random splits may lose a location or two."""
    plots = _plots(_member("ejseg", locations=274), _member("ejseg", split=1, locations=275))

    assert "learning curve" in plots.missing


def test_a_learning_curve_rises_over_locations_of_one_test() -> None:
    """Its splits test on the tiles of split 0; other random splits test on others."""
    plots = _plots(
        _member("ejseg", split=7, split_kind="learning_curve", locations=25, test_f1=0.2),
        _member("ejseg", split=8, split_kind="learning_curve", locations=50, test_f1=0.3),
        _member("ejseg", split=0, test_f1=0.5),
        _member("ejseg", split=1, test_f1=0.9),
    )

    curve = plots.figures["learning curve"].axes[0].lines[0]
    assert curve.get_xdata().tolist() == [25, 50, 275]
    assert curve.get_ydata().tolist() == pytest.approx([0.2, 0.3, 0.5])


def test_two_hundred_members_are_compared_in_seconds() -> None:
    """As many as the publication trained versions."""
    rows = [
        _member("ejseg", version=f"v{n}", test_f1=0.5 + n / 1000, **{"config.lr": 10.0 ** -(n % 5)})
        for n in range(200)
    ]

    assert "EJSEG lr" in _plots(*rows).figures


def _mapped(**stated: object) -> dict[str, object]:
    maps = {f"map_{scope}_pixel_f1": 0.6 for scope in ("test", "tvt")}
    return _member("ejseg", **{**maps, "map_test_tile_f1": 0.8, "map_tvt_tile_f1": 0.9, **stated})


def test_published_groups_show_test_and_all_tiles_side_by_side() -> None:
    """Two versions of the augmentation group: means and standard errors in two panels."""
    rows = [
        _mapped(name=f"ejseg_v{version}", version=f"ejseg_v{version}", map_test_pixel_f1=f1)
        for version, f1 in ((159, 0.5), (159, 0.7), (162, 0.4))
    ]

    figure = _plots(*rows).figures["published group augmentation"]

    test, tvt = figure.axes
    assert (test.get_title(), tvt.get_title()) == ("test tiles", "all labelled tiles")
    assert test.lines[0].get_ydata().tolist() == pytest.approx([0.6, 0.4])
    # Half of the difference of two is their standard error.
    (bars,) = (one for one in test.containers if one.has_yerr)
    assert bars[2][0].get_segments()[0][:, 1].tolist() == pytest.approx([0.5, 0.7])
    assert tvt.lines[0].get_ydata().tolist() == pytest.approx([0.6, 0.6])


def test_the_learning_curve_has_bands_about_the_version_in_use() -> None:
    """Lines of test tiles and of all tiles, each with bands of 1, 2 and 3 deviations."""
    curve = [
        _mapped(name="c203", version=f"c203@{split}", split=split, locations=locations)
        for split, locations in ((64, 25), (65, 275))
    ]
    members = [_mapped(split=61, iteration=one, map_test_pixel_f1=0.6 + one / 10) for one in (0, 1)]

    axes = _plots(*curve, *members).figures["learning curve"].axes[0]

    labels = axes.get_legend_handles_labels()[1]
    assert "c203: test F1 of the map, in pixels" in labels
    assert "s: mean (dotted), bands of 1, 2 and 3 SD" in labels
    heights = sorted(patch.get_height() for patch in axes.patches if patch.get_height() > 0.01)
    assert heights == pytest.approx([2 * k * 0.1 / math.sqrt(2) for k in (1, 2, 3)])


def test_splits_are_drawn_for_each_score_in_two_panels() -> None:
    """Left test tiles and all tiles, right all tiles alone; split numbers and mean lines."""
    rows = [_mapped(split=split, map_test_pixel_f1=0.1 * split) for split in (1, 2, 3)]

    figures = _plots(*rows).figures

    left, right = figures["splits F1"].axes
    assert {text.get_text() for text in left.texts} == {"1", "2", "3"}
    assert len(left.texts) == 6
    assert len(right.texts) == 3
    means = [line.get_ydata() for line in left.lines if line.get_linestyle() == "--"]
    assert [0.2, 0.2] in [pytest.approx(list(one)) for one in means]
