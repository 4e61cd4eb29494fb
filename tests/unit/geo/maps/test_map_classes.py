"""Each value of a label map is explained once, in a colour of its own."""

from ejmap_geo.maps.color import crater_color
from ejmap_geo.maps.map_classes import (
    contested_classes,
    count_classes,
    exclusion_classes,
    label_classes,
)


def test_craters_and_both_codes_are_explained() -> None:
    """By rising value; no ejecta is transparent, and a crater without a name is told by its id."""
    classes = label_classes({7: "", 0: "Hokusai"})

    assert [one.value for one in classes] == [0, 7, 65_534, 65_535]
    assert [one.crater_id for one in classes] == ["0", "7", "", ""]
    assert [one.name for one in classes[:2]] == ["Hokusai", "crater 7"]
    assert "several craters" in classes[2].name
    assert [one.color[3] for one in classes] == [255, 255, 255, 0]
    assert classes[0].color[:3] == crater_color(0, "Hokusai")


def test_several_craters_have_the_colour_of_none() -> None:
    """Their white is far from every crater's colour."""
    *craters, several, _ = label_classes(dict.fromkeys(range(120), ""))

    nearest = min(
        sum((one - other) ** 2 for one, other in zip(a.color, several.color, strict=True)) ** 0.5
        for a in craters
    )
    assert nearest > 40


def test_counts_grow_darker_from_yellow() -> None:
    """A map without ejecta has no counts, and one crater alone is yellow."""
    assert count_classes(0) == []
    assert [one.name for one in count_classes(2)] == ["1 crater", "2 craters"]
    assert count_classes(1)[0].color == (240, 249, 33, 255)
    brightness = [sum(one.color[:3]) for one in count_classes(9)]
    assert brightness == sorted(brightness, reverse=True)


def test_contested_ground_has_the_colours_of_its_counts() -> None:
    """From two craters on, as the count of overlaps shows them; none where nothing is contested."""
    assert contested_classes(4) == count_classes(4)[1:]
    assert [one.value for one in contested_classes(4)] == [2, 3, 4]
    assert contested_classes(0) == []


def test_ground_to_count_on_is_transparent() -> None:
    """What is excluded is named with the width of its buffer."""
    free, excluded = exclusion_classes(12.5)

    assert (free.value, free.color[3]) == (0, 0)
    assert (excluded.value, 0 < excluded.color[3] < 255) == (1, True)
    assert "12.5 km" in excluded.name
