"""A sensor that sends an alert for each run that failed."""

import os

import dagster as dg

from ejmap_assets.resources import ProjectResource
from ejmap_project.alerts.alert_settings import VARIABLE, alert_settings
from ejmap_project.alerts.delivery import send_alert
from ejmap_project.errors import ProjectError

ALERT_SENSOR = "alert_on_failure"


def build_alert_sensor(*, seconds_between_ticks: int) -> dg.SensorDefinition:
    """Return the sensor; it runs by itself where the environment says where alerts go.

    Args:
        seconds_between_ticks: Minimum interval of ticks.
    """
    is_set = bool(os.environ.get(VARIABLE))

    @dg.run_failure_sensor(
        name=ALERT_SENSOR,
        minimum_interval_seconds=seconds_between_ticks,
        default_status=dg.DefaultSensorStatus.RUNNING if is_set else dg.DefaultSensorStatus.STOPPED,
        description=f"Sends an e-mail, or a message to a webhook, when a run fails. The file that "
        f"{VARIABLE} names says where to.",
    )
    def alert(context: dg.RunFailureSensorContext, project: ProjectResource) -> None:
        settings = alert_settings()
        if settings is None:
            context.log.warning("%s is not set, so no alert was sent", VARIABLE)
            return
        run = context.dagster_run
        name = project.open().paths.folder.resolve().name
        subject = f"EJMAP {name}: run {run.run_id[:8]} of {run.job_name} failed"
        try:
            send_alert(settings, subject=subject, text=_text(context))
        except ProjectError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error

    return alert


def _text(context: dg.RunFailureSensorContext) -> str:
    """Return what failed: the message of each step, else that of the run."""
    lines = [context.failure_event.message or "no reason is known"]
    for event in context.get_step_failure_events():
        failure = event.step_failure_data
        reason = failure.error_display_string if failure is not None else ""
        lines.append(f"{event.step_key}: {reason.strip()}")
    return "\n".join(lines)
