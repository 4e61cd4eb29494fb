"""Published tables are read by the names of their columns, and mistakes have one sentence."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_project.errors import SourceError
from ejmap_project.published.csv_columns import read_columns


def _written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def test_only_the_named_columns_are_read(tmp_path: Path) -> None:
    """A path in a table is never looked at, let alone followed."""
    path = _written(tmp_path, "a,filename,b,t_2,t_x\n3,/etc/passwd,0.5,1,7\n4,../x,1,0,7\n")

    table = read_columns(path, whole=["a"], real=["b"], prefix="t_")

    assert list(table) == ["a", "b", "t_2"]
    assert table["a"].dtype == np.int64
    assert table["b"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a,c\n1,2\n", "has no column b; found a, c", id="missing"),
        pytest.param("a,b\n1,\n", "column b must hold numbers, found nan in row 1", id="empty"),
        pytest.param(
            "a,b\n1,1\n1.5,1\n", r"column a must hold whole numbers, found 1\.5 in row 2", id="half"
        ),
        pytest.param("a,b\nx,1\n", "column a must hold whole numbers, found 'x'", id="text"),
        pytest.param("a,b\n1,inf\n", "column b must hold numbers, found inf", id="infinite"),
        pytest.param("a,b\n1,1\n1,2\n", "holds a 1 more than once", id="double"),
        pytest.param("", "cannot be read as a table", id="nothing"),
        pytest.param('a,b\n"1,2\n', "cannot be read as a table", id="open quote"),
        pytest.param("a,b\n1,1\n1,1,1\n", "cannot be read as a table", id="ragged"),
    ],
)
def test_each_mistake_has_its_sentence(text: str, message: str, tmp_path: Path) -> None:
    """And the name of the file."""
    path = _written(tmp_path, text)

    with pytest.raises(SourceError, match=message) as caught:
        read_columns(path, whole=["a"], real=["b"], unique=["a"])

    assert "table.csv" in str(caught.value)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A raster under the name of a table, say."""
    path = tmp_path / "table.csv"
    path.write_bytes(bytes(range(256)))

    with pytest.raises(SourceError, match=r"table\.csv is not UTF-8 text; .*copy it again$"):
        read_columns(path, whole=["a"])


def test_cells_may_be_empty_where_that_is_said(tmp_path: Path) -> None:
    """But hold nothing else than whole numbers, and no two rows are the same."""
    table = read_columns(
        _written(tmp_path, "a,b\n61,0\n,0\n"), whole=["a", "b"], may_be_empty=["a"]
    )

    assert table["a"].isna().tolist() == [False, True]
    assert table["a"].dropna().tolist() == [61]
    path = _written(tmp_path, "a,b\n,0\n,0\n")
    with pytest.raises(SourceError, match="more than once"):
        read_columns(path, whole=["a", "b"], unique=["a", "b"], may_be_empty=["a"])
    path = _written(tmp_path, "a,b\nx,0\n")
    with pytest.raises(SourceError, match="column a must hold whole numbers, found 'x' in row 1"):
        read_columns(path, whole=["a", "b"], may_be_empty=["a"])
