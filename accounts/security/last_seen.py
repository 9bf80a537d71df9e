"""When a browser was last seen, for the list of sign-ins."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from accounts.audit import address_of
from didshop.middleware import API_PREFIX, Middleware

# How exact it is: a session is written down once in as long.
EVERY_SECONDS = 60
# Stands in the sessions that somebody has signed in to by themselves: see accounts.adapter.
SIGNED_IN = "signed_in"


class LastSeenMiddleware(Middleware):
    """Writes down when and from where a browser's session was last used, once a minute.

    In place of allauth's own middleware, which is sync, and writes at every request. In between
    it costs no query. The session of staff who act in a customer's place is not the customer's,
    and is not written down.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        # Django calls the one that fits its chain. Most requests then need no thread for it.
        self.process_view = self._look_async if self._is_async else self._look

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        answer: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
        return answer

    def _look(self, request: HttpRequest, *view: Any) -> None:
        if _has_session(request):
            _note(request)

    async def _look_async(self, request: HttpRequest, *view: Any) -> None:
        if _has_session(request):
            await sync_to_async(_note)(request)


def _has_session(request: HttpRequest) -> bool:
    """Whether a browser's session may be used at all."""
    cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    return cookie and not request.path.startswith(API_PREFIX)


def _note(request: HttpRequest) -> None:
    if not request.user.is_authenticated or SIGNED_IN not in request.session:
        return
    key = str(request.session.session_key)
    if not _is_due(key):
        return
    seen = {"last_seen_at": timezone.now(), "ip": address_of(request)}
    UserSession.objects.filter(session_key=key, user_id=request.user.pk).update(
        **{name: fact for name, fact in seen.items() if fact}
    )


def _is_due(session_key: str) -> bool:
    name = f"last-seen:{sha256(session_key.encode()).hexdigest()}"
    try:
        return cache.add(name, 1, timeout=EVERY_SECONDS)
    except (RedisError, ConnectionInterrupted, ConnectionError):
        # Pages work on without Redis; who was seen when is not worth a query at each of them.
        return False
