"""What a project takes of a folder follows from what is there and from what is asked for."""

import pandas as pd
import pytest

from ejmap_project.errors import SourceError
from ejmap_project.intake.import_plan import Wishes, plan_of
from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import RUN


def _publish(
    published: PublishedFolder, kind: ModelKind, version: int, split: int, *, members: int
) -> None:
    place = {"version": version, "split": split}
    paths = [layout.NORM[kind].path(published.folder, **place)]
    paths += [
        layout.CHECKPOINT[kind].path(published.folder, **place, iteration=one)
        for one in range(members)
    ]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_the_final_versions_and_their_connections_are_taken(mine: PublishedFolder) -> None:
    """Of all that is there, what the published map was made with."""
    _publish(mine, "ejseg", 86, 61, members=3)
    _publish(mine, "ejseg", 200, 61, members=2)
    _publish(mine, "ejseg", 204, 61, members=3)
    _publish(mine, "ejconn", 32, 61, members=2)

    plan = plan_of(mine, Wishes())

    assert plan.models == {"ejconn": "ejconn_v32", "ejseg": "ejseg_v200"}
    assert (plan.split, plan.members("ejseg"), plan.connections) == (61, 2, "32/61")
    assert plan.learns_from_masks
    assert plan.notes == ()


def test_what_is_asked_for_is_taken(mine: PublishedFolder) -> None:
    """A version on a split; the other model then has to be of the same split."""
    _publish(mine, "ejseg", 86, 62, members=3)
    _publish(mine, "ejseg", 200, 61, members=2)
    _publish(mine, "ejconn", 32, 61, members=2)

    plan = plan_of(mine, Wishes(versions={"ejseg": 86}))

    assert plan.models == {"ejconn": "ejconn_tiny", "ejseg": "ejseg_v86"}
    assert (plan.split, plan.members("ejseg"), plan.connections) == (62, 3, None)
    assert plan.notes == (
        "EJCONN will be trained here: no weights on split 62 with a norm were published",
    )


def test_what_is_not_there_is_told_with_what_is(mine: PublishedFolder) -> None:
    """Somebody may have mistaken the number."""
    _publish(mine, "ejseg", 200, 61, members=1)

    with pytest.raises(SourceError, match="no weights of EJSEG version 20, or not their norm; it"):
        plan_of(mine, Wishes(versions={"ejseg": 20}))
    with pytest.raises(SourceError, match="EJSEG version 200 on split 7"):
        plan_of(mine, Wishes(versions={"ejseg": 200}, split=7))


def test_weights_without_their_norm_are_of_no_use(mine: PublishedFolder) -> None:
    """They are as if they were not there."""
    _publish(mine, "ejseg", 200, 61, members=2)
    mine.required(layout.NORM["ejseg"], version=200, split=61).unlink()

    plan = plan_of(mine, Wishes())

    assert plan.weights == {}
    assert plan.models["ejseg"] == "ejseg_polar"


def test_the_best_member_stands_for_an_ensemble_that_was_not_kept(mine: PublishedFolder) -> None:
    """As for most versions; where members were kept, it is one of them and not counted again."""
    _publish(mine, "ejseg", 200, 61, members=0)
    best = layout.BEST_CHECKPOINT["ejseg"].path(mine.folder, version=200, split=61)
    best.touch()

    alone = plan_of(mine, Wishes())
    _publish(mine, "ejseg", 200, 61, members=2)
    beside = plan_of(mine, Wishes())

    assert alone.weights["ejseg"].checkpoints == (best,)
    assert len(beside.weights["ejseg"].checkpoints) == 2


def test_each_ensemble_has_the_members_that_were_published(mine: PublishedFolder) -> None:
    """Ten and twenty, as published."""
    _publish(mine, "ejseg", 200, 61, members=4)
    _publish(mine, "ejconn", 32, 61, members=2)

    plan = plan_of(mine, Wishes())

    assert (plan.members("ejseg"), plan.members("ejconn")) == (4, 2)


def test_without_weights_the_split_of_the_connections_is_kept(mine: PublishedFolder) -> None:
    """Their EJCONN saw the test tiles of any other one; without connections it is the latest."""
    assert plan_of(mine, Wishes()).split == 61
    assert plan_of(mine, Wishes(split=62)).split == 62

    for path in mine.found(layout.CONNECTIONS).values():
        path.unlink()

    assert plan_of(mine, Wishes()).split == 62


def test_connections_are_those_of_the_weights_or_of_the_final_version(
    mine: PublishedFolder,
) -> None:
    """Later versions were tried and not used for the published map."""
    for version in (30, 34):
        path = layout.CONNECTIONS.path(mine.folder, version=version, split=61, crater=0)
        path.parent.mkdir(parents=True)
        path.touch()

    final = plan_of(mine, Wishes())
    wanted = plan_of(mine, Wishes(versions={"ejconn": 34}))
    _publish(mine, "ejconn", 30, 61, members=1)
    own = plan_of(mine, Wishes())

    found = [plan.connections for plan in (final, wanted, own)]
    assert found == ["32/61", "34/61", "30/61"]


def test_a_split_that_is_not_there_is_told_with_those_that_are(mine: PublishedFolder) -> None:
    """Another one in its place would be scored on tiles that were not asked for."""
    with pytest.raises(SourceError, match=r"no split 5; .* numbered 61, 62"):
        plan_of(mine, Wishes(split=5))


def test_without_masks_models_learn_from_synthetic_planets(mine: PublishedFolder) -> None:
    """Weights may still be imported."""
    for path in mine.found(layout.MANUAL_MASK).values():
        path.unlink()

    assert not plan_of(mine, Wishes()).learns_from_masks


def test_a_split_whose_tiles_are_not_known_is_not_used(mine: PublishedFolder) -> None:
    """No tile would be held back, and scores would be of tiles already seen."""
    _publish(mine, "ejseg", 200, 61, members=1)
    path = mine.required(layout.LABELLED_TILES)
    table = pd.read_csv(path)
    table.drop(columns=["test_61"]).to_csv(path, index=False)
    with_another = plan_of(mine, Wishes())
    table.drop(columns=["test_61", "test_62"]).to_csv(path, index=False)

    plan = plan_of(mine, Wishes())

    assert (plan.split, with_another.split) == (None, None)
    assert any("its test tiles are not known" in note for note in plan.notes)


def test_connections_without_mapping_tiles_are_of_no_use(mine: PublishedFolder) -> None:
    """They name tiles by their numbers only."""
    for path in mine.found(layout.MAPPING_SQUARES).values():
        path.unlink()

    assert plan_of(mine, Wishes()).connections is None


def test_a_run_that_is_not_there_is_told_with_those_that_are(mine: PublishedFolder) -> None:
    """Its name is long, and soon misspelt."""
    assert plan_of(mine, Wishes(masks_run=RUN)).connections == "32/61"

    with pytest.raises(SourceError, match=f"no masks of a run 'x2'; .* of {RUN}"):
        plan_of(mine, Wishes(masks_run="x2"))
