"""Versions and splits have numbers in published folders, and names here."""

import pytest

from ejmap_assets.exports.published_names import PublishedNames, number_of
from ejmap_assets.model_choice import ModelVersion
from ejmap_assets.resources import OpenProject


@pytest.mark.parametrize(
    ("name", "number"),
    [("ejseg_v200", 200), ("ejconn_v0", 0), ("ejseg_polar", 0), ("v3_mine", 0), ("mine_v7", 7)],
)
def test_the_number_stands_at_the_end_of_the_name(name: str, number: int) -> None:
    """As in the presets that are made of published rows."""
    assert number_of(ModelVersion(name)) == number


def test_names_follow_from_the_settings(project: OpenProject) -> None:
    """The map is called as the published one: both versions, the split, the members."""
    names = PublishedNames.of(project)

    assert (names.ejconn, names.ejseg, names.split) == (32, 200, 61)
    assert names.run == "ejc-version-200_conn-version-32_test-set-61_x2"


def test_other_names_can_be_asked_for(project: OpenProject) -> None:
    """Zero among them."""
    names = PublishedNames.of(project, ejconn=0, ejseg=300, split=5)
    named = PublishedNames.of(project, run="mine")

    assert names.run == "ejc-version-300_conn-version-0_test-set-5_x2"
    assert (names.version("ejconn"), names.version("ejseg")) == (0, 300)
    assert named.run == "mine"
