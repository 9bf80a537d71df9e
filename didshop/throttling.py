"""How many requests a minute: counted in the cache, told on every answer of the API."""

import functools
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from didshop.errors import TooManyRequests
from didshop.middleware import HookMiddleware

if TYPE_CHECKING:
    # DRF's views load this module by name while they are being made.
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)
Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: requests in this window, and seconds until the next one."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool


def rate_of(scope: str) -> tuple[int, int]:
    """The scope's requests and seconds: "60/min" is (60, 60), times RATE_LIMIT_SCALE."""
    count, period = str(api_settings.DEFAULT_THROTTLE_RATES[scope]).split("/")
    return max(1, int(int(count) * settings.RATE_LIMIT_SCALE)), _SECONDS[period[0]]


def count_request(scope: str, caller: str) -> Allowance:
    """Count one request of the caller in the scope's present window.

    The count is one atomic step in the cache. Where the cache cannot be reached the request
    passes: the shop goes on selling without Redis.
    """
    limit, seconds = rate_of(scope)
    window, into = divmod(time.time(), seconds)
    key = f"throttle:{scope}:{caller}:{int(window)}"
    try:
        count = 1 if cache.add(key, 1, timeout=2 * seconds) else cache.incr(key)
    except (RedisError, ConnectionInterrupted, ConnectionError) as error:
        log.warning("throttle_without_cache", error=str(error))
        count = 1
    reset = max(1, math.ceil(seconds - into))
    return Allowance(limit, max(0, limit - count), reset, count > limit)


class ScopeThrottle(BaseThrottle):
    """Limits by the view's `throttle_scope` ("default" where it has none).

    Counted by API key or user where there is one, else by address.
    """

    allowance: Allowance

    def allow_request(self, request: Request, view: "APIView") -> bool:
        scope = getattr(view, "throttle_scope", None) or "default"
        self.allowance = count_request(scope, caller_of(request))
        _told(request).allowance = self.allowance  # type: ignore[attr-defined]
        return not self.allowance.is_exceeded

    def wait(self) -> float:
        """Seconds until the caller may try again."""
        return self.allowance.reset


def count_refused(request: Request, view: "APIView") -> float | None:
    """Count a request that was refused before its turn at the throttle, as bad credentials are.

    Seconds to wait if it exceeds the limit, else None. Whoever tries tokens is limited, too.
    """
    is_counted = hasattr(_told(request), "allowance")
    if is_counted or not any(isinstance(it, ScopeThrottle) for it in view.get_throttles()):
        return None
    throttle = ScopeThrottle()
    return None if throttle.allow_request(request, view) else throttle.wait()


def limit_page(scope: str) -> Callable[[Page], Page]:
    """Hold a page to the limit of `scope`, counted as the API counts. TooManyRequests above it."""

    def decorate(view: Page) -> Page:
        @functools.wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            allowance = count_request(scope, caller_of(request))
            if allowance.is_exceeded:
                raise TooManyRequests(
                    f"That were too many requests. Try again in {allowance.reset} seconds.",
                    retry_after=allowance.reset,
                )
            return view(request, *args, **kwargs)

        return cast(Page, limited)

    return decorate


def caller_of(request: Request | HttpRequest) -> str:
    """Who is counted: "key:<id>", "user:<id>", or the nearest untrusted hop's "address:<…>".

    Each program counts for itself, so that one that runs wild does not lock out its maker.
    """
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        key = getattr(request, "api_key", None)
        return f"user:{user.pk}" if key is None else f"key:{key.pk}"
    return f"address:{_network(BaseThrottle().get_ident(request))}"  # type: ignore[arg-type]  # it reads META only


def _told(request: Request) -> HttpRequest:
    """Django's request inside of DRF's: the one that the middleware sees."""
    return request._request  # noqa: SLF001 - DRF has no public name for it


def _network(address: str) -> str:
    """The address; of an IPv6 one its /64, since one customer has all of that."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


class RateLimitHeadersMiddleware(HookMiddleware):
    """Puts `RateLimit-Limit`, `-Remaining` and `-Reset` on every answer of the API."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        allowance: Allowance | None = getattr(request, "allowance", None)
        if allowance is None:
            return
        response.headers["RateLimit-Limit"] = str(allowance.limit)
        response.headers["RateLimit-Remaining"] = str(allowance.remaining)
        response.headers["RateLimit-Reset"] = str(allowance.reset)
