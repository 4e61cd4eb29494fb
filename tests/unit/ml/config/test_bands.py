"""What bands mean, who reads them, and the grey that is made of them."""

import pytest

from ejmap_ml.config.bands import Bands, Reads, bands_named, count_of, grey_weights, seen_as


@pytest.mark.parametrize(
    ("stated", "meaning"),
    [
        ("grey", "grey"),
        (" rgb ", "rgb"),
        (["grey"], "grey"),
        ("Red,green, blue", "rgb"),
        ("PC2,PC1,430/1000", "mercury-enhanced"),
        ("PC1,PC2,430/1000", ("PC1", "PC2", "430/1000")),
        ("1000 nm,750 nm", ("1000 nm", "750 nm")),
        (["750 nm"], ("750 nm",)),
    ],
)
def test_a_list_of_names_is_a_meaning_where_it_names_one(
    stated: str | list[str], meaning: Bands
) -> None:
    """In this order only: the first band of a mosaic is not its second."""
    assert bands_named(stated) == meaning


@pytest.mark.parametrize("stated", ["gray", "", "a,,b", "a,a", [], [str(i) for i in range(17)]])
def test_bands_that_say_nothing_are_refused(stated: str | list[str]) -> None:
    """With what may be said."""
    with pytest.raises(ValueError, match="must be grey, rgb, mercury-enhanced, or "):
        bands_named(stated)


@pytest.mark.parametrize(
    ("mosaic", "reads", "seen"),
    [
        ("grey", "grey", "grey"),
        ("rgb", "grey", "grey"),
        ("mercury-enhanced", "grey", "grey"),
        (("a", "b"), "grey", "grey"),
        ("rgb", "colour", "rgb"),
        (("a", "b", "c"), "colour", ("a", "b", "c")),
        ("grey", "colour", None),
        (("a", "b"), "colour", None),
        ("mercury-enhanced", "mercury-enhanced", "mercury-enhanced"),
        ("rgb", "mercury-enhanced", None),
        ("grey", "mercury-enhanced", None),
        (("a", "b"), ("a", "b"), ("a", "b")),
        (("b", "a"), ("a", "b"), None),
    ],
)
def test_a_model_reads_its_own_bands_or_grey_made_of_others(
    mosaic: Bands, reads: Reads, seen: Bands | None
) -> None:
    """Grey is made of any bands, colour is any three; anything else must be the same."""
    assert seen_as(mosaic, reads) == seen


@pytest.mark.parametrize("bands", ["grey", "rgb", "mercury-enhanced", ("a", "b", "c", "d")])
def test_the_weights_of_grey_add_up_to_one(bands: Bands) -> None:
    """So white stays white; one weight a band."""
    weights = grey_weights(bands)

    assert sum(weights) == pytest.approx(1)
    assert len(weights) == count_of(bands)
