"""Forgetting failed sign-ins, so that somebody who may not try for a while may try at once."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.core.cache import cache

from accounts.entrance.known_addresses import known_addresses
from accounts.models import User

_LIMIT = {"app": "allauth.account", "action": "login_failed"}


def forget_failures(user: User) -> None:
    """Forget the wrong passwords and codes that were counted for the account, wherever from.

    What is counted by the caller's address alone stays.
    """
    rates = [rate for rate in ratelimit.get_rates(**_LIMIT) if rate.per == "key"]
    for key in _keys(user):
        for rate in rates:
            cache.delete(ratelimit.get_cache_key(None, rate=rate, key=key, **_LIMIT))


def _keys(user: User) -> Iterator[str]:
    """What failures are counted by: see `accounts.adapter`, and allauth for the codes."""
    yield f"mfa-auth-user-{user.pk}"
    own = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    for email in {user.email, *(address.lower() for address in own)}:
        yield f"{email}|"
        for address in known_addresses(email):
            yield f"{email}|{address}"
