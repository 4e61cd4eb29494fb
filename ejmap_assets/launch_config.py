"""What somebody may ask of a promotion when it is launched."""

from typing import Any

import dagster as dg

from ejmap_project.models.promote import BY_HAND, GATE, ROLL_BACK


def promotion_fields(default: str = GATE) -> dict[str, dg.Field]:
    """Return the fields that the launchpad shows."""
    return {
        "mode": dg.Field(
            dg.Enum("PromotionMode", [dg.EnumValue(one) for one in (GATE, BY_HAND, ROLL_BACK)]),
            default_value=default,
            description="gate: promote the configured version if its test F1 holds against the "
            "current ensemble's. by_hand: promote it whatever the gate says. roll_back: let a "
            "former ensemble map the craters again.",
        ),
        "to": dg.Field(
            str,
            default_value="",
            description="Digest of the ensemble to roll back to, or its beginning; empty takes the "
            "one before the current one.",
        ),
        "reason": dg.Field(str, default_value="", description="Why, for the record."),
    }


def promotion_run_config(kind: str, mode: str, *, to: str = "", reason: str = "") -> dict[str, Any]:
    """Return the configuration of a run that decides about one of the models."""
    return {"ops": {f"promoted_{kind}": {"config": {"mode": mode, "to": to, "reason": reason}}}}
