"""Schedules: a map every night, models every week."""

import dagster as dg

from ejmap_assets.jobs import REPAIR, RETRAIN

NIGHTLY = "0 2 * * *"
WEEKLY = "0 3 * * SUN"


def build_schedules() -> list[dg.ScheduleDefinition]:
    """Return the schedules; a person must start them in the UI."""
    return [
        dg.ScheduleDefinition(
            name="nightly_map",
            job_name=REPAIR,
            cron_schedule=NIGHTLY,
            description="Maps missing and stale craters at 02:00, then refreshes the map and its "
            "scores. It also maps craters that keep_up_to_date does not see: those of runs that "
            "died with their machine, and those whose cause of failure was fixed by hand.",
        ),
        dg.ScheduleDefinition(
            name="weekly_retraining",
            job_name=RETRAIN,
            cron_schedule=WEEKLY,
            description="Trains configured versions and the candidate where labels or settings "
            "changed, on Sundays at 03:00, and promotes them if they pass the gate. "
            "keep_up_to_date then maps the craters again.",
        ),
    ]
