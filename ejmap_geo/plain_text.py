"""Text of strangers in names and messages: one clean line, or short lines without control codes."""

import re
import unicodedata
from collections.abc import Sequence

LONGEST_NAME = 80
LONGEST_MESSAGE = 4000
MORE = " ..."
# Control codes, marks that turn the direction of text, halves of pairs, private and unassigned.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Colours and titles of terminals, whose letters are no text.
TERMINAL_CODES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")


def clean_name(text: str) -> str:
    """Return a name as one line of visible characters, at most :data:`LONGEST_NAME` of them."""
    # No name needs more to be recognised by.
    visible = _visible(text[: 20 * LONGEST_NAME], keep="")
    return " ".join(visible.split())[:LONGEST_NAME].rstrip()


def called(name: str, names: Sequence[str]) -> list[int]:
    """Return at which places of a list a name stands, whatever its case.

    Where it stands nowhere, accents count for nothing: few keyboards have those of all planets.
    """
    for letters in (str.casefold, _without_accents):
        found = [at for at, one in enumerate(names) if one and letters(one) == letters(name)]
        if found:
            return found
    return []


def clean_message(text: str) -> str:
    """Return a message without control codes, in its own lines, shortened in the middle.

    What went wrong stands at its beginning, what to do at its end.
    """
    if len(text) > LONGEST_MESSAGE:
        kept = (LONGEST_MESSAGE - len(MORE)) // 2
        text = f"{text[:kept]}{MORE} {text[-kept:]}"
    return _visible(text, keep="\n")


def _without_accents(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def _visible(text: str, *, keep: str) -> str:
    plain = TERMINAL_CODES.sub("", text)
    return "".join(
        one if one in keep or unicodedata.category(one) not in UNSEEN else " " for one in plain
    )
