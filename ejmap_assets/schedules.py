"""What happens by the clock: a map every night, models every week."""

import dagster as dg

from ejmap_assets.jobs import REPAIR, RETRAIN

NIGHTLY = "0 2 * * *"
WEEKLY = "0 3 * * SUN"


def build_schedules() -> list[dg.ScheduleDefinition]:
    """Return the schedules; somebody switches them on in the UI."""
    return [
        dg.ScheduleDefinition(
            name="nightly_map",
            job_name=REPAIR,
            cron_schedule=NIGHTLY,
            description="Maps what is missing or out of date, and refreshes the map and its "
            "scores, at two at night. It closes what no rule saw: runs that died with their "
            "machine, craters whose files were mended outside of the project.",
        ),
        dg.ScheduleDefinition(
            name="weekly_retraining",
            job_name=RETRAIN,
            cron_schedule=WEEKLY,
            description="Trains the configured versions on Sundays at three at night where labels "
            "or settings changed, and promotes them through the gate; keep_up_to_date then maps "
            "the craters anew.",
        ),
    ]
