"""Tuning a polar member on the craters that a project has masks of; loads torch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ejmap_ml.bundles.bundle import HeldOutScore, ModelBundle, Provenance
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.ejseg.polar_data import GROUP
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.training.member_scores import sample_f1
from ejmap_project.training.member_samples import HeldOutCraters


def labelled_craters(stores: Sequence[Path]) -> int:
    """Return the number of craters whose polar views lie in tile stores."""
    return sum(TileStore.open(path)[GROUP].tile_count for path in stores)


def untuned(
    start: ModelBundle, config: ModelConfig, *, craters: int, inputs: Mapping[str, str]
) -> ModelBundle:
    """Return a member with the weights that it started from, for there is too little to learn from.

    Args:
        start: The member that it started from.
        config: What it would have become.
        craters: Number of labelled craters.
        inputs: Data versions of what it would have learned from.
    """
    provenance = Provenance(
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        inputs=dict(inputs),
        samples=craters,
        steps=0,
        packages=start.provenance.packages,
        started_from=start.data_version,
    )
    return replace(start, config=config, provenance=provenance)


def tuned_member(
    bundle: ModelBundle, start: ModelBundle, held_out: HeldOutCraters | None
) -> ModelBundle:
    """Return a tuned member with the calibration of its start, and with scores beside those of it.

    Scores are of the craters that were held back; cells count as in training, by the square root
    of their area.
    """
    provenance = bundle.provenance.model_copy(update={"started_from": start.data_version})
    tuned = replace(bundle, provenance=provenance, calibration=start.calibration)
    if held_out is None:
        return tuned
    samples, places = held_out
    scores = tuple(
        HeldOutScore(planet=planet, crater_id=crater_id, f1=f1, start_f1=start_f1)
        for (planet, crater_id), f1, start_f1 in zip(
            places, sample_f1(tuned, samples), sample_f1(start, samples), strict=True
        )
    )
    provenance = provenance.model_copy(update={"held_out": scores})
    return replace(tuned, provenance=provenance)
