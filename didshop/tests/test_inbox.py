"""The inbox: an event is kept once, acted on once, tried five times at most, and never lost."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from didshop import inbox
from didshop.models import WebhookEvent
from didshop.tests.threads import all_at_once
from didshop.tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)


class Handler:
    """Remembers what it was given, and fails as often as it is told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failures = 0

    def __call__(self, event: WebhookEvent) -> None:
        self.seen.append(event.provider_id)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("no answer about +14155550100")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    handler = Handler()
    monkeypatch.setitem(inbox._handlers, "STRIPE", handler)
    return handler


@pytest.fixture
def event(handler: Handler) -> WebhookEvent:
    """An event that waits, and that nobody has been woken for."""
    return WebhookEvent.objects.create(
        provider="STRIPE", provider_id="evt_1", kind="payment_intent.succeeded", payload={"id": 1}
    )


def receive(provider_id: str = "evt_1", payload: Any = None) -> bool:
    return inbox.receive("STRIPE", provider_id, "charge.refunded", payload or {})


def test_an_event_is_kept_and_acted_on(
    handler: Handler, run_tasks: Callable[[], list[str]]
) -> None:
    assert receive()
    assert handler.seen == []
    assert run_tasks() == ["didshop.tasks.process_event"]
    assert handler.seen == ["evt_1"]
    event = WebhookEvent.objects.get()
    assert (event.status, event.attempts, event.error) == ("PROCESSED", 1, "")
    assert event.processed_at is not None


def test_a_second_delivery_is_known_and_wakes_nobody(
    handler: Handler, run_tasks: Callable[[], list[str]]
) -> None:
    assert receive()
    assert not receive()
    assert len(run_tasks()) == 1
    assert handler.seen == ["evt_1"]
    assert WebhookEvent.objects.count() == 1


def test_the_same_id_of_another_provider_is_another_event(handler: Handler) -> None:
    assert receive()
    assert inbox.receive("TWILIO", "evt_1", "completed", {})


def test_twenty_deliveries_at_once_are_one_event(handler: Handler) -> None:
    assert sorted(all_at_once(*[receive] * 20)) == [False] * 19 + [True]
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("round_", range(5))
def test_ten_workers_at_once_act_once(handler: Handler, event: WebhookEvent, round_: int) -> None:
    all_at_once(*[lambda: inbox.process(event.pk)] * 10)
    assert handler.seen == ["evt_1"]


def test_a_failure_is_written_down_masked_and_tried_again_soon(
    handler: Handler, run_tasks: Callable[[], list[str]]
) -> None:
    handler.failures = 1
    receive()
    assert run_tasks() == ["didshop.tasks.process_event"] * 2
    assert WebhookEvent.objects.get().status == "PROCESSED"
    assert handler.seen == ["evt_1"] * 2


def test_after_five_failures_it_is_given_up(handler: Handler, event: WebhookEvent) -> None:
    handler.failures = 99
    for _ in range(7):
        inbox.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.attempts, len(handler.seen)) == ("FAILED", 5, 5)
    assert event.error == "ConnectionError: no answer about 14…00"
    assert event.processed_at is None


def test_a_try_that_is_under_way_is_left_alone(handler: Handler, event: WebhookEvent) -> None:
    WebhookEvent.objects.update(attempts=1)
    inbox.process(event.pk)
    assert handler.seen == []


def test_a_try_whose_worker_died_is_made_again(handler: Handler, event: WebhookEvent) -> None:
    came_in = timezone.now() - timedelta(seconds=121)
    WebhookEvent.objects.update(attempts=1, created_at=came_in)
    inbox.process(event.pk)
    assert handler.seen == ["evt_1"]


def test_an_event_that_kills_its_worker_is_given_up_too(
    handler: Handler, event: WebhookEvent
) -> None:
    came_in = timezone.now() - timedelta(hours=1)
    WebhookEvent.objects.update(attempts=5, created_at=came_in)
    inbox.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.error) == ("FAILED", "Each worker that acted on it has died.")
    assert handler.seen == []


def test_an_event_of_nobody_counts_as_a_failure(
    event: WebhookEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    WebhookEvent.objects.update(provider="TWILIO")
    monkeypatch.delitem(inbox._handlers, "TWILIO", raising=False)
    inbox.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.attempts) == ("RECEIVED", 1)
    assert "TWILIO" in event.error


@pytest.mark.parametrize(
    ("attempts", "first_due_after"), [(0, 60), (1, 120), (2, 240), (3, 480), (4, 960), (5, 1920)]
)
def test_the_sweeper_takes_what_stands_still(
    event: WebhookEvent, attempts: int, first_due_after: int
) -> None:
    WebhookEvent.objects.update(attempts=attempts)
    due = event.created_at + timedelta(seconds=first_due_after)
    assert inbox.standing_still(due - timedelta(seconds=1)) == []
    assert inbox.standing_still(due + timedelta(seconds=1)) == [event.pk]


@pytest.mark.parametrize("status", ["PROCESSED", "FAILED"])
def test_what_has_ended_is_left_alone(handler: Handler, event: WebhookEvent, status: str) -> None:
    WebhookEvent.objects.update(status=status)
    assert inbox.standing_still(timezone.now() + timedelta(days=9)) == []
    inbox.process(event.pk)
    assert handler.seen == []


def test_a_lost_wake_up_is_made_good_by_the_sweeper(
    handler: Handler, event: WebhookEvent, run_tasks: Callable[[], list[str]]
) -> None:
    WebhookEvent.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    inbox.sweep()
    run_tasks()
    assert handler.seen == ["evt_1"]


def test_a_failed_event_can_be_replayed(
    handler: Handler, event: WebhookEvent, run_tasks: Callable[[], list[str]]
) -> None:
    WebhookEvent.objects.update(status="FAILED", attempts=5, error="no")
    inbox.replay(event)
    run_tasks()
    event.refresh_from_db()
    assert (event.status, event.attempts, event.error) == ("PROCESSED", 1, "")


def test_nul_characters_do_not_break_the_database(handler: Handler) -> None:
    assert receive(payload={"a\x00": ["b\x00c", {"d": "\x00"}], "n": 1})
    assert WebhookEvent.objects.get().payload == {"a": ["bc", {"d": ""}], "n": 1}


def test_a_worker_beside_the_web_acts_at_once(handler: Handler, worker: Worker) -> None:
    for number in range(50):
        receive(f"evt_{number}")
    _wait_until(lambda: not WebhookEvent.objects.filter(status="RECEIVED").exists())
    assert sorted(handler.seen) == sorted(f"evt_{number}" for number in range(50))


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
