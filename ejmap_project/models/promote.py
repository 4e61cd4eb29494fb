"""Promoting a model or rolling it back, as an artefact: the decision and those before it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from ejmap_project.artefact import Artefact
from ejmap_project.figures import distance_reliability_plot
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.models.promotion import decide, roll_back
from ejmap_project.models.promotion_record import Promotion, promotions
from ejmap_project.models.stored_ensemble import member_folder
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

# What somebody may ask for: let the gate decide, insist, or take a former ensemble.
GATE, BY_HAND, ROLL_BACK = "gate", "by_hand", "roll_back"
SHOWN_PROMOTIONS = 10


def promote(
    project: OpenProject,
    kind: ModelKind,
    *,
    mode: str,
    to: str,
    reason: str,
    version: ModelVersion | None = None,
    red_checks: Sequence[str],
    tell: Callable[[str], None],
) -> Artefact:
    """Decide which ensemble maps the craters from now on, and write the decision down.

    Args:
        project: The project.
        kind: Which of the two models.
        mode: ``GATE``, ``BY_HAND`` or ``ROLL_BACK``.
        to: Digest of the ensemble to roll back to, or its beginning; empty takes the one before the
            current one.
        reason: Why, in a person's words; may be empty.
        version: The version to decide on; None stands for the configured one. A roll-back ignores
            it.
        red_checks: Names of the checks upstream that failed; a roll-back ignores them.
        tell: Told the decision.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
        StepError: If there is nothing to roll back to, or the first ensemble fails the gate.
    """
    if mode == ROLL_BACK:
        decided = roll_back(project, kind, to=to, reason=reason)
    else:
        decided = decide(
            project,
            kind,
            by_hand=mode == BY_HAND,
            reason=reason,
            version=version,
            red_checks=red_checks,
        )
    tell(f"{decided.decision}: {decided.reason}")
    current, score = decided.current, decided.current.score
    return Artefact(
        content=current.digest,
        metadata={
            "decision": decided.decision.value,
            "reason": decided.reason,
            "version": current.version,
            "ensemble": current.digest,
            "members": len(current.members),
            **({} if score is None else {"test_f1": score}),
            **_reference_facts(decided),
            **_tuning_facts(decided),
            **_reliability_facts(project.paths.stored_ensemble(kind, current.digest)),
            "candidate": decided.candidate.digest,
            "record": _record(project, kind),
            "path": str(project.paths.stored_ensemble(kind, current.digest)),
        },
    )


def _reference_facts(decided: Promotion) -> dict[str, object]:
    """Return the scores on real craters: those of what maps, and both ensembles as a table."""
    rows = [
        {"ensemble": which, "version": note.version, **scores.model_dump(exclude={"set_version"})}
        for which, note in (("maps the craters", decided.current), ("candidate", decided.candidate))
        if (scores := note.reference) is not None
    ]
    if not rows:
        return {}
    scores = decided.current.reference
    known = {} if scores is None else scores.model_dump(include={"ray", "blanket", "false_area"})
    return {
        **{f"reference_{name}": value for name, value in known.items() if value is not None},
        "reference_set": pd.DataFrame(rows),
    }


def _tuning_facts(decided: Promotion) -> dict[str, object]:
    """Return the scores of a tuned candidate on craters that were held back."""
    note = decided.candidate.tuning
    if note is None:
        return {}
    if note.f1 is None or note.start_f1 is None:
        return {"craters_with_masks": note.craters}
    return {
        "craters_with_masks": note.craters,
        "held_out_f1": note.f1,
        "held_out_f1_of_start": note.start_f1,
        "held_out_gain": note.f1 - note.start_f1,
    }


def _reliability_facts(ensemble: Path) -> dict[str, object]:
    """Return how well the probabilities of a stored ensemble come true, where it says so."""
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_ml.errors import BundleError

    try:
        bands = ModelBundle.load(member_folder(ensemble, 0)).provenance.reliability
    except BundleError:
        # Whoever maps with it is told; a decision about another ensemble need not fail.
        return {}
    return {"reliability_by_distance": distance_reliability_plot(bands)} if bands else {}


def _record(project: OpenProject, kind: ModelKind) -> pd.DataFrame:
    """Return the last decisions as a table, the newest first."""
    return pd.DataFrame(
        [
            {
                "decided": one.decided_utc,
                "decision": one.decision.value,
                "maps the craters": f"{one.current.version} ({one.current.digest})",
                "candidate": f"{one.candidate.version} ({one.candidate.digest})",
                "reason": one.reason,
            }
            for one in reversed(promotions(project.paths, kind)[-SHOWN_PROMOTIONS:])
        ]
    )
