"""What is to be made costs so much time and disk, by measured rates."""

from collections.abc import Iterable
from pathlib import Path

from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.partitions import MEMBERS, Partitioning
from ejmap_geo.cores import usable_cores
from ejmap_project.estimates import (
    DEFAULTS,
    MEASURED_PX,
    MEASURED_STEPS,
    OF_GIVEN_MEMBER,
    OF_OTHERS,
    OF_PLANETS,
    Cost,
)
from ejmap_project.models.model_version import (
    is_given,
    model_of,
    version_and_iteration,
    wanted_versions,
)
from ejmap_project.settings.training import SyntheticTraining

# Of the latest materialisations of an asset in this project.
LATEST_TIMED = 50
LATEST_WEIGHED = 10
# Checks, records and the start of a run come on top of the seconds that artefacts record: 24 % of
# them in the crater step of a project of 18 craters, 37 % in the whole of its run.
UNTIMED = 1.3


def time_of_run(asset: str, seconds: float) -> float:
    """Return how much longer an artefact makes a run on this machine, from the seconds it takes."""
    # Craters are mapped side by side; the seconds of each are those beside the others.
    at_once = usable_cores() if LINEAGE[asset].partitioning is Partitioning.CRATERS else 1
    return seconds * UNTIMED / at_once


class Rates:
    """What one artefact of each asset takes in a project.

    Args:
        book: A snapshot of the current recipes.
    """

    def __init__(self, book: RecipeBook) -> None:
        self._book = book
        self._known: dict[str, Cost | None] = {}

    def cost(self, artefacts: Iterable[tuple[str, str | None]]) -> Cost:
        """Return what making artefacts takes, given as asset and partition.

        What lies on disk already is replaced, and takes no more of it, unless its former results
        are kept for a roll-back.
        """
        total = Cost()
        for asset, partition in artefacts:
            one = OF_GIVEN_MEMBER
            if not self._is_given(asset, partition):
                one = self._rate(asset) or self._default(asset, partition)
            keeps = LINEAGE[asset].is_kept and self._book.project.settings.mapping.kept_results
            if not keeps and self._book.is_there(asset, partition):
                one = one._replace(size_bytes=0.0)
            total += one._replace(seconds=time_of_run(asset, one.seconds))
        return total

    def _rate(self, asset: str) -> Cost | None:
        if asset not in self._known:
            self._known[asset] = self._measured(asset)
        return self._known[asset]

    def _default(self, asset: str, partition: str | None) -> Cost:
        """Return what an artefact takes in general, by how much there is to learn."""
        default = DEFAULTS.get(asset, OF_OTHERS)
        project, share = self._book.project, 1.0
        training, partitioning = project.settings.training, LINEAGE[asset].partitioning
        if asset in OF_PLANETS and isinstance(training, SyntheticTraining):
            pixels = len(training.seeds) * training.width_px**2 / 2
            share = pixels / MEASURED_PX
        elif partitioning in MEMBERS and partition is not None:
            key, _ = version_and_iteration(partition)
            kind = partitioning.model_kind
            for version in wanted_versions(project, kind):
                steps = model_of(project, kind, version).training.max_steps
                if version.key == key and steps is not None:
                    share = steps / MEASURED_STEPS
        return default._replace(seconds=default.seconds * share)

    def _measured(self, asset: str) -> Cost | None:
        latest = sorted(
            (
                (made.storage_id, partition, made.seconds)
                for partition, made in self._book.records(asset).items()
                if made.seconds is not None and not self._is_given(asset, partition)
            ),
            reverse=True,
        )
        if not latest:
            return None
        timed = [seconds for _, _, seconds in latest[:LATEST_TIMED] if seconds is not None]
        paths, output = self._book.project.paths, LINEAGE[asset].output
        weighed = [
            _size_bytes((output(paths, partition or ""), *LINEAGE[asset].beside(paths)))
            for _, partition, _ in latest[:LATEST_WEIGHED]
        ]
        return Cost(sum(timed) / len(timed), sum(weighed) / len(weighed))

    def _is_given(self, asset: str, partition: str | None) -> bool:
        partitioning = LINEAGE[asset].partitioning
        if partitioning not in MEMBERS or partition is None:
            return False
        version, iteration = version_and_iteration(partition)
        project, kind = self._book.project, partitioning.model_kind
        return is_given(project, kind, version, iteration)


def _size_bytes(places: Iterable[Path]) -> int:
    """Return the size of files and of folders with all that is in them."""
    files = (
        file
        for place in places
        for file in (place.rglob("*") if place.is_dir() else (place,))
        if file.is_file()
    )
    return sum(file.stat().st_size for file in files)
