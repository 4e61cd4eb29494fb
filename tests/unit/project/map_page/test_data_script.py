"""Scripts of data hand over JSON and do nothing else, whatever the text in them is."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_project.map_page.data_script import packed, read_script, unpacked, write_script

BREAKS = "</script><!--\u2028\u2029\"'\\`${1}\x00\ud800é"


def test_what_is_handed_over_comes_back(tmp_path: Path) -> None:
    """Text that ends scripts, lines or strings elsewhere; subfolders are made."""
    value = {"label": BREAKS, "__proto__": [1, 2.5, None, True]}

    script = write_script(tmp_path, "probe/0001", value)

    assert (tmp_path / "probe" / "0001.js").read_bytes() == script
    assert read_script(script, "probe/0001") == value


@given(text=st.text())
def test_a_script_is_one_line_of_ascii_without_a_tag(text: str, tmp_path_factory) -> None:
    """So that no reader takes a part of a name for the end of a string, a script or a line."""
    script = write_script(tmp_path_factory.getbasetemp(), "facts", {"label": text}).decode("ascii")

    assert "<" not in script
    assert script.count("\n") == 1
    # What stands between is a JSON string; JavaScript reads ASCII JSON as JSON does.
    assert json.loads(re.fullmatch(r"EJMAP\.put\((.*)\);\n", script)[1])["value"]["label"] == text


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (b"alert(1)", "no script of data"),
        (b"EJMAP.put(alert(1));\n", "no JSON"),
        (b'EJMAP.put({"name":"facts","value":1});alert(1);\n', "no JSON"),
        (b'EJMAP.put({"name":"facts","value":1}, alert(1));\n', "no JSON"),
        (b'EJMAP.put({"name":"facts","value":NaN});\n', "no JSON"),
        (b'EJMAP.put({"name":"outlines","value":1});\n', "something else"),
        (b'EJMAP.put({"name":"facts","value":1,"more":2});\n', "something else"),
        ('EJMAP.put({"name":"facts","value":"\u2028"});\n'.encode(), "no script of data"),
        (b"EJMAP.put(" + b"[" * 100_000 + b");\n", "no JSON"),
    ],
)
def test_a_script_that_does_anything_else_is_refused(script: bytes, said: str) -> None:
    """A project of somebody else may come with a page of its own making."""
    with pytest.raises(ValueError, match=said):
        read_script(script, "facts")


@pytest.mark.parametrize("text", ["AAAA", packed(b"whole" * 99)[:16], packed(b"whole")[:-1], "é"])
def test_torn_data_are_refused_in_words(text: str) -> None:
    """A cut or foreign stream is one kind of fault, whichever library meets it first."""
    with pytest.raises(ValueError, match="torn"):
        unpacked(text)


def test_packed_bytes_are_a_zlib_stream() -> None:
    """Which browsers unpack; the same bytes come back."""
    data = bytes(range(256)) * 9

    text = packed(data)

    assert unpacked(text) == data
    assert len(text) < len(data)
