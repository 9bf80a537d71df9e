"""The most dangerous acts, with who may do them written out by hand.

The matrix believes what a view declares. Here a wrong declaration is found, too.
"""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.rights import SCOPES, Right
from accounts.tests.matrix import kwargs
from accounts.tests.matrix.callers import CALLERS, Caller
from accounts.tests.matrix.checking import Walker
from accounts.tests.matrix.effects import Outside
from accounts.tests.matrix.routes import Route, every_route
from accounts.tests.matrix.world import World

pytestmark = pytest.mark.django_db

OWNER = {"OWNER"}
LEADERS = {"OWNER", "ADMIN"}
BUYERS = {"OWNER", "ADMIN", "MEMBER"}
PAYERS = {"OWNER", "ADMIN", "BILLING"}

# By the API: who may, and which scope a key needs for it (none where no key may).
ENDPOINTS: dict[tuple[str, str], tuple[set[str], str]] = {
    ("POST", "api-purchase"): (BUYERS, "orders:write"),
    ("POST", "api-orders"): (BUYERS, "orders:write"),
    ("PUT", "api-order-cancel"): (BUYERS, "orders:write"),
    ("POST", "api-payment-method"): (PAYERS, "billing:write"),
    ("DELETE", "api-payment-method-detail"): (PAYERS, "billing:write"),
    ("PUT", "api-number"): (BUYERS, "numbers:write"),
    ("DELETE", "api-number"): (BUYERS, "numbers:write"),
    ("POST", "api-number-configure"): (BUYERS, "numbers:write"),
    ("POST", "api-number-restore"): (BUYERS, "numbers:write"),
    ("GET", "api-keys"): (BUYERS, ""),
    ("POST", "api-keys"): (BUYERS, ""),
    ("PATCH", "api-key"): (BUYERS, ""),
    ("DELETE", "api-key"): (BUYERS, ""),
    ("POST", "api-invitations"): (LEADERS, ""),
    ("DELETE", "api-invitation"): (LEADERS, ""),
    ("POST", "api-invitation-resend"): (LEADERS, ""),
    ("PATCH", "api-member"): (LEADERS, ""),
    ("DELETE", "api-member"): (LEADERS, ""),
    ("POST", "api-members-hand-over"): (OWNER, ""),
    ("PATCH", "api-organizations-current"): (LEADERS, ""),
    ("GET", "api-audit"): (LEADERS, ""),
}
PAGES: dict[tuple[str, str], set[str]] = {
    ("POST", "orders:checkout"): BUYERS,
    ("POST", "orders:cancel"): BUYERS,
    ("POST", "billing:methods"): PAYERS,
    ("GET", "billing:method_added"): PAYERS,
    ("POST", "billing:method_remove"): PAYERS,
    ("POST", "billing:method_default"): PAYERS,
    ("POST", "numbers:detail"): BUYERS,
    ("POST", "numbers:release"): BUYERS,
    ("POST", "numbers:restore"): BUYERS,
    ("POST", "keys:create"): BUYERS,
    ("POST", "keys:revoke"): BUYERS,
    ("POST", "team:members"): LEADERS,
    ("POST", "team:member_role"): LEADERS,
    ("POST", "team:member_remove"): LEADERS,
    ("POST", "team:invitation_resend"): LEADERS,
    ("POST", "team:invitation_revoke"): LEADERS,
    ("POST", "team:hand_over"): OWNER,
    ("POST", "team:settings"): LEADERS,
    ("GET", "privacy:audit"): LEADERS,
    ("GET", "privacy:audit-csv"): LEADERS,
}
PEOPLE = [caller for caller in CALLERS if caller.name in Membership.Role.values]
KEYS = [caller for caller in CALLERS if caller.key is not None and caller.user == "OWNER"]


def refused(walker: Walker, world: World, user: str, acts: set[tuple[str, str]]) -> Iterator[str]:
    """Those of the acts that the caller may not do."""
    routes: dict[str, Route] = {route.name: route for route in every_route()}
    for method, name in sorted(acts):
        route = routes[name]
        path = reverse(name, kwargs=kwargs.values(route, world, world.people[user]))
        if walker.ask(method, path).status == HTTPStatus.FORBIDDEN:
            yield f"{method} {name}"


@pytest.mark.parametrize("caller", PEOPLE, ids=str)
def test_each_role(caller: Caller, matrix_world: World, outside: Outside) -> None:
    allowed = {act: roles for act, (roles, _) in ENDPOINTS.items()} | PAGES
    walker = Walker(caller, matrix_world, outside)

    may_not = list(refused(walker, matrix_world, caller.user, set(allowed)))

    assert may_not == [
        f"{method} {name}"
        for (method, name), roles in sorted(allowed.items())
        if caller.name not in roles
    ]


@pytest.mark.parametrize("caller", KEYS, ids=str)
def test_each_scope(caller: Caller, matrix_world: World, outside: Outside) -> None:
    walker = Walker(caller, matrix_world, outside)

    may_not = list(refused(walker, matrix_world, caller.user, set(ENDPOINTS)))

    assert caller.key is not None
    assert may_not == [
        f"{method} {name}"
        for (method, name), (_, scope) in sorted(ENDPOINTS.items())
        if scope not in caller.key
    ]


def test_what_a_key_can_be_given() -> None:
    """Neither teams, keys, the audit log nor the organisation itself."""
    assert {scope.value for scope in SCOPES} == {
        "numbers:read",
        "numbers:write",
        "orders:read",
        "orders:write",
        "billing:read",
        "billing:write",
        "calls:read",
        "webhooks:write",
    }
    assert Right.TEAM_WRITE not in SCOPES
