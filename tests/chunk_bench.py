"""Chunks of craters with stand-ins for the steps: what is under test is how they are reported."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.assets.registry import crater_steps
from ejmap_assets.checks.crater_check import CraterCheck
from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.provenance import DATA_VERSION_TAG, FILES_TAG
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import partitioned_by
from ejmap_assets.making.crater_step import CraterStep, CraterTask
from ejmap_assets.partitions import Partitioning
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.in_process import RANGE_END, RANGE_START, SILENT_LOG
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.manifests.manifest import Manifest
from ejmap_project.open_project import OpenProject

# The ensemble of the bench promises nothing, so that craters have no mask at a promised recall.
STEPS = tuple(
    name for name in partitioned_by(Partitioning.CRATERS) if name != "promised_recall_mask"
)
UPSTREAM = ("basemap_mosaic", "crater_catalogue", "promoted_ejconn", "promoted_ejseg")
KEYS = ["0001", "0002", "0003", "0004"]


class RecordingSteps:
    """Steps that note what they were asked for, and fail where they are told to."""

    def __init__(self, checks: Sequence[CraterCheck] = ()) -> None:
        self.made: list[tuple[str, str]] = []
        self.broken: set[tuple[str, str]] = set()
        self.checks = checks
        self.words: dict[tuple[str, str], str] = {}

    def build(self) -> list[CraterStep]:
        """Return stand-ins for the steps of a crater."""
        return [
            CraterStep(
                spec=step.spec,
                make=self._make(step.name),
                checks=tuple(check for check in self.checks if check.asset == step.name),
            )
            for step in crater_steps()
        ]

    def _make(self, name: str):
        def make(task: CraterTask) -> Artefact:
            key = task.crater.key
            if (name, key) in self.broken:
                raise StepError(f"{name} cannot be made")
            self.made.append((name, key))
            path = LINEAGE[name].output(task.work.paths, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            # As the real steps do: a new file takes the place of the old one.
            path.unlink(missing_ok=True)
            path.write_text(self.words.get((name, key), "made"))
            return Artefact(content=f"{name} {key}", metadata={"radius_m": task.crater.radius_m})

        return make


class Bench:
    """A project of four craters on an instance of its own, with everything upstream reported."""

    def __init__(
        self,
        folder: Path,
        instance: dg.DagsterInstance,
        checks: Sequence[CraterCheck] = (),
        *,
        settings: str = "",
    ) -> None:
        self.instance = instance
        self.steps = RecordingSteps(checks)
        (folder / "project.yaml").write_text(
            "source: {kind: synthetic, seed: 1}\ntraining: {kind: synthetic, seeds: [2]}\n"
            + settings
        )
        self.project = OpenProject.at(folder)
        for name in UPSTREAM:
            self.report(name, data_version="1")
        self.put_craters([10_000.0] * len(KEYS))
        self._defs = build_defs(
            resource_overrides={"project": ProjectResource(folder=str(folder))},
            steps=self.steps.build(),
        )

    def put_craters(self, radii_m: list[float]) -> None:
        """Write a catalogue with these radii, as its asset does."""
        craters = [
            Crater(crater_id=number, name="", center=LonLat(number, 0), radius_m=radius_m)
            for number, radius_m in enumerate(radii_m, start=1)
        ]
        write_catalogue(catalogue_from(craters, MERCURY), self.project.paths.crater_catalogue)
        self.report("crater_catalogue", data_version="1")
        partitions.sync_craters(self.instance, [crater.key for crater in craters])

    def report(self, name: str, *, data_version: str) -> None:
        """Say that an upstream asset was made, with the files that it has here."""
        files = LINEAGE[name].files(name, self.project.paths, None)
        manifest = Manifest({})
        if all(path.exists() for path in files.places):
            manifest = files.take()
            files.write(manifest)
        tags = {DATA_VERSION_TAG: data_version, FILES_TAG: manifest.digest}
        self.instance.report_runless_asset_event(dg.AssetMaterialization(name, tags=tags))

    def map(self, first: str, last: str, assets: tuple[str, ...] = STEPS):
        """Map a range of craters in one run."""
        return self._defs.resolve_job_def("map_craters").execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name) for name in assets],
            partition_key=first if first == last else None,
            tags=None if first == last else {RANGE_START: first, RANGE_END: last},
            run_config=SILENT_LOG,
            raise_on_error=False,
        )

    def promote(self, *assets: str) -> dg.ExecuteInProcessResult:
        """Run the job that promotes models, for all of them or for some."""
        return self._defs.resolve_job_def("promote").execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name) for name in assets] or None,
            run_config=SILENT_LOG,
            raise_on_error=False,
        )

    def check(self, key: str, check: dg.AssetCheckKey):
        """Run one check of one crater, and make nothing."""
        chosen = self._defs.resolve_implicit_global_asset_job_def().get_subset(
            asset_selection=set(), asset_check_selection={check}
        )
        # As the UI launches it: a job without assets has no partitions of its own.
        return chosen.execute_in_process(
            instance=self.instance, tags={"dagster/partition": key}, run_config=SILENT_LOG
        )

    def events(self, name: str) -> list[str]:
        """Return the partition of each materialisation of an asset, in rising order."""
        records = self.instance.fetch_materializations(dg.AssetKey(name), limit=100).records
        # Craters are mapped side by side: which is done first is up to the machine.
        return sorted(record.partition_key or "" for record in records)

    @property
    def book(self) -> RecipeBook:
        """The recipes that hold now."""
        return book_of(self.project, self.instance)
