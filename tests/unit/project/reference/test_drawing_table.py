"""Tables of drawings are read with checks that name the row, and merge to one sorted table."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_project.errors import SourceError
from ejmap_project.reference.drawing_table import (
    COLUMNS,
    merged,
    read_drawings,
    read_table,
    write_table,
)

RAY = "Moon,Tycho,me,ray,10,5,12,9,.3,3"
BOX = "Moon,Tycho,me,clear,350,5,10,9,,3"
BLANKET = [f"Moon,Tycho,me,blanket,{azimuth},1.5,{azimuth},4,,2" for azimuth in (300, 60, 180)]


def _file(folder: Path, *rows: str, name: str = "drawing.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_a_table_becomes_drawings(tmp_path: Path) -> None:
    """Rays keep their ends, a box across north goes on past 360, edges are sorted by azimuth."""
    (drawing,) = read_drawings(_file(tmp_path, RAY, BOX, *BLANKET))

    assert (drawing.body, drawing.crater, drawing.drawer) == ("Moon", "Tycho", "me")
    assert drawing.rays[0].azimuth_deg == (10, 12)
    assert drawing.rays[0].range_deg == (5, 9)
    assert drawing.clear[0].azimuth_deg == (350, 370)
    assert drawing.blanket is not None
    assert drawing.blanket.azimuth_deg.tolist() == [60, 180, 300]
    assert drawing.reach_deg == 9


def test_edges_of_a_blanket_are_linear_in_azimuth_across_north(tmp_path: Path) -> None:
    """Half-way between 300 (4 degrees) and 60 (8 degrees) lies 6, at north."""
    rows = [BLANKET[0], BLANKET[1].replace(",4,,", ",8,,"), BLANKET[2]]
    (drawing,) = read_drawings(_file(tmp_path, *rows))
    assert drawing.blanket is not None

    _, outer = drawing.blanket.edges_deg(np.array([0.0, 360.0, -360.0]))

    np.testing.assert_allclose(outer, 6)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param("Moon,Tycho,me,streak,1,2,3,4,.3,3", "the kind must be one of", id="kind"),
        pytest.param("Moon,,me,ray,1,2,3,4,.3,3", "must be named", id="no-name"),
        pytest.param("Moon,Tycho,me,ray,-4,2,3,4,.3,3", "azimuths must lie", id="azimuth"),
        pytest.param("Moon,Tycho,me,ray,1,2,3,x,.3,3", "ranges must lie", id="no-number"),
        pytest.param("Moon,Tycho,me,ray,1,2,3,4,,3", "half_width_deg of a ray", id="width"),
        pytest.param("Moon,Tycho,me,ray,1,2,3,4,.3,4", "confidence of a ray", id="confidence"),
        pytest.param("Moon,Tycho,me,ray,1,2,1,2,.3,3", "has no length", id="point"),
        pytest.param("Moon,Tycho,me,ray,10,2,370,2,.3,3", "has no length", id="once-round"),
        pytest.param("Moon,Tycho,me,ray,10,0,90,0,.3,3", "has no length", id="at-the-centre"),
        pytest.param("Moon,Tycho,me,ray,0,60,180,120,.3,3", "half round", id="opposite"),
        pytest.param("Moon,Tycho,me,clear,1,4,3,2,,3", "must end farther out", id="box-inside-out"),
        pytest.param("Moon,Tycho,me,clear,1,2,1,4,,3", "a width in azimuth", id="box-no-width"),
        pytest.param("Moon,Tycho,me,clear,1,2,400,4,,3", "more than once", id="box-round-twice"),
        pytest.param("Moon,Tycho,me,blanket,1,2,3,4,,3", "has one azimuth", id="blanket-azimuths"),
        pytest.param("Moon,Tycho,me,blanket,1,4,1,2,,3", "ends before it begins", id="blanket"),
    ],
)
def test_a_mistake_is_told_with_its_row(tmp_path: Path, row: str, says: str) -> None:
    """The first row is right, so the second is named."""
    with pytest.raises(SourceError, match=f"row 2 .*{says}"):
        read_table(_file(tmp_path, RAY, row))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param(BLANKET[:2], "has 2 rows", id="too-few"),
        pytest.param([*BLANKET, BLANKET[0]], "two rows at azimuth 300", id="twice"),
    ],
)
def test_a_blanket_needs_edges_at_several_azimuths(
    tmp_path: Path, rows: list[str], says: str
) -> None:
    """Between fewer than three there is no way round, and at one azimuth there is one edge."""
    with pytest.raises(SourceError, match=says):
        read_drawings(_file(tmp_path, *rows))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """With all columns that are needed."""
    path = tmp_path / "drawing.csv"
    path.write_text("body,crater\nMoon,Tycho\n", encoding="utf-8")

    with pytest.raises(SourceError, match="no column drawer; it needs body,crater,drawer,kind"):
        read_table(path)


def test_merged_tables_do_not_depend_on_the_order_of_files(tmp_path: Path) -> None:
    """Written and read again they are the same rows, rays before blankets before boxes."""
    one = read_table(_file(tmp_path, BOX, *BLANKET, name="one.csv"))
    two = read_table(_file(tmp_path, RAY, "Mercury,Kuiper,b,ray,1,2,3,4,.25,1", name="two.csv"))
    out, other = tmp_path / "out.csv", tmp_path / "other.csv"

    write_table(out, merged([one, two]), notes=["two files"])
    write_table(other, merged([two, one]), notes=["two files"])

    assert out.read_bytes() == other.read_bytes()
    again = read_table(out)
    assert again["kind"].tolist() == ["ray", "ray", "blanket", "blanket", "blanket", "clear"]
    assert again["body"].tolist()[:2] == ["Mercury", "Moon"]
    assert len(again) == len(one) + len(two)
