"""Tables of other people are read within limits, and each mistake has its sentence."""

import os
from pathlib import Path

import pandas as pd
import pytest

from ejmap_geo import csv_file
from ejmap_geo.csv_file import read_csv, read_csv_rows
from ejmap_geo.errors import CatalogueError


def _written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _read(path: Path) -> pd.DataFrame:
    return read_csv(path, error=CatalogueError)


def test_a_table_as_spreadsheets_write_it(tmp_path: Path) -> None:
    """A byte order mark, line ends of Windows, a quoted comma."""
    text = '\ufeffcrater_id,name\r\n3,"Hokusai, rayed"\r\n4,Debussy\r\n'

    table = _read(_written(tmp_path, text))

    expected = pd.DataFrame({"crater_id": [3, 4], "name": ["Hokusai, rayed", "Debussy"]})
    pd.testing.assert_frame_equal(table, expected)


def test_every_digit_is_kept(tmp_path: Path) -> None:
    """The fast way of pandas misses the nearest number by one step for some texts."""
    texts = ["0.13436424411240122", "0.49543508709194095", "0.5"]
    path = _written(tmp_path, "\n".join(["score", *texts]))

    table = read_csv(path, error=CatalogueError)

    assert table["score"].tolist() == [float(text) for text in texts]


def test_rows_are_text_as_it_stands(tmp_path: Path) -> None:
    """Nothing becomes a number or a missing value."""
    path = _written(tmp_path, 'version,loss\n\n01,nan\n2,"a,b"\n')

    rows = read_csv_rows(path, error=CatalogueError, most_bytes=100)

    assert rows == [["version", "loss"], ["01", "nan"], ["2", "a,b"]]


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    """Its columns are known."""
    table = _read(_written(tmp_path, "a,b\n"))

    assert (list(table), len(table)) == (["a", "b"], 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("", r"\(it is empty\)", id="empty"),
        pytest.param("a;b\n1,5;2\n", "has one column, 'a;b'; save it with commas", id="semicolons"),
        pytest.param("a\tb\n1\t2\n", r"has one column, 'a\\tb'; save it with commas", id="tabs"),
        pytest.param("a,b\n1,2,3\n", "has rows of more cells than its header", id="longer-first"),
        pytest.param("a,b\n1,2\n1,2,3\n", "cannot be read as a table", id="longer-row"),
        pytest.param('a,b\n"1,2\n', "cannot be read as a table", id="open-quote"),
        pytest.param(
            "H\u00f6rby,b\n".encode("latin-1"), "is not UTF-8 text; save it", id="latin-1"
        ),
        pytest.param("a,b\n".encode("utf-16"), "is not UTF-8 text; save it", id="utf-16"),
        pytest.param("," * 4096 + "\n", "has 4097 columns, more than the 4096", id="columns"),
        pytest.param("a\n" + "1\n" * 11, "has more than 10 rows", id="rows"),
        pytest.param("a\n" + "1" * 200, "has 202 bytes, more than the 200", id="bytes"),
    ],
)
def test_each_mistake_is_told_in_a_sentence(
    content: str | bytes, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the file and is the error of the caller."""
    monkeypatch.setattr(csv_file, "MOST_ROWS", 10)
    if sentence.endswith("200"):
        monkeypatch.setattr(csv_file, "MOST_BYTES", 200)
    path = _written(tmp_path, content)

    with pytest.raises(CatalogueError, match=rf"table\.csv .*{sentence}"):
        _read(path)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A device or a pipe has no end, and a link of another person may lead to one."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("/dev/zero")

    for name, sentence in (("pipe", "is no file"), ("link", "is no file"), ("none", "No such")):
        with pytest.raises(CatalogueError, match=sentence):
            _read(tmp_path / f"{name}.csv")
