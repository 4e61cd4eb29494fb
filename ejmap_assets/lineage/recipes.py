"""Current recipes, from the lineage, the project's settings and the recorded materialisations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import dagster as dg

from ejmap_assets.lineage.provenance import Ingredient, Recipe, Record, last_record, last_records
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.row import UsedPart
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import inputs_of, partitioned_by
from ejmap_assets.partitions import CRATERS_NAME, MEMBERS, VERSIONS, Partitioning, member_key
from ejmap_geo.craters.catalogue import Crater
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.manifests.manifest_store import ArtefactFiles, Finding
from ejmap_project.manifests.stored_files import Recorded, fetch_missing
from ejmap_project.models.model_version import (
    ModelVersion,
    candidate_version,
    configured_version,
    member_count,
    version_and_iteration,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.settings.project_folder import command_on
from ejmap_project.training.split_choice import split_version, training_tiles_version
from ejmap_project.vetting.vetting_choice import classifier_version


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeBook:
    """The current recipes of one project on one instance.

    Use a book for one run: it caches unpartitioned inputs on first access.

    Attributes:
        project: The project.
        instance: The project's instance.
        craters: The craters of the catalogue by partition key. A crater's artefacts depend only on
            its own row, so other craters stay current when the catalogue grows.
    """

    project: OpenProject
    instance: dg.DagsterInstance
    craters: Mapping[str, Crater]
    _unpartitioned: dict[str, Ingredient] = field(default_factory=dict[str, Ingredient], repr=False)
    _of_craters: dict[tuple[str, str], tuple[object, tuple[str, ...]]] = field(
        default_factory=dict[tuple[str, str], tuple[object, tuple[str, ...]]], repr=False
    )
    _seen: dict[str, Mapping[str | None, Record]] | None = field(default=None, repr=False)
    _cache: RecordCache = field(default_factory=RecordCache, repr=False)
    _registered: list[str] = field(default_factory=list[str], repr=False)
    _compared: dict[tuple[str, str | None], Finding] = field(
        default_factory=dict[tuple[str, str | None], Finding], repr=False
    )

    def snapshot(self, cache: RecordCache | None = None) -> "RecipeBook":
        """Return a book that reads the records of each asset once, to inspect many craters.

        It does not see later materialisations, so do not materialise with it.

        Args:
            cache: Materialisations that an earlier snapshot read.
        """
        cache = cache or RecordCache()
        book = replace(self, _seen={}, _cache=cache, _compared={}, _registered=[])
        # Who looks at all artefacts asks their bundles where members come from.
        book.fetch(name for name, row in LINEAGE.items() if row.partitioning in MEMBERS)
        return book

    def last(self, asset: str, partition: str | None = None) -> Record | None:
        """Return the last materialisation of an artefact; None if it was never made."""
        if self._seen is None:
            return last_record(self.instance, asset, partition)
        return self.records(asset).get(partition)

    def records(self, asset: str) -> Mapping[str | None, Record]:
        """Return the last materialisations of all partitions of an asset."""
        if self._seen is None:
            return self._all_records(asset)
        if asset not in self._seen and LINEAGE[asset].partitioning is Partitioning.NONE:
            # One query for all of them, instead of two for each.
            names = partitioned_by(Partitioning.NONE)
            made = last_records(self.instance, names)
            self._seen.update({name: {None: made[name]} if name in made else {} for name in names})
        elif asset not in self._seen:
            self._seen[asset] = self._all_records(asset)
        return self._seen[asset]

    def _all_records(self, asset: str) -> Mapping[str | None, Record]:
        if LINEAGE[asset].partitioning is Partitioning.NONE:
            found = last_record(self.instance, asset)
            return {} if found is None else {None: found}
        return self._cache.last(self.instance, asset)

    def recipe(self, asset: str, partition: str | None = None) -> Recipe:
        """Return the current recipe of an artefact.

        Raises:
            StepError: If an input was never made. An asset that depends on all craters ignores
                missing ones.
        """
        settings, inputs = self._settings_and_inputs(asset, partition or "")
        return Recipe(
            code_version=LINEAGE[asset].code_version,
            settings=settings,
            ingredients=tuple(
                found for name in inputs for found in self._ingredients(name, asset, partition)
            ),
        )

    def inputs(self, asset: str, partition: str | None = None) -> tuple[str, ...]:
        """Return the names of the inputs of an artefact; see :func:`selection.inputs_of`."""
        return self._settings_and_inputs(asset, partition or "")[1]

    def _settings_and_inputs(self, asset: str, partition: str) -> tuple[object, tuple[str, ...]]:
        """Return the settings and the names of the inputs of an artefact.

        They are the same for all craters and take a millisecond each, so a book asks once; of masks
        for each crater, because a person may have corrected its mask.
        """
        node = LINEAGE[asset]
        if node.partitioning is not Partitioning.CRATERS:
            project = self.project
            return node.settings(project, partition), inputs_of(project, asset, partition)
        key = asset, partition if node.is_mask else ""
        if key not in self._of_craters:
            project = self.mapping_project()
            found = node.settings(project, partition), inputs_of(project, asset, partition)
            self._of_craters[key] = found
        return self._of_craters[key]

    def mapping_project(self) -> OpenProject:
        """Return the project with the ensembles that the recipes of this book name.

        A promotion writes its file before its event, and may happen while craters are mapped. A
        crater must be mapped with the ensembles in its recipe, not with newer ones.
        """
        promoted: dict[ModelKind, str] = {}
        for kind in MODEL_KINDS:
            name = f"promoted_{kind}"
            made = None if name in self._unpartitioned else self.last(name)
            if made is not None:
                self._unpartitioned[name] = made.as_ingredient(name)
            if name in self._unpartitioned:
                promoted[kind] = self._unpartitioned[name].data_version
        return replace(self.project, promoted=promoted)

    def files(self, asset: str, partition: str | None = None) -> ArtefactFiles:
        """Return the files of an artefact, with their manifest."""
        return LINEAGE[asset].files(asset, self.project.paths, partition)

    def recorded(self, assets: Iterable[str]) -> Iterator[tuple[str, str | None, Record]]:
        """Yield what the history describes of assets, but of craters that left the catalogue."""
        # With a damaged catalogue nobody knows the craters, whose files are there all the same.
        craters = self.craters or set(self._registered_craters())
        for name in assets:
            for key, made in self.records(name).items():
                if LINEAGE[name].partitioning is not Partitioning.CRATERS or key in craters:
                    yield name, key, made

    def fetch(self, assets: Iterable[str]) -> None:
        """Fetch artefacts that the bucket has and the folder has not, if there is a bucket."""
        made = self.recorded(assets)
        fetch_missing(Recorded(self.files(name, key), one.files) for name, key, one in made)

    def compared(self, asset: str, partition: str | None, made: Record | None) -> Finding:
        """Return whether the files of an artefact are those of a record; it does not prove that."""
        recorded = "" if made is None else made.files
        if self._seen is None:
            return self.files(asset, partition).compare(recorded)
        key = asset, partition
        if key not in self._compared:
            self._compared[key] = self.files(asset, partition).compare(recorded)
        return self._compared[key]

    def is_there(self, asset: str, partition: str | None = None) -> bool:
        """Return whether the files of an artefact are there, as they were recorded."""
        return self.compared(asset, partition, self.last(asset, partition)).is_there

    def is_current(self, asset: str, partition: str | None = None) -> bool:
        """Return whether an artefact exists and its recorded recipe is the current one."""
        made = self.last(asset, partition)
        if made is None or not self.compared(asset, partition, made).is_there:
            return False
        try:
            return made.recipe == self.recipe(asset, partition).digest
        except StepError:
            return False

    def _ingredients(self, name: str, asset: str, partition: str | None) -> Iterator[Ingredient]:
        made_of, makes = LINEAGE[name].partitioning, LINEAGE[asset].partitioning
        match made_of:
            case Partitioning.NONE:
                yield self._unpartitioned_part(name, asset, partition)
            case Partitioning.CRATERS if makes is Partitioning.CRATERS:
                yield self._required(name, partition, asset)
            case Partitioning.CRATERS:
                yield from self._those_made(name, self._registered_craters())
            case Partitioning.EJCONN_VERSIONS | Partitioning.EJSEG_VERSIONS:
                version, _ = version_and_iteration(partition or "")
                yield self._required(name, version, asset)
            case Partitioning.CLASSIFIER_VERSIONS:
                yield self._required(name, classifier_version(self.project), asset)
            case Partitioning.EJCONN_MEMBERS | Partitioning.EJSEG_MEMBERS:
                if LINEAGE[asset].takes_all_members:
                    keys = sorted(self.instance.get_materialized_partitions(dg.AssetKey(name)))
                    yield from self._those_made(name, keys)
                    return
                yield from self._named_members(name, asset)

    def _unpartitioned_part(self, name: str, asset: str, partition: str | None) -> Ingredient:
        """Return an unpartitioned input, or the part of it that a partition depends on."""
        # A query takes milliseconds and the answer is the same for all partitions: query once.
        if name not in self._unpartitioned:
            self._unpartitioned[name] = self._required(name, None, asset)
        found = self._unpartitioned[name]
        part, partitioning = LINEAGE[name].used_part, LINEAGE[asset].partitioning
        if part is UsedPart.OWN_CRATER and partitioning is Partitioning.CRATERS:
            return self._own_row(found, partition)
        if part is UsedPart.OWN_SPLIT and partitioning in MEMBERS:
            return self._own_split(found, partition)
        if part is UsedPart.TRAINING_TILES and partitioning in VERSIONS:
            return replace(found, used_version=training_tiles_version(self.project))
        return found

    def _registered_craters(self) -> list[str]:
        """Return the keys of the registered craters; a snapshot asks once."""
        if self._seen is None or not self._registered:
            self._registered[:] = sorted(self.instance.get_dynamic_partitions(CRATERS_NAME))
        return self._registered

    def _those_made(self, name: str, keys: Iterable[str]) -> Iterator[Ingredient]:
        for key in keys:
            made = self.last(name, key)
            # A removed or damaged file cannot be an input.
            if made is not None and self.compared(name, key, made).is_there:
                yield made.as_ingredient(name, key)

    def _named_members(self, name: str, asset: str) -> Iterator[Ingredient]:
        """Yield the members of the configured version, and those of a candidate that has all."""
        kind = LINEAGE[name].partitioning.model_kind
        for key in member_keys(self.project, kind, configured_version(self.project, kind)):
            yield self._required(name, key, asset)
        candidate = candidate_version(self.project) if kind == "ejseg" else None
        if candidate is not None:
            keys = member_keys(self.project, kind, candidate)
            made = list(self._those_made(name, keys))
            yield from made if len(made) == len(keys) else ()

    def _own_row(self, catalogue: Ingredient, key: str | None) -> Ingredient:
        crater = self.craters.get(key or "")
        if crater is None:
            raise StepError(
                f"crater {key} is not in the catalogue; materialise crater_catalogue to bring the "
                "partitions up to date"
            )
        return replace(catalogue, used_version=content_version(repr(crater)))

    def _own_split(self, table: Ingredient, member: str | None) -> Ingredient:
        """Return the split that a member trains on: no other split, no planet that is only mapped.

        So neither another split nor another mosaic makes members stale that learn from synthetic
        planets.
        """
        key, _ = version_and_iteration(member or "")
        split = ModelVersion.parse(key).split
        return replace(table, used_version=split_version(self.project, split))

    def _required(self, name: str, partition: str | None, asset: str) -> Ingredient:
        found = self.last(name, partition)
        if found is None:
            which = name if partition is None else f"{name} of {partition}"
            raise StepError(
                f"{asset} needs {which}, which was never made; materialise it first, or all with "
                f"{command_on(self.project.paths.folder, 'run')}"
            )
        return found.as_ingredient(name, partition)


def book_of(project: OpenProject, instance: dg.DagsterInstance) -> RecipeBook:
    """Return the current recipes of a project on its instance.

    A damaged catalogue counts as not there: the project has no craters until it is made again. What
    plans are made from is fetched from the bucket, if there is one and the folder has it not.
    """
    book = RecipeBook(project=project, instance=instance, craters={})
    book.fetch(name for name, row in LINEAGE.items() if row.is_for_plans)
    return replace(book, craters=project.craters()) if book.is_there("crater_catalogue") else book


def member_keys(project: OpenProject, kind: ModelKind, version: ModelVersion) -> list[str]:
    """Return the partition keys of the members of a version."""
    return [
        str(member_key(version=version.key, iteration=iteration))
        for iteration in range(member_count(project, kind, version))
    ]
