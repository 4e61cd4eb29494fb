"""Recipes, and the records of materialisations that carry them.

Every materialisation carries a *data version* (a digest of its content) and a *recipe* (a digest of
the code version, the settings and the data versions of the inputs). An artefact is up to date while
its recorded recipe equals the current one.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import dagster as dg

from ejmap_project.digest import content_version

RECIPE_TAG = "ejmap/recipe"
# Digest of the manifest: which bytes its files had.
FILES_TAG = "ejmap/files"
# Dagster's tags; its UI reads them to show "upstream data changed". Dagster writes them for a
# MaterializeResult, but chunk.py logs the materialisations of craters itself.
DATA_VERSION_TAG = "dagster/data_version"
IS_USER_PROVIDED_TAG = "dagster/data_version_is_user_provided"
CODE_VERSION_TAG = "dagster/code_version"
INPUT_VERSION_PREFIX = "dagster/input_data_version/"
INPUT_POINTER_PREFIX = "dagster/input_event_pointer/"
# Metadata that every artefact has: how long it took to make.
SECONDS = "seconds"
# How large its files are.
SIZE = "size_bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """One input, as it was when the artefact was made.

    Attributes:
        asset: Name of the asset.
        partition: Its partition; None if it is unpartitioned.
        data_version: Digest of its content.
        storage_id: Id of its materialisation in the event log.
        used_version: Digest of the part that is used; None if all of it is.
        files: Digest of the manifest of its files; empty if none was recorded.
    """

    asset: str
    partition: str | None
    data_version: str
    storage_id: int
    used_version: str | None = None
    files: str = ""

    @property
    def label(self) -> str:
        """Name with the partition in brackets."""
        return self.asset if self.partition is None else f"{self.asset}[{self.partition}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the content of an artefact.

    Attributes:
        code_version: Version of the code of the asset.
        settings: The project's settings that it depends on, as JSON values.
        ingredients: Its inputs.
    """

    code_version: str
    settings: object = None
    ingredients: tuple[Ingredient, ...] = field(default=())

    @property
    def digest(self) -> str:
        """Digest, equal for equal recipes."""
        inputs = {one.label: one.used_version or one.data_version for one in self.ingredients}
        return content_version(
            json.dumps([self.code_version, self.settings, inputs], sort_keys=True, default=str)
        )

    @property
    def input_versions(self) -> dict[str, str]:
        """Data versions of the inputs by their label."""
        return {one.label: one.data_version for one in self.ingredients}


def event_tags(recipe: Recipe, *, data_version: str, files: str) -> dict[str, str]:
    """Return the tags of a materialisation that we log ourselves, not Dagster."""
    tags = {
        RECIPE_TAG: recipe.digest,
        FILES_TAG: files,
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
        recipe: Digest of its recipe; empty if another program reported the materialisation.
        storage_id: Id in the event log.
        metadata: Its metadata.
        code_version: Version of the code that made it; empty if Dagster does not know it.
        inputs: Data versions of its unpartitioned inputs, and of those of the same crater, by name.
        run_id: Run that made it; empty if another program reported the materialisation.
        made_s: When it was made, seconds since 1970.
        files: Digest of the manifest of its files; empty if none was recorded.
    """

    data_version: str
    recipe: str
    storage_id: int
    metadata: Mapping[str, dg.MetadataValue]
    code_version: str
    inputs: Mapping[str, str]
    run_id: str
    made_s: float
    files: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took to make; None if another program reported the materialisation."""
        stated = self.metadata.get(SECONDS)
        found = None if stated is None else stated.value
        return float(found) if isinstance(found, (int, float)) else None

    def as_ingredient(self, asset: str, partition: str | None = None) -> Ingredient:
        """Return the artefact as an input of others."""
        return Ingredient(
            asset=asset,
            partition=partition,
            data_version=self.data_version,
            storage_id=self.storage_id,
            files=self.files,
        )


def last_record(
    instance: dg.DagsterInstance, asset: str, partition: str | None = None
) -> Record | None:
    """Return the last materialisation of an artefact; None if it was never made."""
    key = dg.AssetKey(asset)
    wanted = key if partition is None else dg.AssetRecordsFilter(key, asset_partitions=[partition])
    records = instance.fetch_materializations(wanted, limit=1).records
    return record_of(records[0]) if records else None


def last_records(instance: dg.DagsterInstance, assets: Collection[str]) -> dict[str, Record]:
    """Return the last materialisations of those of some assets that were ever made, by name."""
    made: dict[str, Record] = {}
    for one in instance.get_asset_records([dg.AssetKey(name) for name in assets]):
        event = one.asset_entry.last_materialization_record
        record = None if event is None else record_of(event)
        if record is not None:
            made[one.asset_entry.asset_key.to_user_string()] = record
    return made


def record_of(event: dg.EventLogRecord) -> Record | None:
    """Return the record of a materialisation event; None for other events."""
    materialization = event.asset_materialization
    if materialization is None:
        return None
    tags = materialization.tags or {}
    return Record(
        data_version=tags.get(DATA_VERSION_TAG, ""),
        recipe=tags.get(RECIPE_TAG, ""),
        storage_id=event.storage_id,
        metadata=materialization.metadata,
        code_version=tags.get(CODE_VERSION_TAG, ""),
        inputs={
            tag.removeprefix(INPUT_VERSION_PREFIX): version
            for tag, version in tags.items()
            if tag.startswith(INPUT_VERSION_PREFIX)
        },
        run_id=event.run_id,
        made_s=event.timestamp,
        files=tags.get(FILES_TAG, ""),
    )
