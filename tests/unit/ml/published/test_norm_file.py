"""Published norms are read as what they are, and nothing else is taken for one."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.norm_file import read_norm, write_norm

NORM = Normalization(offset=(0.1, 110.0, 120.0, 5.9), scale=(1 / 3, 31.0, 32.0, 0.4))


def test_rows_are_offsets_and_scales(tmp_path: Path) -> None:
    """In this order, the bands first."""
    np.save(tmp_path / "norm.npy", np.array([[1, 2, 3, 4], [5, 6, 7, 8]]))

    norm = read_norm(tmp_path / "norm.npy")

    assert norm == Normalization(offset=(1, 2, 3, 4), scale=(5, 6, 7, 8))


def test_a_norm_is_written_as_the_authors_read_it(tmp_path: Path) -> None:
    """(2, 4) float64 in numpy's own format, the same to the last bit."""
    write_norm(NORM, tmp_path / "norm.npy")

    plain = np.load(tmp_path / "norm.npy")

    assert plain.shape == (2, 4)
    assert plain.dtype == np.float64
    assert tuple(plain[0, 0:3]) == NORM.offset[:3]
    assert plain[1, 3] == NORM.scale[3]
    assert read_norm(tmp_path / "norm.npy") == NORM


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        pytest.param(np.ones((2, 3)), r"should hold \(2, 4\) numbers", id="columns"),
        pytest.param(np.ones((4, 2)), r"should hold \(2, 4\) numbers", id="turned"),
        pytest.param(np.ones(8), r"should hold \(2, 4\) numbers", id="flat"),
        pytest.param(np.full((2, 4), "1"), r"should hold \(2, 4\) numbers", id="texts"),
        pytest.param(np.full((2, 4), np.nan), "is no norm", id="nan"),
        pytest.param(np.zeros((2, 4)), "scales positive", id="scale-of-zero"),
        pytest.param(np.array([[0] * 4, [1, 1, -1, 1.0]]), "scales positive", id="negative"),
        pytest.param(np.array([[0] * 4, [1, 1, np.inf, 1.0]]), "is no norm", id="infinite"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray, sentence: str) -> None:
    """With what was found and what to do."""
    np.save(tmp_path / "norm.npy", array)

    with pytest.raises(CheckpointError, match=sentence):
        read_norm(tmp_path / "norm.npy")


def test_a_pickle_in_a_norm_does_not_run(tmp_path: Path) -> None:
    """Arrays of objects are pickles."""

    class _Trap:
        def __reduce__(self):
            return (Path.mkdir, (tmp_path / "sprung",))

    np.save(tmp_path / "norm.npy", np.array([_Trap()]), allow_pickle=True)

    with pytest.raises(CheckpointError, match="is no array of numbers"):
        read_norm(tmp_path / "norm.npy")

    assert not (tmp_path / "sprung").exists()


def test_a_header_that_claims_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    """No memory is taken for it."""
    np.save(tmp_path / "norm.npy", np.ones((2, 4)))
    content = (tmp_path / "norm.npy").read_bytes()
    (tmp_path / "norm.npy").write_bytes(content.replace(b"(2, 4), }        ", b"(2, 400000000), }"))

    with pytest.raises(CheckpointError, match="is no array of numbers"):
        read_norm(tmp_path / "norm.npy")


def test_archives_links_and_missing_files_are_refused(tmp_path: Path) -> None:
    """A folder may hold anything."""
    np.savez(tmp_path / "norm.npz", np.ones((2, 4)))
    (tmp_path / "link.npy").symlink_to(tmp_path / "norm.npz")

    with pytest.raises(CheckpointError, match="holds an archive"):
        read_norm(tmp_path / "norm.npz")
    for name in ("link.npy", "none.npy"):
        with pytest.raises(CheckpointError, match="there is no norm"):
            read_norm(tmp_path / name)
