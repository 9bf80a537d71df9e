"""allauth's limits, for the API as well: both count in one place, and say when to come back.

What is limited, and how: ACCOUNT_RATE_LIMITS in the settings.
"""

import math
import time
from typing import Any

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import Rate
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.models import User
from didshop.errors import TooManyRequests
from didshop.pages import refusal_page

_APP = "allauth.account"
# Which limit each of allauth's pages is under, by the name of its URL.
_PAGES = {
    "account_login": "login",
    "account_signup": "signup",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_email": "manage_email",
    "account_reauthenticate": "reauthenticate",
    "mfa_reauthenticate": "reauthenticate",
    "mfa_reauthenticate_webauthn": "reauthenticate",
}
# Seconds to wait at a page of allauth's that is not among them.
_WITHOUT_NAME = 60
_TOLD_IN_MINUTES = 120


def hold(
    request: Request | HttpRequest, action: str, *, key: str | None = None, user: User | None = None
) -> None:
    """Count one request towards the limits of `action`. Raises TooManyRequests above them.

    `key` is what is counted besides the caller's address, such as an e-mail address.
    """
    if not ratelimit.consume(request, app=_APP, action=action, key=key, user=user):
        raise exceeded(request, action, key=key, user=user)


def exceeded(
    request: Request | HttpRequest, action: str, *, key: str | None = None, user: User | None = None
) -> TooManyRequests:
    """The refusal of who is above the limits of `action`."""
    return _refusal(seconds_to_wait(request, action, key=key, user=user))


def codes_exceeded(request: Request | HttpRequest, user_id: object) -> TooManyRequests:
    """The refusal of who has tried too many codes of a second factor (allauth counts them)."""
    return exceeded(request, "login_failed", key=f"mfa-auth-user-{user_id}")


def seconds_to_wait(
    request: Request | HttpRequest, action: str, *, key: str | None = None, user: User | None = None
) -> int:
    """Until the limits of `action` let the next request through; at least one second."""
    now = time.time()
    waits = [1.0]
    for rate in ratelimit.get_rates(app=_APP, action=action):
        if (rate.per == "key" and key is None) or (rate.per == "user" and user is None):
            continue
        waits.append(_wait(_history(request, action, rate, key, user), rate, now))
    return math.ceil(max(waits))


def _history(
    request: Any, action: str, rate: Rate, key: str | None, user: User | None
) -> list[float]:
    """When requests were let through, the newest first."""
    name = ratelimit.get_cache_key(request, app=_APP, action=action, rate=rate, key=key, user=user)
    history: list[float] = cache.get(name, [])
    return history


def _wait(history: list[float], rate: Rate, now: float) -> float:
    """Until one of the newest that fill the limit falls out of its window."""
    if len(history) < rate.amount:
        return 0
    return float(history[rate.amount - 1] + rate.duration - now)


def _refusal(wait: int) -> TooManyRequests:
    if wait < _TOLD_IN_MINUTES:
        told = f"{wait} second{'' if wait == 1 else 's'}"
    else:
        told = f"{-(-wait // 60)} minutes"
    return TooManyRequests(f"Those were too many attempts. Try again in {told}.", retry_after=wait)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """allauth's 429 (handler429 of the URL conf): the page, with a true Retry-After."""
    match = request.resolver_match
    action = _PAGES.get(match.url_name or "") if match else None
    if action is None:
        return refusal_page(request, _refusal(_WITHOUT_NAME))
    user = request.user if isinstance(request.user, User) else None
    key = request.POST.get("email", "").lower()
    return refusal_page(request, exceeded(request, action, key=key, user=user))
