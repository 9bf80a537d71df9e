"""`Prefer: wait=N` (RFC 7240): answer when it is over, or after N seconds with how it stands then.

Under ASGI a request that waits holds no thread and no database connection: between two looks it
is a timer of the event loop. In Django's sync mode (its test client) it sleeps in its thread.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from didshop.middleware import Middleware

LONGEST_WAIT_SECONDS = 30
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.25

Seen = TypeVar("Seen")

# All waiting requests look through these few threads, so that a thousand of them do not take a
# thousand connections. A look takes a millisecond or two.
_LOOKS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="prefer-wait")


@dataclass(frozen=True)
class Waiter:
    """What a view sets as `response.waiter` where the caller may wait for the end.

    `is_over` asks the database; `answer` makes the response that stands for the end. Both are
    called outside of the view, in any thread.
    """

    is_over: Callable[[], bool]
    answer: Callable[[], HttpResponse]


def seconds_wanted(request: HttpRequest) -> int:
    """The N of `Prefer: wait=N`, at most LONGEST_WAIT_SECONDS; 0 where there is none."""
    match = re.search(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,9})\b", request.headers.get("Prefer", ""))
    return min(int(match[1]), LONGEST_WAIT_SECONDS) if match else 0


class PreferWaitMiddleware(Middleware):
    """Waits for a response's `waiter` as long as the request prefers."""

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        if self._is_async:
            return self._answer(request)
        response: HttpResponse = self.get_response(request)
        seconds, waiter = seconds_wanted(request), _waiter_of(response)
        if seconds and waiter:
            _sleep_until_over(waiter, seconds)
            _replace(response, waiter.answer(), seconds)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = await self.get_response(request)
        seconds, waiter = seconds_wanted(request), _waiter_of(response)
        if seconds and waiter:
            await _give_thread_back()
            await _wait_until_over(waiter, seconds)
            await _look(lambda: _replace(response, waiter.answer(), seconds))
        return response


def _waiter_of(response: HttpResponse) -> Waiter | None:
    waiter: Waiter | None = getattr(response, "waiter", None)
    return None if response.status_code >= HTTPStatus.BAD_REQUEST else waiter


def _pauses(seconds: float) -> Iterator[float]:
    """Seconds to sleep between looks, growing, until `seconds` have passed."""
    end = time.monotonic() + seconds
    pause = _FIRST_PAUSE_SECONDS
    while (left := end - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(pause * 1.3, _LONGEST_PAUSE_SECONDS)


def _sleep_until_over(waiter: Waiter, seconds: float) -> None:
    for pause in _pauses(seconds):
        if waiter.is_over():
            return
        _close_connections()
        time.sleep(pause)


async def _wait_until_over(waiter: Waiter, seconds: float) -> None:
    for pause in _pauses(seconds):
        if await _look(waiter.is_over):
            return
        await asyncio.sleep(pause)


async def _look(see: Callable[[], Seen]) -> Seen:
    """Call it in one of the few threads; its connection goes back to the pool at once."""

    def look() -> Seen:
        try:
            return see()
        finally:
            _close_connections()

    return await sync_to_async(look, thread_sensitive=False, executor=_LOOKS)()


async def _give_thread_back() -> None:
    """End the thread that Django keeps for this request, with the connection in it.

    Django runs a request's sync code in a thread of the request's own, which idles until the
    request ends. If sync code follows, asgiref makes a new one.
    """
    await sync_to_async(_close_connections)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.shutdown(wait=False)


def _close_connections() -> None:
    for connection in connections.all(initialized_only=True):
        # In a test's transaction the connection must stay; in real life none is open here.
        if not connection.in_atomic_block:
            connection.close()


def _replace(response: HttpResponse, final: HttpResponse, seconds: int) -> None:
    """Turn the view's first response into the final one, keeping headers set on the way out."""
    if isinstance(final, SimpleTemplateResponse) and not final.is_rendered:
        for name in ("accepted_renderer", "accepted_media_type", "renderer_context"):
            if hasattr(response, name):
                setattr(final, name, getattr(response, name))
        final.render()
    response.status_code = final.status_code
    response.content = final.content
    if hasattr(final, "data"):
        response.data = final.data  # type: ignore[attr-defined]
    for name, value in final.items():
        response.headers[name] = value
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Preference-Applied"] = f"wait={seconds}"
