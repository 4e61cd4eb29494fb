"""Ready-made ensembles are found by name, counted, and described without loading torch."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.config.model_config import preset_names
from ejmap_ml.errors import BundleError
from ejmap_ml.ready.ensembles import PACKAGED, names, ready_ensemble
from tests.ready_ensemble import CARD_TEXT, write_ready

LARGEST_MEMBER_BYTES, LARGEST_PACKAGE_BYTES = 4_000_000, 20_000_000
TORCH = """
import sys
from ejmap_ml.ready.ensembles import names, ready_ensemble
assert names() is not None and ready_ensemble("none") is None
sys.exit("torch" in sys.modules)
"""


def test_an_ensemble_is_found_by_its_name(tmp_path: Path) -> None:
    """With its members, configuration and card."""
    write_ready(tmp_path, "ready_test", probabilities=(0.2, 0.4, 0.6))

    found = ready_ensemble("ready_test", tmp_path)

    assert names(tmp_path) == ("ready_test",)
    assert found is not None
    assert (found.name, found.member_count, found.card) == ("ready_test", 3, CARD_TEXT)
    assert found.config == ModelBundle.load(found.member(2)).config


def test_other_folders_are_no_ensembles(tmp_path: Path) -> None:
    """Code, configurations, and members outside of the folder that is looked at."""
    write_ready(tmp_path / "inner", "ready_test")
    (tmp_path / "inner" / "__pycache__").mkdir()
    (tmp_path / "inner" / "other.yaml").write_text("name: other\n")

    assert names(tmp_path / "inner") == ("ready_test",)
    assert names(tmp_path) == names(tmp_path / "nowhere") == ()
    for name in ("", "..", "../inner/ready_test", "inner/ready_test", "ready.test", "other"):
        assert ready_ensemble(name, tmp_path) is None, name


def test_a_member_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Neither one beyond the last nor a gap is taken for a smaller ensemble."""
    ready = write_ready(tmp_path, "ready_test", probabilities=(0.2, 0.4, 0.6))
    with pytest.raises(BundleError, match="has 3 member\\(s\\), counted from 0, and no member 3"):
        ready.stamp(3)

    shutil.rmtree(ready.member(1))

    with pytest.raises(BundleError, match="without a gap, found \\[0, 2\\]"):
        _ = ready.member_count


def test_a_stamp_changes_with_the_weights(tmp_path: Path) -> None:
    """It is what tells a project that the package brought another ensemble."""
    before = write_ready(tmp_path, "ready_test", probabilities=(0.2,)).stamp(0)
    again = write_ready(tmp_path, "ready_test", probabilities=(0.2,)).stamp(0)
    other = write_ready(tmp_path, "ready_test", probabilities=(0.3,)).stamp(0)

    assert before == again
    assert before != other


def test_a_card_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    """It could lead to any file of the machine."""
    ready = write_ready(tmp_path, "ready_test")
    (tmp_path / "secret.md").write_text("secret")
    (ready.folder / "CARD.md").unlink()
    (ready.folder / "CARD.md").symlink_to(tmp_path / "secret.md")

    with pytest.raises(BundleError):
        _ = ready.card


def test_ensembles_are_found_without_torch() -> None:
    """The lineage reads them, and the code location must load at once."""
    assert subprocess.run([sys.executable, "-c", TORCH], check=False).returncode == 0


@pytest.mark.parametrize("name", names())
def test_a_packaged_ensemble_is_small_whole_and_described(name: str) -> None:
    """Every member loads, stays below 4 MB, and no preset has the name."""
    ready = ready_ensemble(name)
    assert ready is not None
    assert name not in preset_names()
    assert ready.card
    for number in range(ready.member_count):
        files = list(ready.member(number).iterdir())
        assert ModelBundle.load(ready.member(number)).config == ready.config
        assert sum(path.stat().st_size for path in files) <= LARGEST_MEMBER_BYTES


def test_the_package_holds_at_most_20_mb_of_ensembles() -> None:
    """A clone stays small."""
    files = [path for name in names() for path in (PACKAGED / name).rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) <= LARGEST_PACKAGE_BYTES
