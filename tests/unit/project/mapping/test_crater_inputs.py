"""What craters share is read once, also where several threads need it first at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ejmap_project.mapping import crater_inputs
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject

THREADS = 4


def test_threads_that_need_the_mosaic_first_at_once_read_it_once(
    monkeypatch: pytest.MonkeyPatch, work: CraterWork
) -> None:
    """As in a run that goes on: its first crater is finished, and so has read nothing."""
    read = crater_inputs.read_project_basemap
    asked, all_there = [0], threading.Barrier(THREADS, timeout=30)

    def counted(project: OpenProject) -> crater_inputs.Basemap:
        asked[0] += 1
        return read(project)

    def need(_: int) -> int:
        all_there.wait()
        return id(work.basemap.raster)

    monkeypatch.setattr(crater_inputs, "read_project_basemap", counted)
    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(need, range(THREADS)))

    assert (asked, len(found)) == ([1], 1)
