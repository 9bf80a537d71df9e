"""`/health` tells the truth about each service; the probes tell a load balancer what to do."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from didshop import health, tasks
from didshop.models import Heartbeat

pytestmark = [pytest.mark.django_db, pytest.mark.urls("didshop.tests.urls")]


@pytest.fixture(autouse=True)
def _no_outside_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_outside", {})


@pytest.fixture
def database_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def cursor(self) -> None:
            raise OperationalError("connection to 10.0.0.5 refused")

    monkeypatch.setattr(health, "connection", Broken())


def ask(client: Client, url: str = "/health") -> Any:
    answer = client.get(url)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("url", ["/health", "/api/v1/health"])
def test_all_is_well(client: Client, url: str, settings: Any) -> None:
    tasks.beat()
    health.register("twilio", lambda: True)
    status, body = ask(client, url)
    assert status == 200
    assert body["status"] == "healthy"
    assert body["services"] == {
        "database": "up",
        "redis": "up" if settings.REDIS_URL else "unused",
        "twilio": "up",
        "worker": "up",
    }
    told = datetime.fromisoformat(body["timestamp"])
    assert abs(timezone.now() - told) < timedelta(seconds=5)


@pytest.mark.parametrize("last_beat", [None, 61])
def test_a_worker_that_is_silent_is_down(client: Client, last_beat: int | None) -> None:
    if last_beat:
        tasks.beat()
        Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=last_beat))
    status, body = ask(client)
    assert (status, body["status"], body["services"]["worker"]) == (200, "degraded", "down")


def test_the_heart_beats_in_one_row() -> None:
    tasks.beat()
    tasks.beat()
    tasks.beat_at_start()
    assert Heartbeat.objects.count() == 1


def test_redis_that_is_away_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_redis", lambda: health.DOWN)
    status, body = ask(client)
    assert (status, body["status"], body["services"]["redis"]) == (200, "degraded", "down")


def test_without_its_database_the_shop_is_unhealthy(client: Client, database_is_down: None) -> None:
    status, body = ask(client)
    assert (status, body["status"]) == (503, "unhealthy")
    assert body["services"]["database"] == body["services"]["worker"] == "down"
    assert "10.0.0.5" not in str(body)
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_the_probes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_is_migrated", lambda: True)
    assert client.get("/readyz").status_code == 200
    assert client.get("/livez").content == b"ok"


def test_a_shop_that_is_not_migrated_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_is_migrated", lambda: False)
    assert client.get("/readyz").status_code == 503


def test_an_outside_service_is_asked_once_a_minute(client: Client) -> None:
    asked = []
    health.register("twilio", lambda: not asked.append(1))  # type: ignore[func-returns-value]
    assert [ask(client)[1]["services"]["twilio"] for _ in range(5)] == ["up"] * 5
    assert len(asked) == 1


def test_one_that_fails_is_down(client: Client) -> None:
    health.register("twilio", lambda: bool(1 / 0))
    assert ask(client)[1]["services"]["twilio"] == "down"


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_one_that_hangs_is_down_and_makes_nobody_wait(
    client: Client, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_LONGEST_LOOK_SECONDS", 0.1)
    health.register("twilio", lambda: hanging.wait(20))
    assert ask(client)[1]["services"]["twilio"] == "down"


def test_health_is_not_limited(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 0.001
    assert [ask(client)[0] for _ in range(5)] == [200] * 5
