"""The alert of a failed run: asked of a run that really failed."""

from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets import alerts
from ejmap_assets.alerts import build_alert_sensor
from ejmap_assets.resources import ProjectResource
from ejmap_project.alerts.alert_settings import VARIABLE, AlertSettings
from ejmap_project.alerts.delivery import AlertError

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
"""
WHERE = AlertSettings.model_validate({"webhook": {"url": "http://hook.example"}})


@dg.op
def mosaic_step() -> None:
    """Fail as a step with a missing file does."""
    raise dg.Failure(description="mosaic.tif is not there; name another", allow_retries=False)


@dg.job
def failing() -> None:
    """One step that fails."""
    mosaic_step()


@pytest.fixture
def failed(tmp_path: Path) -> dg.RunFailureSensorContext:
    """What the sensor is told of a failed run, with the project as resource."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    with dg.DagsterInstance.ephemeral() as instance:
        result = failing.execute_in_process(instance=instance, raise_on_error=False)
        (event,) = [one for one in result.all_events if one.is_failure and not one.is_step_event]
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_failure",
            dagster_event=event,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            partition_key=None,
            resources={"project": ProjectResource(folder=str(tmp_path))},
        )
        yield context.for_run_failure()


def test_an_alert_names_project_run_step_and_reason(
    failed: dg.RunFailureSensorContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough to know what to do without opening the pages."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(alerts, "alert_settings", lambda: WHERE)
    monkeypatch.setattr(
        alerts, "send_alert", lambda _to, *, subject, text: sent.append((subject, text))
    )

    build_alert_sensor(seconds_between_ticks=1)(failed)

    ((subject, text),) = sent
    assert subject.startswith(f"EJMAP {tmp_path.name}: run ")
    assert subject.endswith("of failing failed")
    assert "mosaic_step: " in text
    assert "mosaic.tif is not there; name another" in text


def test_an_alert_that_cannot_be_sent_is_an_error_of_the_sensor(
    failed: dg.RunFailureSensorContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster shows it in the log of the sensor and with its tick."""

    def refuse(*_args: object, **_more: object) -> None:
        raise AlertError("no alert was sent by webhook")

    monkeypatch.setattr(alerts, "alert_settings", lambda: WHERE)
    monkeypatch.setattr(alerts, "send_alert", refuse)

    with pytest.raises(dg.Failure, match="no alert was sent by webhook"):
        build_alert_sensor(seconds_between_ticks=1)(failed)


@pytest.mark.parametrize("is_set", [False, True])
def test_alerts_are_on_where_the_environment_says_where_they_go(
    monkeypatch: pytest.MonkeyPatch, *, is_set: bool
) -> None:
    """Nobody has to switch on what was set up already."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if is_set:
        monkeypatch.setenv(VARIABLE, "/somewhere/alerts.yaml")

    sensor = build_alert_sensor(seconds_between_ticks=1)

    assert (sensor.default_status is dg.DefaultSensorStatus.RUNNING) == is_set
