"""The table of rights: what must hold of it, whatever else is written in it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ApiKey, Membership, Organization
from accounts.rights import RIGHTS, SCOPES, Right, check, demand, rights_of
from didshop.errors import Forbidden

AMES = Organization(name="Ames & Sons")
ROLES = list(Membership.Role)
roles = st.sampled_from(ROLES)
scopes = st.lists(st.sampled_from(SCOPES), unique=True)


def asking(role: Membership.Role, key_scopes: list[Right] | None = None) -> Any:
    """A request by a member of that role, or by a key of theirs with these scopes."""
    place = Membership(role=role, organization=AMES)
    key = None if key_scopes is None else ApiKey(scopes=[scope.value for scope in key_scopes])
    user = SimpleNamespace(pk=place.user_id)
    return SimpleNamespace(user=user, membership=place, auth=key)


def test_every_role_is_in_the_table() -> None:
    assert set(RIGHTS) == set(Membership.Role)


def test_an_owner_may_do_everything() -> None:
    assert RIGHTS[Membership.Role.OWNER] == frozenset(Right)


def test_an_administrator_may_do_all_but_what_is_about_ownership() -> None:
    lacking = RIGHTS[Membership.Role.OWNER] - RIGHTS[Membership.Role.ADMIN]
    assert lacking == {Right.OWNERSHIP}


@pytest.mark.parametrize("role", [role for role in ROLES if role != Membership.Role.VIEWER])
def test_everybody_may_do_more_than_a_viewer(role: Membership.Role) -> None:
    assert RIGHTS[Membership.Role.VIEWER] < RIGHTS[role]


def test_a_viewer_changes_nothing() -> None:
    assert all(right.value.endswith(":read") for right in RIGHTS[Membership.Role.VIEWER])


def test_who_pays_does_not_buy_and_who_buys_does_not_touch_the_cards() -> None:
    assert Right.ORDERS_WRITE not in RIGHTS[Membership.Role.BILLING]
    assert Right.BILLING_WRITE not in RIGHTS[Membership.Role.MEMBER]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", [right for right in Right if right.value.endswith(":write")])
def test_who_may_change_something_may_see_it(role: Membership.Role, right: Right) -> None:
    reading = right.value.replace(":write", ":read")
    if right in RIGHTS[role] and reading in Right.values:
        assert Right(reading) in RIGHTS[role]


def test_scopes_are_rights_and_none_of_them_is_about_people() -> None:
    assert set(SCOPES) <= set(Right)
    for subject in ("team", "keys", "organization", "audit", "ownership"):
        assert not [scope for scope in SCOPES if scope.value.startswith(subject)]


# ---------------------------------------------------------------- keys
@given(role=roles, key_scopes=scopes)
def test_a_key_never_outranks_its_maker(role: Membership.Role, key_scopes: list[Right]) -> None:
    rights = rights_of(asking(role, key_scopes))
    assert rights <= RIGHTS[role]
    assert rights <= set(key_scopes)
    assert rights == RIGHTS[role] & set(key_scopes)


@given(before=roles, after=roles, key_scopes=scopes)
def test_a_lower_role_lowers_the_keys(
    before: Membership.Role, after: Membership.Role, key_scopes: list[Right]
) -> None:
    if RIGHTS[after] <= RIGHTS[before]:
        assert rights_of(asking(after, key_scopes)) <= rights_of(asking(before, key_scopes))


@given(role=roles, right=st.sampled_from(Right), key_scopes=st.none() | scopes)
def test_checking_agrees_with_the_table(
    role: Membership.Role, right: Right, key_scopes: list[Right] | None
) -> None:
    request = asking(role, key_scopes)
    if right in rights_of(request):
        check(request, right)
        return
    with pytest.raises(Forbidden) as refusal:
        check(request, right)
    assert refusal.value.code == _code(right, key_scopes)
    assert refusal.value.message.endswith(".")


def _code(right: Right, key_scopes: list[Right] | None) -> str:
    if key_scopes is None:
        return "ROLE_NOT_ALLOWED"
    if right not in SCOPES:
        return "KEY_NOT_ALLOWED"
    return "SCOPE_MISSING" if right not in key_scopes else "ROLE_NOT_ALLOWED"


def test_a_refusal_says_as_whom_of_what_and_whom_to_ask() -> None:
    place = Membership(role=Membership.Role.VIEWER, organization=AMES)
    with pytest.raises(Forbidden) as refusal:
        demand(place, Right.ORDERS_WRITE)
    assert refusal.value.message == (
        "As Viewer of Ames & Sons you may not do this: it takes orders:write (buy numbers, "
        "cancel orders). Ask an owner or an administrator."
    )


# ---------------------------------------------------------------- on pages
@pytest.mark.parametrize(
    ("right", "who"),
    [
        ("ownership", "an owner"),
        ("team:write", "an owner or an administrator"),
        ("orders:write", "an owner, an administrator or a member"),
        ("billing:write", "an owner, an administrator or somebody with the role Billing"),
    ],
)
def test_pages_say_who_may_instead(right: str, who: str) -> None:
    page = Template(f"{{% load roles %}}{{% who_may '{right}' %}}")
    assert page.render(Context()) == who
