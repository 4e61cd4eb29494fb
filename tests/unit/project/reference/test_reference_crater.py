"""Craters of the set lie where the IAU says, and nobody chose the part that one belongs to."""

import hashlib
from pathlib import Path

import pytest

from ejmap_project.errors import SourceError
from ejmap_project.reference.reference_crater import PARTS, part_of, reference_craters
from ejmap_project.sources.nomenclature import named_craters

HEADER = "body,name,lat_deg,lon_deg,diameter_km\n"


def test_mercurys_craters_are_those_of_the_quick_look() -> None:
    """Names, centres and diameters are the same facts in both tables; not all were drawn."""
    known = named_craters().set_index("name")
    ours = {name: one for (body, name), one in reference_craters().items() if body == "Mercury"}

    assert set(ours) <= set(known.index)
    for name, one in ours.items():
        row = known.loc[name]
        assert (one.center.lat_deg, one.center.lon_deg) == (row["lat_deg"], row["lon_deg"])
        assert one.radius_m == 500 * row["diameter_km"]


def test_tychos_rim_is_a_third_of_its_published_extent() -> None:
    """86.2 km across on a Moon of 1737.4 km: a radius of 43.1 / 1737.4 = 0.024807 radians."""
    tycho = reference_craters()["Moon", "Tycho"]

    assert tycho.rim_rad == pytest.approx(43.1 / 1737.4)
    assert tycho.as_crater().radius_m == 43_100


@pytest.mark.parametrize(("body", "name"), [("Mercury", "Bashō"), ("Moon", "Tycho")])
def test_the_part_is_the_remainder_of_a_digest(body: str, name: str) -> None:
    """By the last digits of the digest: 16 leaves 1 when divided by 3, so hex digits may be added.

    This is arithmetic of its own: a number in base 16 has the remainder of its sum of digits.
    """
    digits = hashlib.sha256((body + "/" + name).encode("utf-8")).hexdigest()

    assert part_of(body, name) == PARTS[sum(int(digit, 16) for digit in digits) % 3]


def test_every_part_holds_craters_of_every_body() -> None:
    """At least four of Mercury and four of the Moon."""
    parts = [(one.body.name, one.part) for one in reference_craters().values()]

    assert all(parts.count((body, part)) >= 4 for body in ("Mercury", "Moon") for part in PARTS)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param("Pluto,A,1,2,3\n", "row 1: unknown body", id="body"),
        pytest.param("Moon,A,91,2,3\n", "row 1: latitude must lie", id="latitude"),
        pytest.param("Moon,A,1,2,0\n", "row 1: diameter_km must be positive", id="diameter"),
        pytest.param("Moon,A,1,2,3\nMoon,A,1,2,3\n", "row 2: A stands there twice", id="twice"),
    ],
)
def test_a_mistake_in_a_crater_table_is_told_with_its_row(
    tmp_path: Path, rows: str, says: str
) -> None:
    """Rows are counted below the header."""
    path = tmp_path / "craters.csv"
    path.write_text(HEADER + rows, encoding="utf-8")

    with pytest.raises(SourceError, match=says):
        reference_craters(path)
