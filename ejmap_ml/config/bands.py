"""What the bands of a mosaic mean, what a model reads, and the grey that is made of several bands.

A mosaic is ``grey``, ``rgb`` (red, green, blue), ``mercury-enhanced`` (PC2, PC1 and the 430/1000 nm
ratio, as in MESSENGER's enhanced-colour mosaic), or a list of names, one a band. A model reads
one of these, or ``colour``: any three bands, whatever they mean.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

GREY: Literal["grey"] = "grey"
RGB: Literal["rgb"] = "rgb"
MERCURY_ENHANCED: Literal["mercury-enhanced"] = "mercury-enhanced"
COLOUR: Literal["colour"] = "colour"

BandName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Bands: TypeAlias = Literal["grey", "rgb", "mercury-enhanced"] | tuple[BandName, ...]
Reads: TypeAlias = Bands | Literal["colour"]

COLOUR_BANDS = 3
MOST_BANDS = 16
KNOWN: dict[str, tuple[str, ...]] = {
    GREY: ("grey",),
    RGB: ("red", "green", "blue"),
    MERCURY_ENHANCED: ("PC2", "PC1", "430/1000"),
}
# Weights of the bands in the grey that is made of them. RGB: luma of ITU-R BT.709 on the 8-bit
# values. Enhanced colour: PC1, which is brightness; the others are colour, in which fresh material
# is dark as well as bright. The mean of bands that are only named.
GREY_WEIGHTS: dict[str, tuple[float, ...]] = {
    GREY: (1.0,),
    RGB: (0.2126, 0.7152, 0.0722),
    MERCURY_ENHANCED: (0.0, 1.0, 0.0),
}


def bands_named(text: str | Sequence[str]) -> Bands:
    """Return the meaning of bands that a person states, or a file.

    Args:
        text: ``grey``, ``rgb``, ``mercury-enhanced``, or names of bands: a list, or with commas in
            between. Red, green, blue are ``rgb``, whatever the case of the letters.

    Raises:
        ValueError: It is none of these.
    """
    given = text.split(",") if isinstance(text, str) else text
    names = tuple(name.strip() for name in given)
    if len(names) == 1 and names[0] in (GREY, RGB, MERCURY_ENHANCED):
        return names[0]
    # One word that is no meaning is a slip; a list of one name is meant.
    if isinstance(text, str) and len(names) == 1:
        raise ValueError(
            "must be grey, rgb, mercury-enhanced, or names with commas in between, one a band, "
            f"found {text!r}; a single band is grey"
        )
    if not 0 < len(names) <= MOST_BANDS or len({*names}) < len(names) or "" in names:
        raise ValueError(
            f"must be grey, rgb, mercury-enhanced, or 1 to {MOST_BANDS} different names of bands, "
            f"found {text!r}"
        )
    lower = tuple(name.lower() for name in names)
    for meaning in (GREY, RGB, MERCURY_ENHANCED):
        if lower == tuple(name.lower() for name in KNOWN[meaning]):
            return meaning
    return names


def names_of(bands: Reads) -> tuple[str, ...]:
    """Return the names of the bands; none of ``colour``, whose bands may mean anything."""
    return KNOWN.get(bands, ()) if isinstance(bands, str) else bands


def count_of(bands: Reads) -> int:
    """Return the number of bands."""
    return COLOUR_BANDS if bands == COLOUR else len(names_of(bands))


def words_of(bands: Reads) -> str:
    """Return bands in words, as a person states them: ``rgb``, or ``750 nm,1000 nm``."""
    return bands if isinstance(bands, str) else ",".join(bands)


def grey_weights(bands: Bands) -> tuple[float, ...]:
    """Return the weight of each band in the grey that is made of them; they add up to 1."""
    if isinstance(bands, str):
        return GREY_WEIGHTS[bands]
    return (1 / len(bands),) * len(bands)


def seen_as(mosaic: Bands, reads: Reads) -> Bands | None:
    """Return the bands in which a model sees a mosaic: its own, or grey made of them.

    Args:
        mosaic: What the bands of the mosaic mean.
        reads: What the model reads.

    Returns:
        None if the model cannot read the mosaic.
    """
    if reads == GREY:
        return GREY
    is_any_colour = reads == COLOUR and count_of(mosaic) == COLOUR_BANDS
    return mosaic if is_any_colour or reads == mosaic else None
