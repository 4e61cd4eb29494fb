"""Partition keys of members, and craters that follow the catalogue."""

import dagster as dg
import pytest

from ejmap_assets import partitions
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import version_and_iteration


def test_a_member_key_says_version_and_iteration() -> None:
    """A member's key can be split into version and iteration, though Dagster sorts dimensions."""
    key = partitions.member_key(version="ejseg_polar", iteration=3)

    assert str(key) == "03|ejseg_polar"
    assert version_and_iteration(str(key)) == ("ejseg_polar", 3)


def test_an_iteration_that_is_no_number_is_refused() -> None:
    """Partitions may be added in the UI."""
    with pytest.raises(StepError, match="such as 03, got first"):
        version_and_iteration("first|ejseg_polar")


def test_the_pages_count_the_members_that_a_project_wants() -> None:
    """An ensemble of three has three partitions, and a larger one later adds its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        for members in (3, 5, 2):
            partitions.register_ensemble(instance, "ejseg", "a", members=members)
        keys = partitions.ejseg_members.get_partition_keys(dynamic_partitions_store=instance)

    assert sorted(map(str, keys)) == ["00|a", "01|a", "02|a", "03|a", "04|a"]


def test_craters_follow_the_catalogue() -> None:
    """New craters become partitions, and removed craters lose theirs."""
    with dg.DagsterInstance.ephemeral() as instance:
        first = partitions.sync_craters(instance, ["0002", "0001"])
        second = partitions.sync_craters(instance, ["0002", "0003"])
        known = instance.get_dynamic_partitions(partitions.CRATERS_NAME)

    assert first == (["0001", "0002"], [])
    assert second == (["0003"], ["0001"])
    assert list(known) == ["0002", "0003"]


def test_a_version_is_registered_once() -> None:
    """Registering a version twice is no error and adds one partition."""
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            partitions.register_version(instance, partitions.ejseg_versions, "a")
        known = list(instance.get_dynamic_partitions("ejseg_versions"))

    assert known == ["a"]
