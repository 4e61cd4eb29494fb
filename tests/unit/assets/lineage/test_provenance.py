"""Data versions and recipes: equal ones are equal, and any change differs."""

import dagster as dg
import numpy as np

from ejmap_assets.lineage.provenance import (
    Ingredient,
    Recipe,
    event_tags,
    last_record,
    last_records,
)
from ejmap_project.digest import content_version

MOSAIC = Ingredient(asset="basemap_mosaic", partition=None, data_version="m1", storage_id=4)


def test_equal_content_has_an_equal_version() -> None:
    """The data version of an array depends only on values, shape and type."""
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)

    assert content_version(pixels, "a") == content_version(pixels[::-1][::-1], "a")
    assert content_version(pixels) != content_version(pixels.reshape(3, 2))
    assert content_version(pixels) != content_version(pixels.astype(np.int8))
    assert content_version("ab", "c") != content_version("a", "bc")


def test_a_recipe_changes_with_code_settings_and_inputs() -> None:
    """A recipe changes with the code version, the settings or an input."""
    base = Recipe(code_version="1", settings={"a": 1}, ingredients=(MOSAIC,))
    newer = Ingredient(asset="basemap_mosaic", partition=None, data_version="m2", storage_id=9)
    others = [
        Recipe(code_version="2", settings={"a": 1}, ingredients=(MOSAIC,)),
        Recipe(code_version="1", settings={"a": 2}, ingredients=(MOSAIC,)),
        Recipe(code_version="1", settings={"a": 1}, ingredients=(newer,)),
    ]

    assert len({base.digest, *(one.digest for one in others)}) == 4


def test_an_input_that_was_made_again_with_equal_content_changes_nothing() -> None:
    """An input made again with equal content keeps the recipe: the storage id does not count."""
    again = Ingredient(asset="basemap_mosaic", partition=None, data_version="m1", storage_id=9)

    assert (
        Recipe(code_version="1", ingredients=(MOSAIC,)).digest
        == Recipe(code_version="1", ingredients=(again,)).digest
    )


def test_only_the_used_part_of_an_input_counts() -> None:
    """A recipe depends only on the used part of an input, such as a crater's row."""
    row = {"asset": "crater_catalogue", "partition": None, "used_version": "row"}
    before = Ingredient(data_version="c1", storage_id=1, **row)
    after = Ingredient(data_version="c2", storage_id=2, **row)

    assert (
        Recipe(code_version="1", ingredients=(before,)).digest
        == Recipe(code_version="1", ingredients=(after,)).digest
    )


def test_a_logged_materialisation_is_read_back() -> None:
    """Data version, recipe and storage id of a logged materialisation can be read back."""
    recipe = Recipe(code_version="1", ingredients=(MOSAIC,))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                "azimuthal_mosaic",
                partition="0001",
                metadata={"n": 3},
                tags=event_tags(recipe, data_version="v1", files="f1"),
            )
        )
        record = last_record(instance, "azimuthal_mosaic", "0001")
        missing = last_record(instance, "azimuthal_mosaic", "0002")

    assert record is not None
    assert (record.data_version, record.recipe) == ("v1", recipe.digest)
    assert record.metadata["n"].value == 3
    assert record.storage_id > 0
    assert record.as_ingredient("azimuthal_mosaic", "0001").label == "azimuthal_mosaic[0001]"
    assert missing is None


def test_the_last_records_of_many_assets_are_those_of_each() -> None:
    """Of those that were ever made; one that was made twice counts as it is now."""
    with dg.DagsterInstance.ephemeral() as instance:
        for name, content in (("global_map", "old"), ("overlaps", "one"), ("global_map", "new")):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    name, tags={"dagster/data_version": content}, metadata={"seconds": 0.5}
                )
            )

        found = last_records(instance, ("global_map", "overlaps", "manual_masks"))

        assert found == {name: last_record(instance, name) for name in ("global_map", "overlaps")}
        assert found["global_map"].data_version == "new"
