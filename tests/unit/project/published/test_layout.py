"""Names in a published folder lead to numbers and back, and never out of the folder."""

from pathlib import Path

import pytest

from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.file_family import FileFamily
from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import RUN


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_numbers_in_names_are_found_in_their_order_with_zero_among_them(tmp_path: Path) -> None:
    """Not in the order of letters, and names that only look alike are left out."""
    names = ["mask_crater_10.tif", "mask_crater_0.tif", "mask_crater_9.tif"]
    strangers = ["mask_crater_07.tif", "mask_crater_x.tif", "mask_crater_1.tif.aux.xml"]
    _touch(tmp_path / "data" / "cyl_data", *names, *strangers)

    found = layout.MANUAL_MASK.found(tmp_path)

    assert list(found) == [(0,), (9,), (10,)]
    assert found[0,] == layout.MANUAL_MASK.path(tmp_path, crater=0)


def test_several_blanks_are_told_apart(tmp_path: Path) -> None:
    """Versions, splits and craters of one path."""
    place = "results/conn_results/version_32/conn_positions"
    _touch(tmp_path, f"{place}/conn-pos_test-set-61_crater-0.csv")

    found = layout.CONNECTIONS.found(tmp_path)

    assert layout.CONNECTIONS.blanks == ("version", "split", "crater")
    assert list(found) == [(32, 61, 0)]


def test_every_file_of_the_folder_belongs_to_a_family(published: PublishedFolder) -> None:
    """The fixture is complete, and so is the list of families."""
    families = [one for one in vars(layout).values() if isinstance(one, FileFamily)]
    families += [layout.EJCONN_MAPPING_ATTENTION[1], *layout.ANALYSIS]
    families += [layout.TRAINING_METRICS[kind] for kind in ("ejconn", "ejseg")]
    families += [layout.MAP_METRICS["ejseg"]]
    known = {path for family in families for path in published.found(family).values()}

    files = {path for path in published.folder.glob("[dr]*/**/*") if path.is_file()}
    sidecars = {".dbf", ".shx", ".prj", ".cpg"}

    assert {path for path in files - known if path.suffix not in sidecars} == set()
    assert [one.template for one in families if not published.found(one)] == []


def test_files_of_the_analysis_have_the_published_names() -> None:
    """All tables that the study derives from a map and from whole manual maps."""
    families = [*layout.ANALYSIS, *layout.MANUAL_METRICS.values(), layout.MANUAL_ANALYSIS]

    assert [one.template.removeprefix("results/output_masks/{run}/") for one in families] == [
        *("analysis_overlaps.csv", "analysis_clean.csv", "dl_hm_metrics.csv"),
        *("dl_hm_precision_sq.csv", "dl_hm_recall_sq.csv", "dl_hm_f1_sq.csv"),
        *("dl_hm_precision_ring.csv", "dl_hm_recall_ring.csv", "dl_hm_f1_ring.csv"),
        *("blankets.csv", "analysis_hm.csv"),
    ]


def test_runs_are_names(published: PublishedFolder) -> None:
    """Masks of a run are found under the name of the run."""
    assert {key[0] for key in published.found(layout.OUTPUT_MASK)} == {RUN}


@pytest.mark.parametrize("run", ["..", ".", "a/b", ""])
def test_names_of_runs_lead_nowhere_else(run: str, tmp_path: Path) -> None:
    """A run is one folder."""
    with pytest.raises(SourceError, match="is no run of a published folder"):
        layout.OUTPUT_MASK.path(tmp_path, run=run, crater=0)


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_links_out_of_the_folder_are_refused(linked: str, tmp_path: Path) -> None:
    """A published folder must not make us read other files of the user."""
    folder, elsewhere = tmp_path / "published", tmp_path / "elsewhere"
    _touch(elsewhere, "mask_crater_3.tif")
    place = folder / "data" / "cyl_data"
    if linked == "file":
        place.mkdir(parents=True)
        (place / "mask_crater_3.tif").symlink_to(elsewhere / "mask_crater_3.tif")
    else:
        place.parent.mkdir(parents=True)
        place.symlink_to(elsewhere)

    published = PublishedFolder.at(folder)

    with pytest.raises(SourceError, match="link to a file outside"):
        published.found(layout.MANUAL_MASK)
    with pytest.raises(SourceError, match="link to a file outside"):
        published.file(layout.MANUAL_MASK, crater=3)


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    """Somebody may keep the same file twice without copying it."""
    _touch(tmp_path, "data/cyl_data/mask_crater_1.tif")
    cyl_data = tmp_path / "data" / "cyl_data"
    (cyl_data / "mask_crater_2.tif").symlink_to(cyl_data / "mask_crater_1.tif")

    assert list(PublishedFolder.at(tmp_path).found(layout.MANUAL_MASK)) == [(1,), (2,)]


def test_a_part_of_the_folder_is_told_from_the_folder(
    published: PublishedFolder, tmp_path: Path
) -> None:
    """Both are likely slips of the hand, and each has its own remedy."""
    with pytest.raises(SourceError, match="name the folder above it"):
        PublishedFolder.at(published.folder / "data")
    with pytest.raises(SourceError, match=r"unpack data\.zip"):
        PublishedFolder.at(tmp_path)
    with pytest.raises(SourceError, match="is no folder"):
        PublishedFolder.at(tmp_path / "nothing")


def test_a_missing_file_is_named(published: PublishedFolder) -> None:
    """With its whole path."""
    assert published.file(layout.MANUAL_MASK, crater=99) is None
    with pytest.raises(SourceError, match=r"mask_crater_99\.tif is missing"):
        published.required(layout.MANUAL_MASK, crater=99)
