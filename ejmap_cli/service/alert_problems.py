"""Whether alerts can be sent, and whether the last one was."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ejmap_cli.service.problems import Problem
from ejmap_geo.plain_text import clean_message
from ejmap_project.alerts.alert_settings import VARIABLE, alert_settings
from ejmap_project.errors import SettingsError

if TYPE_CHECKING:
    import dagster as dg
    from dagster._core.scheduler.instigation import InstigatorTick

MEND = f"correct the file that {VARIABLE} names, or unset {VARIABLE}"


def alert_route() -> str:
    """Return in words where alerts go; no address, which may be a secret.

    Raises:
        SettingsError: As :func:`ejmap_project.alerts.alert_settings.alert_settings`.
    """
    settings = alert_settings()
    if settings is None:
        return f"none; {VARIABLE} names no file"
    ways = {"e-mail": settings.email, "webhook": settings.webhook}
    return " and ".join(name for name, way in ways.items() if way is not None)


def unusable_settings() -> Iterator[Problem]:
    """Yield why no alert can be sent: the file is missing, open to others or not valid."""
    try:
        alert_route()
    except SettingsError as error:
        yield Problem(what=f"no alert of a failed run can be sent: {error}", mend=MEND)


def refused_alert(instance: "dg.DagsterInstance") -> Iterator[Problem]:
    """Yield why the last alert was not sent, as the history tells it."""
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.scheduler.instigation import TickStatus

    from ejmap_assets.alerts import ALERT_SENSOR

    done = [TickStatus.SUCCESS, TickStatus.FAILURE]
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR):
        if state.name != ALERT_SENSOR:
            continue
        for tick in instance.get_ticks(
            state.instigator_origin_id, state.selector_id, limit=1, statuses=done
        ):
            if tick.status is TickStatus.FAILURE:
                yield Problem(what=f"the last alert failed: {_reason(tick)}", mend=MEND)


def _reason(tick: "InstigatorTick") -> str:
    """Return the message of the first cause, without the name of its class."""
    error = tick.error
    if error is None:
        return "no reason is known"
    while error.cause is not None:
        error = error.cause
    told = error.message.partition(": ")[2].strip() or error.message
    return " ".join(clean_message(told).split())
