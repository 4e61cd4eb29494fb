"""What an artefact was made from, and whether that still holds.

Every materialisation carries a *data version* (a digest of its content) and a *recipe* (a digest of
the code version, the settings and the data versions it was made from). An artefact is current while
its recipe is the one that would be followed now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import dagster as dg

from ejmap_project.digest import content_version

RECIPE_TAG = "ejmap/recipe"
# Dagster's own names: its UI reads them to say "upstream data changed". It writes them itself for
# a MaterializeResult, but a crater's materialisation is logged by us (see chunk.py).
DATA_VERSION_TAG = "dagster/data_version"
IS_USER_PROVIDED_TAG = "dagster/data_version_is_user_provided"
CODE_VERSION_TAG = "dagster/code_version"
INPUT_VERSION_PREFIX = "dagster/input_data_version/"
INPUT_POINTER_PREFIX = "dagster/input_event_pointer/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """One input as it was when it was used.

    Attributes:
        asset: Name of the asset.
        partition: Its partition; None when it has none.
        data_version: Digest of its content.
        storage_id: Place of its materialisation in the event log.
        used_version: Digest of the part that was used, where that is less than all of it.
    """

    asset: str
    partition: str | None
    data_version: str
    storage_id: int
    used_version: str | None = None

    @property
    def label(self) -> str:
        """Name with the partition in brackets."""
        return self.asset if self.partition is None else f"{self.asset}[{self.partition}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides what an artefact becomes.

    Attributes:
        code_version: Version of the code of the asset.
        settings: The part of the project's settings that it depends on, as JSON values.
        ingredients: Its inputs.
    """

    code_version: str
    settings: object = None
    ingredients: tuple[Ingredient, ...] = field(default=())

    @property
    def digest(self) -> str:
        """A short text that is equal for equal recipes."""
        inputs = {one.label: one.used_version or one.data_version for one in self.ingredients}
        return content_version(
            json.dumps([self.code_version, self.settings, inputs], sort_keys=True, default=str)
        )

    @property
    def input_versions(self) -> dict[str, str]:
        """Data versions of the inputs by their label."""
        return {one.label: one.data_version for one in self.ingredients}


def event_tags(recipe: Recipe, *, data_version: str) -> dict[str, str]:
    """Return the tags of a materialisation that is logged by us instead of by Dagster."""
    tags = {
        RECIPE_TAG: recipe.digest,
        DATA_VERSION_TAG: data_version,
        IS_USER_PROVIDED_TAG: "true",
        CODE_VERSION_TAG: recipe.code_version,
    }
    for one in recipe.ingredients:
        tags[INPUT_VERSION_PREFIX + one.asset] = one.data_version
        tags[INPUT_POINTER_PREFIX + one.asset] = str(one.storage_id)
    return tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The last materialisation of an artefact.

    Attributes:
        data_version: Digest of its content.
        recipe: Digest of the recipe it was made by; empty when it was reported by other means.
        storage_id: Place in the event log.
        metadata: What it reported.
    """

    data_version: str
    recipe: str
    storage_id: int
    metadata: Mapping[str, dg.MetadataValue]


def last_record(
    instance: dg.DagsterInstance, asset: str, partition: str | None = None
) -> Record | None:
    """Return the last materialisation of an artefact, or None if there is none."""
    key = dg.AssetKey(asset)
    wanted = key if partition is None else dg.AssetRecordsFilter(key, asset_partitions=[partition])
    records = instance.fetch_materializations(wanted, limit=1).records
    return record_of(records[0]) if records else None


def record_of(event: dg.EventLogRecord) -> Record | None:
    """Return what a materialisation in the event log says; None for other events."""
    materialization = event.asset_materialization
    if materialization is None:
        return None
    tags = materialization.tags or {}
    return Record(
        data_version=tags.get(DATA_VERSION_TAG, ""),
        recipe=tags.get(RECIPE_TAG, ""),
        storage_id=event.storage_id,
        metadata=materialization.metadata,
    )


def as_ingredient(record: Record, asset: str, partition: str | None = None) -> Ingredient:
    """Return an artefact as an input of others."""
    return Ingredient(
        asset=asset,
        partition=partition,
        data_version=record.data_version,
        storage_id=record.storage_id,
    )
