"""`Prefer: wait=N`: the answer comes when it is over, and nobody's thread is held for it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connection, connections
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIClient

from didshop import waiting
from didshop.models import Heartbeat
from didshop.tests.urls import WaitView

pytestmark = pytest.mark.urls("didshop.tests.urls")
URL = "/api/v1/wait"
MANY = 100
# The lookers, the threads of the loop itself, and those that are about to end.
FEW = 12


@pytest.fixture
def is_over() -> Iterator[threading.Event]:
    """Set it, and what is waited for is over."""
    WaitView.is_over.clear()
    yield WaitView.is_over
    WaitView.is_over.set()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("wait=10", 10),
        ("respond-async, wait=5", 5),
        ("wait = 7; x=1", 7),
        ('wait="3"', 3),
        ("wait=31", 30),
        ("wait=99999999", 30),
        ("wait=0", 0),
        ("wait=-1", 0),
        ("wait=x", 0),
        ("await=5", 0),
        ("return=minimal", 0),
    ],
)
def test_the_header_is_read(header: str, seconds: int) -> None:
    request = RequestFactory().get("/", headers={"Prefer": header})
    assert waiting.seconds_wanted(request) == seconds


def test_who_does_not_ask_does_not_wait(api: APIClient, is_over: threading.Event) -> None:
    answer = api.get(URL)
    assert answer.json() == {"isOver": False}
    assert "Preference-Applied" not in answer.headers


def test_what_is_over_is_answered_at_once(api: APIClient, is_over: threading.Event) -> None:
    is_over.set()
    begun = time.monotonic()
    answer = api.get(URL, headers={"Prefer": "wait=20"})
    assert time.monotonic() - begun < 1
    assert answer.json() == {"isOver": True}
    assert answer["Preference-Applied"] == "wait=20"
    assert int(answer["Content-Length"]) == len(answer.content)


def test_what_ends_meanwhile_is_answered_then(api: APIClient, is_over: threading.Event) -> None:
    threading.Timer(0.4, is_over.set).start()
    begun = time.monotonic()
    answer = api.get(URL, headers={"Prefer": "wait=20"})
    assert 0.3 < time.monotonic() - begun < 2
    assert answer.json() == {"isOver": True}


def test_after_n_seconds_it_is_answered_as_it_stands(
    api: APIClient, is_over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = WaitView()
    response = answered.get(None)  # type: ignore[arg-type]
    monkeypatch.setattr(WaitView, "get", lambda view, request: _waiting(response.waiter.is_over))
    begun = time.monotonic()
    answer = api.get(URL, headers={"Prefer": "wait=1"})
    assert 0.9 < time.monotonic() - begun < 2
    assert answer.json() == {"state": "as it stands"}


def _waiting(is_over: Callable[[], bool]) -> Any:
    response = Response({"state": "first"})
    response.waiter = waiting.Waiter(is_over, lambda: Response({"state": "as it stands"}))
    return response


def test_a_refusal_is_not_waited_for(api: APIClient) -> None:
    answer = api.get("/api/v1/errors/conflict", headers={"Prefer": "wait=20"})
    assert answer.status_code == 409
    assert "Preference-Applied" not in answer.headers


async def _with_shop(talk: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    """Speak to the shop as it runs: under ASGI."""
    transport = httpx.ASGITransport(get_asgi_application())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", timeout=30
    ) as client:
        await talk(client)
    # Of the thread in which this loop's own queries ran.
    await sync_to_async(connections.close_all)()


async def _once(count: Callable[[], int], is_enough: Callable[[int], bool]) -> int:
    """What is counted once it is enough, or in the end after all: machines are busy."""
    await asyncio.sleep(1.5)
    end = time.monotonic() + 20
    while time.monotonic() < end and not is_enough(count()):  # noqa: ASYNC110 - threads tell no event
        await asyncio.sleep(0.05)
    return count()


async def _threads_of_many(is_over: threading.Event, is_enough: Callable[[int], bool]) -> int:
    """How many threads more there are while MANY requests wait."""
    added = 0

    async def talk(client: httpx.AsyncClient) -> None:
        nonlocal added
        before = threading.active_count()
        requests = [
            asyncio.create_task(client.get(URL, headers={"Prefer": "wait=30"})) for _ in range(MANY)
        ]
        added = await _once(lambda: threading.active_count() - before, is_enough)
        assert not any(request.done() for request in requests)
        is_over.set()
        for answer in await asyncio.gather(*requests):
            assert answer.json() == {"isOver": True}
            assert answer.headers["Preference-Applied"] == "wait=30"
            assert int(answer.headers["Content-Length"]) == len(answer.content)

    await _with_shop(talk)
    return added


def test_a_hundred_that_wait_hold_no_thread(is_over: threading.Event) -> None:
    assert asyncio.run(_threads_of_many(is_over, lambda added: added <= FEW)) <= FEW


def test_if_threads_were_kept_they_would_be_counted(
    is_over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: Django alone keeps a thread for each."""

    async def keep_it() -> None:
        pass

    monkeypatch.setattr(waiting, "_give_thread_back", keep_it)
    assert asyncio.run(_threads_of_many(is_over, lambda added: added >= MANY)) >= MANY


def test_others_are_served_while_many_wait(is_over: threading.Event) -> None:
    async def talk(client: httpx.AsyncClient) -> None:
        requests = [
            asyncio.create_task(client.get(URL, headers={"Prefer": "wait=20"})) for _ in range(MANY)
        ]
        await asyncio.sleep(1.5)
        # Far from the 20 seconds for which the others wait, also on a busy machine.
        await asyncio.wait_for(client.get("/page"), timeout=10)
        is_over.set()
        await asyncio.gather(*requests)

    asyncio.run(_with_shop(talk))


def test_a_caller_who_leaves_ends_the_waiting(is_over: threading.Event) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": URL,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"prefer", b"wait=20")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
    events = iter([{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])
    sent = []

    async def receive() -> dict[str, Any]:
        event = next(events)
        if event["type"] == "http.disconnect":
            await asyncio.sleep(0.5)
        return event

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    begun = time.monotonic()
    asyncio.run(get_asgi_application()(scope, receive, send))
    assert time.monotonic() - begun < 3
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_read_from_the_database_when_it_is_over(
    alice_api: APIClient,
) -> None:
    token = {"Authorization": alice_api._credentials["HTTP_AUTHORIZATION"]}

    async def talk(client: httpx.AsyncClient) -> None:
        request = asyncio.create_task(
            client.post("/api/v1/purchase", json={}, headers={**token, "Prefer": "wait=20"})
        )
        await _until_bought(1)
        await Heartbeat.objects.aupdate(note="COMPLETED")
        answer = await request
        assert answer.status_code == 201
        made = (await Heartbeat.objects.aget()).name
        assert answer.json() == {"orderNumber": made, "orderStatus": "COMPLETED"}
        assert answer.headers["Location"] == f"/api/v1/orders/{made}"

    asyncio.run(_with_shop(talk))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_thirty_that_wait_hold_no_connection(alice_api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 10
    token = {"Authorization": alice_api._credentials["HTTP_AUTHORIZATION"]}

    async def talk(client: httpx.AsyncClient) -> None:
        requests = [
            asyncio.create_task(
                client.post("/api/v1/purchase", json={}, headers={**token, "Prefer": "wait=20"})
            )
            for _ in range(30)
        ]
        await _until_bought(30)
        # Some are still on their way to waiting.
        for _ in range(50):
            if (held := await asyncio.to_thread(_connections)) <= 8:
                break
            await asyncio.sleep(0.1)
        assert held <= 8
        assert not any(request.done() for request in requests)
        await Heartbeat.objects.aupdate(note="COMPLETED")
        await asyncio.gather(*requests)

    asyncio.run(_with_shop(talk))


async def _until_bought(count: int) -> None:
    while await Heartbeat.objects.acount() < count:  # noqa: ASYNC110 - a row is no event
        await asyncio.sleep(0.03)


def _connections() -> int:
    """How many connections to the test's database are open, this one included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    connection.close()
    return int(count)
