"""Scripts that hand data to the page: a page that was opened from disk can fetch no other file."""

import base64
import json
import zlib
from pathlib import Path

_BEFORE, _AFTER = b"EJMAP.put(", b");\n"


def write_script(folder: Path, name: str, value: object) -> bytes:
    """Write the script that hands over a value, and return it.

    Args:
        folder: Folder of the scripts.
        name: Name of the value; the file is ``NAME.js``, in a subfolder after each slash.
        value: What JSON can hold, without NaN.
    """
    # ASCII: JavaScript takes U+2028 for the end of a line, and "<" could end a script in a page.
    text = json.dumps({"name": name, "value": value}, separators=(",", ":"), allow_nan=False)
    script = _BEFORE + text.replace("<", "\\u003c").encode("ascii") + _AFTER
    path = folder / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(script)
    return script


def read_script(script: bytes, name: str) -> object:
    """Return the value that a script hands over.

    Raises:
        ValueError: If it is no such script: it would do anything else than hand over JSON of
            that name.
    """
    if not (script.isascii() and script.startswith(_BEFORE) and script.endswith(_AFTER)):
        raise ValueError(f"{name}.js is no script of data; materialise map_page again")
    try:
        handed = json.loads(script[len(_BEFORE) : -len(_AFTER)], parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}.js holds no JSON; materialise map_page again") from error
    if not isinstance(handed, dict) or handed.keys() != {"name", "value"} or handed["name"] != name:
        raise ValueError(f"{name}.js hands over something else; materialise map_page again")
    return handed["value"]


def packed(data: bytes) -> str:
    """Return bytes as a zlib stream in base64, which the page unpacks."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def packed_json(value: object) -> str:
    """Return what JSON can hold as :func:`packed` text."""
    return packed(json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii"))


def unpacked(text: str) -> bytes:
    """Return the bytes that were packed.

    Raises:
        ValueError: If it is no such text, or a part of one.
    """
    try:
        return zlib.decompress(base64.b64decode(text, validate=True))
    except (ValueError, zlib.error) as error:
        raise ValueError("packed data are torn; materialise map_page again") from error


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
