"""What each role and each API key may do: the one table, for pages and API alike.

A page names the right that it needs with `@needs`, an endpoint with its `rights`
(`accounts.permissions`). docs/roles.md shows the table, and a test holds the two together.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from accounts.models import ApiKey, Membership
from accounts.organizations import membership
from didshop.errors import Forbidden

Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])


class Right(models.TextChoices):
    """Something that a member, or a key, may do in an organisation."""

    NUMBERS_READ = "numbers:read", "See numbers and how they are routed"
    NUMBERS_WRITE = "numbers:write", "Route, configure, release and restore numbers"
    ORDERS_READ = "orders:read", "See orders"
    ORDERS_WRITE = "orders:write", "Buy numbers, cancel orders"
    BILLING_READ = "billing:read", "See cards, invoices and costs"
    BILLING_WRITE = "billing:write", "Add and remove cards, change billing details"
    CALLS_READ = "calls:read", "See calls"
    WEBHOOKS_WRITE = "webhooks:write", "Set up webhooks"
    TEAM_READ = "team:read", "See who is in the organisation"
    TEAM_WRITE = "team:write", "Invite, remove and change the role of members"
    KEYS_WRITE = "keys:write", "Make API keys and revoke one's own"
    KEYS_MANAGE = "keys:manage", "See and revoke everybody's API keys"
    ORGANIZATION_WRITE = "organization:write", "Rename the organisation"
    AUDIT_READ = "audit:read", "Read the audit log"
    OWNERSHIP = "ownership", "Make owners and take it from them, hand over"


# What a key can be given. The rest is for people.
SCOPES = (
    Right.NUMBERS_READ,
    Right.NUMBERS_WRITE,
    Right.ORDERS_READ,
    Right.ORDERS_WRITE,
    Right.BILLING_READ,
    Right.BILLING_WRITE,
    Right.CALLS_READ,
    Right.WEBHOOKS_WRITE,
)

_VIEWER = {Right.NUMBERS_READ, Right.ORDERS_READ, Right.CALLS_READ, Right.TEAM_READ}
_BILLING = {*_VIEWER, Right.BILLING_READ, Right.BILLING_WRITE}
_MEMBER = {
    *_VIEWER,
    Right.NUMBERS_WRITE,
    Right.ORDERS_WRITE,
    Right.BILLING_READ,
    Right.WEBHOOKS_WRITE,
    Right.KEYS_WRITE,
}
RIGHTS: dict[Membership.Role, frozenset[Right]] = {
    Membership.Role.OWNER: frozenset(Right),
    Membership.Role.ADMIN: frozenset(Right) - {Right.OWNERSHIP},
    Membership.Role.MEMBER: frozenset(_MEMBER),
    Membership.Role.BILLING: frozenset(_BILLING),
    Membership.Role.VIEWER: frozenset(_VIEWER),
}


def rights_of(request: Request | HttpRequest) -> frozenset[Right]:
    """What the caller may do in the organisation that the request acts for.

    A key may do what it has scopes for, and never more than whoever made it may do today.
    """
    rights = RIGHTS[Membership.Role(membership(request).role)]
    key = key_of(request)
    return rights if key is None else rights & {Right(scope) for scope in key.scopes}


def key_of(request: Request | HttpRequest) -> ApiKey | None:
    """The API key that the request came with, if it came with one."""
    key = getattr(request, "auth", None)
    return key if isinstance(key, ApiKey) else None


def not_for_keys() -> Forbidden:
    """The refusal of a key where only people are let in."""
    return Forbidden(
        "This cannot be done with an API key. Sign in with e-mail and password.",
        code="KEY_NOT_ALLOWED",
    )


def check(request: Request | HttpRequest, right: Right) -> None:
    """Raise Forbidden unless the caller has the right.

    ROLE_NOT_ALLOWED; for keys SCOPE_MISSING, and KEY_NOT_ALLOWED for what no key can be given.
    """
    if right in rights_of(request):
        return
    key = key_of(request)
    if key is not None and right not in SCOPES:
        raise not_for_keys()
    if key is not None and right not in key.scopes:
        raise Forbidden(
            f"This API key does not have the scope {right.value}. Make one that has.",
            code="SCOPE_MISSING",
        )
    demand(membership(request), right)


def demand(place: Membership, right: Right) -> None:
    """Raise Forbidden ROLE_NOT_ALLOWED unless the member's role has the right.

    For verbs, which read the role once more under their lock.
    """
    if right in RIGHTS[Membership.Role(place.role)]:
        return
    raise Forbidden(
        f"As {place.get_role_display()} of {place.organization} you may not do this: it takes "
        f"{right.value} ({right.label.lower()}). Ask an owner or an administrator.",
        code="ROLE_NOT_ALLOWED",
    )


def needs(right: Right, *, post: Right | None = None) -> Callable[[Page], Page]:
    """Let a page in only for who has `right`; to send it something takes `post`, if that is given.

    Strangers are sent to sign in. Forbidden for who is signed in without the right.
    """

    def decorate(view: Page) -> Page:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            is_reading = request.method in ("GET", "HEAD", "OPTIONS")
            check(request, right if is_reading else post or right)
            return view(request, *args, **kwargs)

        # The test of the whole matrix reads what a page asks for.
        guarded.rights = {"GET": right, "POST": post or right}  # type: ignore[attr-defined]  # as views have it
        return cast(Page, guarded)

    return decorate
