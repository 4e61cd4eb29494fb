"""What ``ejmap doctor`` tells of alerts: where they go, and why none can be or was sent."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import RemoteInstigatorOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    TickData,
    TickStatus,
)
from dagster._utils.error import SerializableErrorInfo

from ejmap_assets.alerts import ALERT_SENSOR
from ejmap_assets.code_location import job_origin
from ejmap_cli.service.alert_problems import alert_route, refused_alert, unusable_settings

WEBHOOK = "webhook: {url: 'https://chat.example.org/hooks/secret'}\n"
SENT_S, REFUSED_S = 1000.0, 2000.0


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of alerts, as it should be."""
    path = tmp_path / "alerts.yaml"
    path.write_text(WEBHOOK)
    path.chmod(0o600)
    monkeypatch.setenv("EJMAP_ALERTS", str(path))
    return path


def test_where_alerts_go_is_told_without_the_address(file: Path) -> None:
    """The address of a webhook is its secret."""
    assert alert_route() == "webhook"
    assert list(unusable_settings()) == []
    assert file.is_file()


def test_alerts_may_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is nothing wrong."""
    monkeypatch.delenv("EJMAP_ALERTS", raising=False)

    assert alert_route() == "none; EJMAP_ALERTS names no file"
    assert list(unusable_settings()) == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(Path.unlink, "cannot be read", id="missing"),
        pytest.param(lambda path: path.chmod(0o644), "run: chmod 600", id="open-to-others"),
        pytest.param(lambda path: path.write_text("webhook: {}"), "webhook.url", id="without-url"),
        pytest.param(lambda path: path.write_text("webhook: ["), "not valid YAML", id="no-yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    file: Path, damage: Callable[[Path], object], told: str
) -> None:
    """With what mends it; before the first run fails, when it is too late."""
    damage(file)

    (found,) = unusable_settings()

    assert str(file) in found.what
    assert told in found.what
    assert "EJMAP_ALERTS" in found.mend


def test_an_alert_that_was_refused_is_told_until_one_is_sent(tmp_path: Path) -> None:
    """The history says so; what a library puts around the reason is left out."""
    cause = SerializableErrorInfo("Failure: no alert was sent by webhook (HTTP 403)", [], "Failure")
    around = SerializableErrorInfo("RunStatusSensorExecutionError: ...", [], "Error", cause=cause)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert list(refused_alert(instance)) == []
        _tick(instance, TickStatus.FAILURE, REFUSED_S, around)
        (found,) = refused_alert(instance)
        _tick(instance, TickStatus.SUCCESS, REFUSED_S + SENT_S)

        assert found.what == "the last alert failed: no alert was sent by webhook (HTTP 403)"
        assert list(refused_alert(instance)) == []


def _tick(
    instance: dg.DagsterInstance,
    status: TickStatus,
    time_s: float,
    error: SerializableErrorInfo | None = None,
) -> None:
    origin = RemoteInstigatorOrigin(job_origin("map").repository_origin, ALERT_SENSOR)
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.DECLARED_IN_CODE)
    if not instance.all_instigator_state():
        instance.add_instigator_state(state)
    instance.create_tick(
        TickData(
            instigator_origin_id=state.instigator_origin_id,
            instigator_name=ALERT_SENSOR,
            instigator_type=InstigatorType.SENSOR,
            selector_id=state.selector_id,
            status=status,
            timestamp=time_s,
            run_ids=[] if error is None else None,
            error=error,
        )
    )
