"""Middleware of the frame. Each works in Django's async chain and in its sync one."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_structlog.signals import bind_extra_request_metadata

API_PREFIX = "/api/"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Middleware:
    """Stands in Django's async chain or in its sync one, and knows in which."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The rest of the chain, with what the middleware adds to it."""
        raise NotImplementedError


class HookMiddleware(Middleware):
    """Calls `before` and `after` around the rest of the chain, in its own mode.

    The hooks touch neither database nor network, so that the async chain may call them without
    a thread.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer(request)
        self.before(request)
        response: HttpResponseBase = self.get_response(request)
        self.after(request, response)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        self.before(request)
        response: HttpResponseBase = await self.get_response(request)
        self.after(request, response)
        return response

    def before(self, request: HttpRequest) -> None:
        """What to do with the request on its way in."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """What to do with the response on its way out."""


class ViewMiddleware(Middleware):
    """Looks at a request once its view is known, and may answer in the view's place.

    `concerns` is asked first, without a thread, and touches neither database nor session; only
    where it says so `look` is called, which may.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        # Django calls the one that fits its chain.
        self.process_view = self._process_async if self._is_async else self._process

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        answer: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
        return answer

    def _process(
        self, request: HttpRequest, view: Callable[..., Any], *arguments: Any
    ) -> HttpResponseBase | None:
        return self.look(request, view) if self.concerns(request) else None

    async def _process_async(
        self, request: HttpRequest, view: Callable[..., Any], *arguments: Any
    ) -> HttpResponseBase | None:
        return await sync_to_async(self.look)(request, view) if self.concerns(request) else None

    def concerns(self, request: HttpRequest) -> bool:
        """Whether to look at all."""
        raise NotImplementedError

    def look(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
        """The answer in the view's place, or None to let the view answer."""
        raise NotImplementedError


def request_id(request: HttpRequest) -> str:
    """The id under which the request stands in the logs; empty outside of a request."""
    return getattr(request, "request_id", "")


class RequestIdMiddleware(HookMiddleware):
    """Takes `X-Request-ID` if it is well formed, else makes one, and answers it."""

    def before(self, request: HttpRequest) -> None:
        given = request.headers.get("X-Request-ID", "")
        chosen = given if _WELL_FORMED.fullmatch(given) else str(uuid4())
        request.request_id = chosen  # type: ignore[attr-defined]

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        response.headers["X-Request-ID"] = request_id(request)


@receiver(bind_extra_request_metadata)
def put_request_id_into_logs(request: HttpRequest, **kwargs: Any) -> None:
    """Have every log line of the request carry the id that its answer carries."""
    structlog.contextvars.bind_contextvars(request_id=request_id(request))


class PrivatePagesMiddleware(HookMiddleware):
    """Keeps the API's answers, and pages of anyone with a session, out of every cache.

    It goes by the session's cookie, not by the user, who may not have been loaded. A view that
    has set `Cache-Control` itself knows better.
    """

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        is_private = (
            request.path.startswith(API_PREFIX) or settings.SESSION_COOKIE_NAME in request.COOKIES
        )
        if is_private and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
