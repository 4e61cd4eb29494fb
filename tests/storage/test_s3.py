"""Folders without shared files make one map, by a history and a bucket of S3."""

import shutil
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.runs.instance import open_instance
from tests.faults import warm
from tests.faults.chain import Chain
from tests.faults.sameness import differences, digests_of
from tests.faults.warm import Command, ejmap
from tests.ready_ensemble import write_ready

pytestmark = [pytest.mark.storage, pytest.mark.timeout(5400)]
PATIENCE_SECONDS = 1800
POLL_SECONDS = 0.02
ARTEFACT = tuple[str, str | None]


SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
models: {ejseg: ready_views}
mapping: {tile_side_px: 32}
"""


def _new(folder: Path) -> Chain:
    """Write a project that maps three craters with a ready-made model."""
    write_ready(folder / "models", "ready_views")
    (folder / "project.yaml").write_text(SETTINGS)
    return Chain(folder)


def _elsewhere(chain: Chain, folder: Path) -> Chain:
    """Return a folder with the settings and the history of another one, and none of its files."""
    shutil.copytree(chain.folder, folder, ignore=shutil.ignore_patterns("data"))
    return Chain(folder)


def _times_made(chain: Chain) -> Counter[ARTEFACT]:
    """Return how often the history says that each artefact was made."""
    with open_instance(chain.folder) as instance:
        events = [
            event.asset_materialization
            for name in LINEAGE
            for event in instance.fetch_materializations(dg.AssetKey(name), limit=1000).records
        ]
    return Counter(
        (one.asset_key.to_user_string(), one.partition) for one in events if one is not None
    )


def _wait_for_a_mask(chain: Chain, command: Command) -> None:
    """Wait until the first crater is mapped."""
    notes = chain.folder / "data" / "manifests" / "basemap_mask"
    until = time.monotonic() + PATIENCE_SECONDS
    while not any('"maker"' not in one.read_text() for one in notes.glob("*.json")):
        assert not command.has_ended, command.end().text
        assert time.monotonic() < until
        time.sleep(POLL_SECONDS)


def test_a_map_is_finished_where_none_of_its_files_are(
    place: Path, s3: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed among the craters and finished in an empty folder, it is that of one folder.

    Nothing that the history and the bucket have is made again.
    """
    monkeypatch.setattr(warm, "PATIENCE_SECONDS", PATIENCE_SECONDS)
    whole = _new(place / "whole")
    done = whole.run()
    assert done.code == 0, done.text
    first = _new(place / "first")
    command = first.start(variables=s3)
    _wait_for_a_mask(first, command)
    command.kill()
    second = _elsewhere(first, place / "second")
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    before = _times_made(second)

    finished = second.run(variables=s3)
    after = _times_made(second)
    pulled = ejmap("storage", "pull", str(second.folder), variables=s3)

    assert finished.code == 0, finished.text
    assert pulled.code == 0, pulled.text
    found = differences(digests_of(second.folder), digests_of(whole.folder))
    # Styles are no part of an artefact, since people change them, and the QGIS project reads them.
    found = [one for one in found if not one.endswith((".qml", ".qgs"))]
    assert not found, f"{found} differ"
    again = {one: after[one] for one in before if after[one] > before[one]}
    assert not again, f"{again} were made again"
    assert 0 < len(before) < len(after)
    verified = second.run("verify", variables=s3)
    assert verified.code == 0, verified.text
