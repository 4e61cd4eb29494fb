"""Which entries take part: rules, ready-made ensembles, and what a person names."""

from collections.abc import Sequence
from pathlib import Path

from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.ready.ensembles import names, ready_ensemble
from ejmap_project.bench.entry import Entry
from ejmap_project.bench.mask_entry import mask_entry
from ejmap_project.bench.planets import BenchSet
from ejmap_project.bench.rule_entries import rule_entries
from ejmap_project.errors import SettingsError
from ejmap_project.models.asked_ensemble import asked_bundles, holds_bundles, is_project


def bench_entries(texts: Sequence[str], bench: BenchSet, work: Path) -> list[Entry]:
    """Return rules, ready-made ensembles, and what a person names.

    Args:
        texts: ``PLACE`` or ``NAME=PLACE``.
        bench: The bench.
        work: Its folder.

    Raises:
        SettingsError: If a name comes twice, or a text names nothing.
        SourceError: If a folder holds nothing that can take part.
        StepError: If a model cannot take part.
        BundleError: If a bundle is incomplete or was altered.
    """
    entries = [*standard_entries(bench, work), *(named_entry(text, bench) for text in texts)]
    found = [one.name for one in entries]
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise SettingsError(
            f"two entries are called {twice} (rules and ready-made models take part anyway); name "
            "yours otherwise, as NAME=FOLDER"
        )
    return entries


def standard_entries(bench: BenchSet, work: Path) -> list[Entry]:
    """Return the rules and the ready-made ensembles that look at polar views.

    Args:
        bench: The bench.
        work: Its folder.

    Raises:
        BundleError: If a ready-made ensemble is incomplete.
    """
    ready = [one for name in names() if (one := ready_ensemble(name)) is not None]
    polar = [one.name for one in ready if isinstance(one.config.architecture, PolarUnetConfig)]
    return [*rule_entries(bench, work), *(named_entry(name, bench) for name in polar)]


def named_entry(text: str, bench: BenchSet) -> Entry:
    """Return the entry of ``PLACE`` or ``NAME=PLACE``.

    A place is a project, whose promoted EJSEG is taken, a folder of model bundles, the name of a
    ready-made ensemble, or a folder of masks.
    """
    before, equals, after = text.partition("=")
    where = after if equals else before
    name = before if equals else Path(where).name
    if not (name and where):
        raise SettingsError(f"{text!r} names no entry; write FOLDER or NAME=FOLDER")
    place = Path(where)
    if is_project(place) or holds_bundles(place):
        from ejmap_project.bench.ensemble_entry import EnsembleEntry

        return EnsembleEntry(name, asked_bundles([place]))
    return mask_entry(name, place, bench)
