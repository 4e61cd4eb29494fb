"""Run configuration of a promotion and of a release."""

from typing import Any

import dagster as dg

from ejmap_project.models.promote import BY_HAND, GATE, ROLL_BACK


def promotion_fields() -> dict[str, dg.Field]:
    """Return the configuration fields that the launchpad shows."""
    return {
        "mode": dg.Field(
            dg.Enum("PromotionMode", [dg.EnumValue(one) for one in (GATE, BY_HAND, ROLL_BACK)]),
            default_value=GATE,
            description="gate: promote a version if its test F1 is not below that of the current "
            "ensemble by more than models.gate_tolerance, and it finds no less on real craters. "
            "by_hand: promote it without the gate. roll_back: promote a former ensemble again.",
        ),
        "version": dg.Field(
            str,
            default_value="",
            description="Version to decide on. Empty selects the configured one, and lets the gate "
            "judge models.candidate too once it is trained.",
        ),
        "to": dg.Field(
            str,
            default_value="",
            description="Digest of the ensemble to roll back to, or the first characters of it; "
            "empty selects the ensemble before the current one.",
        ),
        "reason": dg.Field(str, default_value="", description="Reason, written to the record."),
    }


def promotion_run_config(
    kind: str, mode: str, *, version: str = "", to: str = "", reason: str = ""
) -> dict[str, Any]:
    """Return the run configuration of the promotion of a model."""
    config = {"mode": mode, "version": version, "to": to, "reason": reason}
    return {"ops": {f"promoted_{kind}": {"config": config}}}


def release_fields() -> dict[str, dg.Field]:
    """Return the configuration fields of a release that the launchpad shows."""
    return {
        "name": dg.Field(
            str,
            default_value="",
            description="Name: letters, digits, points, _ and -. Empty takes date and time.",
        ),
        "note": dg.Field(str, default_value="", description="Words for those who read it."),
        "allow_stale": dg.Field(
            bool, default_value=False, description="Freeze what is not up to date, too."
        ),
    }


def release_run_config(name: str, *, note: str, allow_stale: bool) -> dict[str, Any]:
    """Return the run configuration of a release."""
    config = {"name": name, "note": note, "allow_stale": allow_stale}
    return {"ops": {"release": {"config": config}}}
