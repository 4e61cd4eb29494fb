"""What a daemon does by itself: what changed is made again, once, and the map says the rest."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import dagster as dg
import pytest

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import event_tags
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.partitions import member_key
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_project.digest import content_version
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.models.model_version import configured_version
from ejmap_project.open_project import OpenProject
from tests.daemon.conftest import Observatory, Serve
from tests.daemon.small_planet import CRATERS, SETTINGS, write_craters
from tests.tiny_presets import EJCONN, POLAR

pytestmark = pytest.mark.daemon
RULES = ("keep_up_to_date", "crater_table")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def observatory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve: Serve
) -> Iterator[Observatory]:
    """A planet of four craters, mapped, and servers that look after it, on either history."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database("upkeep")
    folder = tmp_path_factory.mktemp("observatory")
    for name, text in (
        ("project", SETTINGS),
        ("ejconn_test", EJCONN),
        ("ejseg_test", POLAR),
    ):
        (folder / f"{name}.yaml").write_text(text)
    write_craters(folder, CRATERS)
    with pytest.MonkeyPatch.context() as patch:
        # open_instance sets them for what follows in this process.
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("EJMAP_PROJECT", "")
        patch.setenv("EJMAP_POSTGRES_URL", url)
        with open_instance(folder) as instance:
            project = OpenProject.at(folder)
            stream = io.StringIO()
            assert runner_of(project, instance, Console(stream)).run() == [], stream.getvalue()
            found = serve(folder, instance)
            found.switch_on(*RULES)
            assert found.settle(maps=0) == Counter(), "nothing is to be done yet"
            yield found


def _keys(observatory: Observatory) -> list[str]:
    return sorted(observatory.project.craters())


def _promote(observatory: Observatory, change: Callable[[ModelBundle], ModelBundle]) -> None:
    """Put other members of EJSEG into the place of the trained ones, and promote them.

    A tick in between would compare the members before the map is made, as it should.
    """
    with observatory.paused(*RULES):
        _put_and_promote(observatory, change)


def _put_and_promote(
    observatory: Observatory, change: Callable[[ModelBundle], ModelBundle]
) -> None:
    project, instance = observatory.project, observatory.instance
    version = configured_version(project, "ejseg").key
    path = project.paths.model_bundle("ejseg", version=version, iteration=0)
    bundle = change(ModelBundle.load(path))
    bundle.save(path)
    # As the training of a member records it; else the files are not those of the history.
    key = member_key(version=version, iteration=0)
    book = book_of(project, instance)
    files = book.files("ejseg_model", key)
    manifest = files.take()
    tags = event_tags(
        book.recipe("ejseg_model", key),
        data_version=content_version(bundle.data_version),
        files=manifest.digest,
    )
    instance.report_runless_asset_event(
        dg.AssetMaterialization("ejseg_model", partition=key, tags=tags)
    )
    files.write(manifest)
    runner = runner_of(project, instance, Console(io.StringIO()))
    runner.decide("ejseg", mode="by_hand")
    observatory.forget()


def _with_other_weights(bundle: ModelBundle) -> ModelBundle:
    name = next(one for one in bundle.weights if one.endswith(".weight"))
    changed = {**bundle.weights, name: bundle.weights[name] + 0.125}
    return replace(bundle, weights=changed)


def _states(observatory: Observatory) -> dict[str, CraterState]:
    return crater_states(book_of(observatory.project, observatory.instance))


def test_a_crater_that_is_added_is_mapped_alone(observatory: Observatory) -> None:
    """One run reads the table, one maps the crater, one refreshes the map."""
    before = observatory.made("basemap_mask")

    write_craters(observatory.project.paths.folder, CRATERS + 1)
    runs = observatory.settle(maps=1)

    assert runs == Counter(prepare=1, craters=1, map=1)
    new = observatory.made("basemap_mask") - before
    assert list(new.values()) == [1]
    assert len(_keys(observatory)) == CRATERS + 1
    assert set(_states(observatory).values()) == {CraterState.CURRENT}


def test_other_weights_map_every_crater_once(observatory: Observatory) -> None:
    """From the step that the model takes part in, and the map once; members are compared anew."""
    masks, mosaics = (observatory.made(name) for name in ("basemap_mask", "azimuthal_mosaic"))

    _promote(observatory, _with_other_weights)
    runs = observatory.settle(maps=1)

    assert runs == Counter(craters=1, map=1, model_comparison=1)
    assert observatory.made("basemap_mask") - masks == Counter(_keys(observatory))
    assert observatory.made("azimuthal_mosaic") == mosaics


def test_the_same_weights_map_nothing(observatory: Observatory) -> None:
    """A promotion is recorded, and that is all."""
    _promote(observatory, lambda bundle: bundle)

    assert observatory.settle(maps=0) == Counter()


def test_a_broken_crater_fails_alone_and_repair_redoes_it_alone(observatory: Observatory) -> None:
    """The others are mapped, the map names it, and nobody tries it again until it is mended."""
    broken = _keys(observatory)[1]
    flag = observatory.project.paths.folder / f"broken_{broken}"
    before = observatory.made("basemap_mask")

    flag.touch()
    _promote(observatory, _with_other_weights)
    runs = observatory.settle(maps=1)

    assert runs == Counter(craters=1, map=1, model_comparison=1)
    others = [key for key in _keys(observatory) if key != broken]
    assert observatory.made("basemap_mask") - before == Counter(others)
    assert _states(observatory)[broken] is CraterState.FAILED
    record = observatory.instance.fetch_materializations(dg.AssetKey("global_map"), limit=1)
    event = record.records[0].asset_materialization
    assert event is not None
    assert broken in str(event.metadata["failed_craters"].value)

    flag.unlink()
    mapped = observatory.made("basemap_mask")
    runner = runner_of(observatory.project, observatory.instance, Console(io.StringIO()))
    assert runner.repair() == []

    assert observatory.made("basemap_mask") - mapped == Counter([broken])
    assert set(_states(observatory).values()) == {CraterState.CURRENT}
