"""What making an artefact hands over: a digest of its content, and facts for people."""

import functools
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeAlias, TypeVar

import pandas as pd

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)


class Picture(NamedTuple):
    """A picture or a plot.

    Attributes:
        image: ``(rows, cols, 3)``, a figure of matplotlib, or the PNG of one that was drawn.
        alt: Words for those who cannot see it.
    """

    image: "NDArray[np.uint8] | Figure | bytes"
    alt: str


class Markdown(NamedTuple):
    """Words with headings, lists and tables, such as a model card."""

    text: str


def drawing(draw: Callable[P, T]) -> Callable[P, T | Markdown]:
    """Let a function that draws return a note where it fails: a picture fails no artefact.

    What draws text and scales raises anything at what it meets in names and numbers.
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T | Markdown:
        try:
            return draw(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - see above
            return not_drawn(draw.__qualname__, error)

    return drawn


def not_drawn(what: str, error: Exception) -> Markdown:
    """Return the note that stands in the place of a picture, and log why."""
    _log.warning("%s cannot be drawn", what, exc_info=error)
    return Markdown(f"not drawn ({type(error).__name__})")


# Numbers, words, pictures, tables, and lists and mappings of what JSON can hold; what shows them
# may add values of its own.
Facts: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """An artefact that lies in its place on disk.

    Attributes:
        content: Digest of its content, from :func:`ejmap_project.digest.content_version`.
        metadata: Numbers, tables and pictures a scientist would look at, by name.
        table: The table that was written, if other artefacts are made from it: it is checked, and
            the UI shows its columns.
    """

    content: str
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])
    table: pd.DataFrame | None = None

    def with_facts(self, facts: Mapping[str, object]) -> "Artefact":
        """Return the artefact with further facts."""
        return replace(self, metadata={**self.metadata, **facts})


def known_numbers(values: Mapping[str, float]) -> dict[str, float]:
    """Return the numbers that are there: JSON has no NaN."""
    return {name: value for name, value in values.items() if math.isfinite(value)}


class Checked(NamedTuple):
    """What a look at an artefact found.

    Attributes:
        fault: What is wrong and what to do; empty if nothing is.
        numbers: What the artefact holds.
    """

    fault: str
    numbers: dict[str, int | float]
