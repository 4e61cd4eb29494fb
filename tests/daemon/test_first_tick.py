"""A daemon that is switched on for the first time maps what is not there yet."""

import io
from collections import Counter
from collections.abc import Iterator

import pytest

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from tests.daemon.conftest import Observatory, Serve
from tests.daemon.small_planet import CRATERS, SETTINGS, write_craters
from tests.tiny_presets import EJCONN, POLAR

pytestmark = pytest.mark.daemon


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def observatory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve: Serve
) -> Iterator[Observatory]:
    """Trained models, craters of which none is mapped, and no sensor that is on."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database("first_tick")
    folder = tmp_path_factory.mktemp("first_tick")
    for name, text in (("project", SETTINGS), ("ejconn_test", EJCONN), ("ejseg_test", POLAR)):
        (folder / f"{name}.yaml").write_text(text)
    write_craters(folder, CRATERS)
    with pytest.MonkeyPatch.context() as patch:
        # open_instance sets them for what follows in this process.
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("EJMAP_PROJECT", "")
        patch.setenv("EJMAP_POSTGRES_URL", url)
        with open_instance(folder) as instance:
            project = OpenProject.at(folder)
            runner_of(project, instance, Console(io.StringIO())).retrain()
            yield serve(folder, instance)


def test_what_is_missing_when_it_is_switched_on_is_mapped(observatory: Observatory) -> None:
    """Every crater once, in one run, and then the map; nothing has to change before."""
    observatory.switch_on("keep_up_to_date")

    runs = observatory.settle(maps=1)

    assert runs == Counter(craters=1, map=1)
    assert observatory.made("basemap_mask") == Counter(sorted(observatory.project.craters()))
    states = crater_states(book_of(observatory.project, observatory.instance))
    assert set(states.values()) == {CraterState.CURRENT}
