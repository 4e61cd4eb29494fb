"""The gate's look at real imagery: scores on the deciding part of the reference set."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ejmap_project.models.promotion_record import EnsembleNote, ReferenceNote
from ejmap_project.reference.reference_set import DrawnCrater, reference_set, set_version

if TYPE_CHECKING:
    from ejmap_geo.grids.body import Body
    from ejmap_ml.bundles.bundle import ModelBundle

DECIDING = "decide"
# What may be lost or gained before it counts: a few rays of one crater among a dozen.
RECALL_TOLERANCE = 0.02
FALSE_AREA_TOLERANCE = 0.01


def deciding_craters(body: "Body") -> list[DrawnCrater]:
    """Return the craters that decide for a planet: its own, or all where none of it was drawn."""
    return reference_set(part=DECIDING, bodies=[body.name]) or reference_set(part=DECIDING)


def reference_note(bundles: Sequence["ModelBundle"], body: "Body") -> ReferenceNote | None:
    """Score an ensemble on the craters that decide for a planet, half a second a crater and more.

    Returns:
        The means over craters; None for an ensemble that does not look at polar views, which
        cannot be scored.

    Raises:
        BundleError: If weights do not fit their configuration.
    """
    from ejmap_project.reference.ensemble_masks import score_ensemble

    if not all(bundle.config.is_polar for bundle in bundles):
        return None
    craters = deciding_craters(body)
    overall = score_ensemble(bundles, craters).overall()
    return ReferenceNote(
        set_version=set_version(craters),
        craters=len(craters),
        **{name: _known(overall[name]) for name in ("ray", "blanket", "false_area")},
    )


def is_current(note: ReferenceNote | None, body: "Body") -> bool:
    """Return whether scores are of the craters, drawings and mosaics that decide now."""
    return note is not None and note.set_version == set_version(deciding_craters(body))


def reference_refusal(candidate: EnsembleNote, current: EnsembleNote) -> str | None:
    """Return why a candidate is worse on real imagery than what maps now; None if it is not.

    Recall of rays or of blankets may fall by :data:`RECALL_TOLERANCE`, false area may grow by
    :data:`FALSE_AREA_TOLERANCE`. What one of the two has no score of is not compared.
    """
    found, wanted = candidate.reference, current.reference
    if found is None or wanted is None or found.set_version != wanted.set_version:
        return None
    losses = [
        f"{name} {now:.3f} instead of {before:.3f}"
        for name, now, before, is_worse in (
            ("ray recall", found.ray, wanted.ray, _fell),
            ("blanket recall", found.blanket, wanted.blanket, _fell),
            ("false area", found.false_area, wanted.false_area, _grew),
        )
        if now is not None and before is not None and is_worse(now, before)
    ]
    if not losses:
        return None
    return (
        f"on {found.craters} real craters of the reference set the candidate has "
        f"{', '.join(losses)} of {current.version}; train on planets that are more like real ones, "
        "or promote by hand"
    )


def reference_words(note: ReferenceNote) -> str:
    """Return scores in words: recalls of rays and blankets, and false area."""
    values = (("rays", note.ray), ("blankets", note.blanket), ("false area", note.false_area))
    return ", ".join(f"{name} {value:.3f}" for name, value in values if value is not None)


def _fell(now: float, before: float) -> bool:
    return now < before - RECALL_TOLERANCE


def _grew(now: float, before: float) -> bool:
    return now > before + FALSE_AREA_TOLERANCE


def _known(value: float) -> float | None:
    """Return a score as the record holds it: JSON has no NaN."""
    return value if math.isfinite(value) else None
