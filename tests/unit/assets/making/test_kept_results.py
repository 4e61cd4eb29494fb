"""Results of former models are restored when their recipe is current again."""

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from ejmap_assets.making.kept_results import KeptResults

if TYPE_CHECKING:
    from ejmap_assets.metadata.facts import Metadata


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Path of a step's result."""
    return tmp_path / "mask.tif"


def _make(kept: KeptResults, output: Path, recipe: str) -> None:
    """Make a result as steps do: a new file replaces the old one."""
    scratch = output.with_name("scratch")
    scratch.write_text(f"mask by {recipe}")
    scratch.replace(output)
    metadata: Metadata = {"ejecta_px": 7, "picture": dg.MetadataValue.md("![m](data:...)")}
    kept.keep(recipe, output, content=f"content of {recipe}", metadata=metadata)


def test_a_former_result_is_put_back_with_what_it_reported(tmp_path: Path, output: Path) -> None:
    """A kept result is restored with its file, data version and metadata."""
    kept = KeptResults(folder=tmp_path / "kept", limit=2)
    _make(kept, output, "a")
    _make(kept, output, "b")

    restored = kept.restore("a", output)

    assert restored is not None
    assert output.read_text() == "mask by a"
    assert restored.content == "content of a"
    assert restored.metadata["restored"] is True
    assert restored.metadata["ejecta_px"] == dg.MetadataValue.int(7)
    assert restored.metadata["picture"] == dg.MetadataValue.md("![m](data:...)")


def test_a_result_that_was_damaged_is_not_put_back(tmp_path: Path, output: Path) -> None:
    """A damaged kept file is not restored: it is a hard link of the damaged file in use."""
    kept = KeptResults(folder=tmp_path / "kept", limit=2)
    _make(kept, output, "a")
    with output.open("r+b") as file:
        file.truncate(3)
    output.unlink()

    assert kept.restore("a", output) is None
    assert not output.exists()


def test_only_the_newest_are_kept(tmp_path: Path, output: Path) -> None:
    """Only the newest results are kept, and a restored result counts as new."""
    kept = KeptResults(folder=tmp_path / "kept", limit=2)
    _make(kept, output, "a")
    _make(kept, output, "b")
    kept.restore("a", output)
    _make(kept, output, "c")

    assert kept.restore("b", output) is None
    assert kept.restore("a", output) is not None
    assert len(list((tmp_path / "kept").iterdir())) == 4


def test_nothing_is_kept_when_nothing_is_asked_for(tmp_path: Path, output: Path) -> None:
    """With limit 0 nothing is kept and no folder is made."""
    kept = KeptResults(folder=tmp_path / "kept", limit=0)

    _make(kept, output, "a")

    assert kept.restore("a", output) is None
    assert not (tmp_path / "kept").exists()
