"""Text of other people's files: which encoding its bytes are in."""

import codecs
import re

# Longer marks first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What old programs of Windows write, and the superset of Latin-1 that their text is in.
FALLBACK = "cp1252"
PROBE_BYTES = 4096
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
FOREIGN_LETTER = re.compile(r"[^\x00-\x7f]")
BETWEEN_WORDS = re.compile(r"[\s,;|]")
MOST_CHARACTERS = 30


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a file and a sentence for each guess that was needed.

    The byte order mark decides. Without one, text is UTF-16 if every other byte is zero, else UTF-8
    if it can be, else Windows-1252.

    Raises:
        ValueError: If the bytes are no text in any of these.
    """
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), _unmarked(data))
    try:
        text, notes = data.decode(encoding), list[str]()
    except UnicodeDecodeError as wrong:
        if encoding != "utf-8":
            raise ValueError(f"is cut off or damaged {encoding} text; save it as UTF-8") from wrong
        text, notes = _as_fallback(data)
    if CONTROL.search(text):
        raise ValueError("is no text; name a table of text, or save it as .csv in UTF-8")
    return text, notes


def _unmarked(data: bytes) -> str:
    probe = data[:PROBE_BYTES]
    half = len(probe) // 2
    if half and probe[1::2].count(0) > 0.8 * half:
        return "utf-16-le"
    if half and probe[::2].count(0) > 0.8 * half:
        return "utf-16-be"
    return "utf-8"


def _as_fallback(data: bytes) -> tuple[str, list[str]]:
    try:
        text = data.decode(FALLBACK)
    except UnicodeDecodeError as wrong:
        raise ValueError(
            "is neither UTF-8, UTF-16 nor Windows-1252 text; save it as UTF-8"
        ) from wrong
    letter = FOREIGN_LETTER.search(text)
    shown = "" if letter is None else f", such as {_word_at(text, letter.start())!r}"
    return text, [f"the text is not UTF-8 and was read as Windows-1252; check its names{shown}"]


def _word_at(text: str, place: int) -> str:
    """Return the word around a place, shortened; a file may be one word of megabytes."""
    start = max(0, place - MOST_CHARACTERS)
    before, behind = text[start:place], text[place : place + MOST_CHARACTERS]
    return (BETWEEN_WORDS.split(before)[-1] + BETWEEN_WORDS.split(behind)[0])[:MOST_CHARACTERS]
