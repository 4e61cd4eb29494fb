"""The gate for a tuned ensemble: is it better than its start, on craters held back from tuning?

Every member is tuned on all labelled craters but one fold, and each fold is held back from another
member. So every crater is scored by a member that did not learn from it, beside the member that
this one started from, and nothing is trained for the comparison alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ejmap_project.models.promotion_record import TuningNote

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle

# With fewer labelled craters the ready-made members are kept and nothing is trained: four did not
# gain reliably, eight did (docs/methods.md), and that all of six gain by luck is one case in 64.
LEAST_CRATERS = 6
LEAST_FOLDS = 3
RESAMPLES = 4000
INTERVAL = (0.025, 0.975)


def fold_count(members: int) -> int:
    """Return the number of folds that craters are held back in, for an ensemble of this size."""
    return max(members, LEAST_FOLDS)


def tuning_note(bundles: Sequence["ModelBundle"]) -> TuningNote | None:
    """Return how a tuned polar ensemble does on held-out craters; None for any other.

    The interval is a bootstrap over craters of the mean difference of paired F1, 95 %. An ensemble
    that was tuned elsewhere brings scores of other craters, which say nothing here.
    """
    if not all(_was_tuned_here(one) for one in bundles):
        return None
    start = bundles[0].config.training.starts_from or "its start"
    scores: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for bundle in bundles:
        for one in bundle.provenance.held_out:
            scores[one.planet, one.crater_id].append((one.f1, one.start_f1))
    if not scores:
        labelled = max(bundle.provenance.samples or 0 for bundle in bundles)
        return TuningNote(start=start, craters=labelled)
    pairs = np.array([np.mean(scores[place], axis=0) for place in sorted(scores)])
    low, high = paired_interval(pairs[:, 0] - pairs[:, 1])
    f1, start_f1 = pairs.mean(axis=0).tolist()
    return TuningNote(start=start, craters=len(pairs), f1=f1, start_f1=start_f1, low=low, high=high)


def _was_tuned_here(bundle: "ModelBundle") -> bool:
    told = bundle.provenance
    return bundle.config.is_polar and told.source is None and told.started_from is not None


def paired_interval(gain: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean over craters; the same for the same values."""
    drawn = np.random.default_rng(0).integers(len(gain), size=(RESAMPLES, len(gain)))
    low, high = np.quantile(gain[drawn].mean(axis=1), INTERVAL)
    return float(low), float(high)


def tuning_refusal(note: TuningNote | None, *, tolerance: float) -> str | None:
    """Return why a tuned ensemble is no better than its start; None if it is, or is not tuned.

    Better is a mean gain in F1 above ``tolerance`` whose interval lies above 0, on as many craters
    as tuning needs: an ensemble of fewer members than folds holds back only some of them.
    """
    if note is None:
        return None
    if note.f1 is None or note.start_f1 is None or note.low is None:
        return (
            f"{note.craters} crater(s) have masks, and {LEAST_CRATERS} are needed to improve "
            f"{note.start} with them"
        )
    if note.craters < LEAST_CRATERS:
        return (
            f"{tuning_words(note)}, which are too few to tell a gain from chance; give masks of "
            f"more craters, or tune an ensemble of {LEAST_FOLDS} members"
        )
    if note.low > 0 and note.f1 - note.start_f1 > tolerance:
        return None
    return f"{tuning_words(note)}, which is no gain beyond chance"


def tuned_words(note: TuningNote, bundles: Sequence["ModelBundle"]) -> str:
    """Return the scores of a tuned ensemble in words, and whether it promises nothing."""
    if bundles[0].conformal is not None:
        return tuning_words(note)
    lost = "it promises neither recall nor areas, which held for the weights that it started from"
    return f"{tuning_words(note)}; {lost}"


def tuning_words(note: TuningNote) -> str:
    """Return scores on held-out craters in words."""
    if note.f1 is None or note.start_f1 is None or note.low is None or note.high is None:
        return f"not tuned: {note.craters} crater(s) have masks"
    return (
        f"on {note.craters} craters with masks, each held back from the member that maps it, F1 "
        f"{note.f1:.3f} against {note.start_f1:.3f} of {note.start} "
        f"({note.f1 - note.start_f1:+.3f}, 95 % interval {note.low:+.3f} to {note.high:+.3f})"
    )
