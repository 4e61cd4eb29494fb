"""Damaged tables and notes end in our own error with their path, whatever the damage."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from ejmap_assets.making.kept_results import KeptResults
from ejmap_project.analysis.crater_pattern import QUANTITIES, read_pattern
from ejmap_project.analysis.crater_profile import read_profile
from ejmap_project.errors import StepError
from ejmap_project.files.connection_table import read_connections, write_connections
from ejmap_project.files.table_file import read_table, write_table

CONNECTIONS = pd.DataFrame(
    {
        "crater_id": 1,
        "tile_id": range(50),
        "probability": np.linspace(0, 1, 50),
        "vote_fraction": 1.0,
        "is_connected": True,
    }
)


def _mutants(sound: bytes, count: int) -> list[bytes]:
    """Return damaged copies: bytes changed, cut off, doubled; the same on every run."""
    rng = np.random.default_rng(16)
    found: list[bytes] = []
    for number in range(count):
        content = bytearray(sound)
        start, stop = sorted(rng.integers(0, len(sound), 2).tolist())
        match number % 4:
            case 0:
                content[start] ^= 1 << int(rng.integers(8))
            case 1:
                del content[start:stop]
            case 2:
                content[start:start] = content[start:stop]
            case _:
                content[start:stop] = rng.bytes(stop - start)
        found.append(bytes(content))
    return found


def test_a_damaged_table_of_connections_is_named(tmp_path: Path) -> None:
    """Or read, where the damage left a valid table."""
    path = tmp_path / "connections.parquet"
    write_connections(CONNECTIONS, path)
    refused: list[str] = []
    sound = path.read_bytes()
    assert read_connections(path).equals(CONNECTIONS)

    for content in _mutants(sound, 150):
        path.write_bytes(content)
        try:
            read_connections(path)
        except StepError as error:
            refused.append(str(error))

    assert len(refused) > 100
    assert all("connections.parquet" in one for one in refused)


@pytest.mark.parametrize("read", [read_table, read_profile, lambda path: read_pattern(path.parent)])
def test_a_torn_table_is_named_with_its_remedy(
    read: Callable[[Path], object], tmp_path: Path
) -> None:
    """By every reader of tables of a project."""
    path = tmp_path / QUANTITIES
    write_table(CONNECTIONS, path)
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(StepError, match=f"{QUANTITIES} cannot be read .*`ejmap run` makes it"):
        read(path)


def test_an_unreadable_kept_result_counts_as_not_kept(tmp_path: Path) -> None:
    """It is computed again."""
    kept = KeptResults(folder=tmp_path / "kept", limit=2)
    output = tmp_path / "mask.tif"
    output.write_bytes(b"mask")
    kept.keep("a", output, content="c", metadata={"ejecta_px": dg.MetadataValue.int(7)})
    note = tmp_path / "kept" / "a.json"

    for content in _mutants(note.read_bytes(), 200):
        note.write_bytes(content)
        restored = kept.restore("a", output)
        assert restored is None or restored.content
