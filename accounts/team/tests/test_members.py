"""Members: who may change whom, and what goes with somebody who goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.keys import making
from accounts.models import ApiKey, Membership, Organization, User
from accounts.team.tests.conftest import (
    MEMBERS,
    ORGANIZATIONS,
    Join,
    PagesOf,
    acts,
    place_of,
    refusal,
    role_of,
)
from accounts.tests.factories import UserFactory, api_client

pytestmark = pytest.mark.django_db
ROLES = [role.value for role in Membership.Role]


class As:
    """The API as a member sees it in Alice's organisation."""

    def __init__(self, place: Membership) -> None:
        self.client = api_client(place.user)
        self.named = {"HTTP_X_ORGANIZATION": str(place.organization_id)}

    def change(self, member: Membership, role: str) -> Any:
        return self.client.patch(f"{MEMBERS}/{member.pk}", {"role": role}, **self.named)

    def remove(self, member: Membership) -> Any:
        return self.client.delete(f"{MEMBERS}/{member.pk}", **self.named)

    def leave(self) -> Any:
        return self.client.post(f"{MEMBERS}/leave", **self.named)

    def hand_over(self, member: Membership) -> Any:
        body = {"memberId": str(member.pk)}
        return self.client.post(f"{MEMBERS}/hand-over", body, **self.named)


@pytest.fixture
def owner(alice: User, acme: Organization) -> Membership:
    return place_of(alice, acme)


def test_the_list_shows_everybody(alice_api: APIClient, alice: User, bob: User) -> None:
    answer = alice_api.get(MEMBERS).json()
    assert set(answer) == {"results", "next", "previous"}
    first, second = answer["results"]
    assert (first["email"], first["role"], first["userId"]) == (bob.email, "MEMBER", str(bob.pk))
    assert (second["email"], second["role"]) == (alice.email, "OWNER")
    assert set(first) == {
        "id", "userId", "email", "firstName", "lastName", "role", "joinedAt"
    }  # fmt: skip


@pytest.mark.parametrize("how_many", [0, 15])
def test_the_list_takes_as_many_queries_however_long(
    alice_api: APIClient,
    join: Join,
    django_assert_num_queries: DjangoAssertNumQueries,
    how_many: int,
) -> None:
    for _ in range(how_many):
        join("VIEWER")
    # The session, the membership, the list.
    with django_assert_num_queries(3):
        assert len(alice_api.get(MEMBERS).json()["results"]) == how_many + 1


@pytest.mark.parametrize("how_many", [0, 15])
def test_so_does_the_page(
    alice: User,
    join: Join,
    pages_of: PagesOf,
    django_assert_num_queries: DjangoAssertNumQueries,
    how_many: int,
) -> None:
    for _ in range(how_many):
        join("VIEWER")
    # The session, its user, all of one's places; members, invitations.
    client = pages_of(alice)
    client.get("/team/")
    with django_assert_num_queries(5):
        page = client.get("/team/")
    assert len(page.context["members"]) == how_many + 1


@pytest.mark.parametrize("role", ["MEMBER", "BILLING", "VIEWER"])
def test_most_see_the_list_and_change_nobody(
    join: Join, owner: Membership, pages_of: PagesOf, role: str
) -> None:
    place, other = join(role), join("VIEWER")
    asked = As(place)
    assert asked.client.get(MEMBERS, **asked.named).status_code == 200
    for answer in (asked.change(other, "ADMIN"), asked.remove(other), asked.remove(owner)):
        assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")
    assert refusal(asked.change(place, "OWNER")) == (403, "ROLE_NOT_ALLOWED")
    assert refusal(asked.hand_over(other)) == (403, "ROLE_NOT_ALLOWED")
    client = pages_of(place.user)
    client.post("/team/switch/", {"organization": place.organization_id})
    page = client.get("/team/").content.decode()
    assert other.user.email in page
    for words in ("Remove", "Change the role", "Invite somebody", "Last seen"):
        assert words not in page
    assert client.post(f"/team/members/{other.pk}/role/", {"role": "ADMIN"}).status_code == 403
    assert client.get(f"/team/members/{other.pk}/remove/").status_code == 403
    assert client.post(f"/team/members/{other.pk}/remove/").status_code == 403
    assert client.post("/team/hand-over/", {"member": other.pk}).status_code == 403
    other.refresh_from_db()
    assert other.role == "VIEWER"
    assert acts() == []


@pytest.mark.parametrize("old", ROLES)
@pytest.mark.parametrize("new", ROLES)
def test_an_owner_changes_everybody(join: Join, owner: Membership, old: str, new: str) -> None:
    member = join(old)
    answer = As(owner).change(member, new)
    assert (answer.status_code, answer.json()["role"]) == (200, new)
    member.refresh_from_db()
    assert member.role == new
    assert acts() == ([] if old == new else ["ROLE_CHANGED"])


@pytest.mark.parametrize("old", ROLES)
@pytest.mark.parametrize("new", ROLES)
def test_an_administrator_changes_all_but_owners(join: Join, old: str, new: str) -> None:
    admin, member = join("ADMIN"), join(old)
    answer = As(admin).change(member, new)
    member.refresh_from_db()
    if "OWNER" in (old, new):
        assert refusal(answer) == (403, "OWNERS_ONLY")
        assert member.role == old
        assert acts() == []
    else:
        assert answer.status_code == 200
        assert member.role == new


@pytest.mark.parametrize("role", ["OWNER", "ADMIN"])
@pytest.mark.parametrize("new", ROLES)
def test_nobody_changes_their_own_role(join: Join, owner: Membership, role: str, new: str) -> None:
    place = join(role)
    assert refusal(As(place).change(place, new)) == (403, "OWN_ROLE")
    place.refresh_from_db()
    assert place.role == role


def test_a_role_holds_from_the_next_request_on(join: Join, owner: Membership) -> None:
    member = join("ADMIN")
    asked = As(member)
    assert As(owner).change(member, "VIEWER").status_code == 200
    assert refusal(asked.change(owner, "VIEWER")) == (403, "ROLE_NOT_ALLOWED")


@pytest.mark.parametrize("role", ["", "KING", "owner", None])
def test_an_unknown_role_is_refused(
    join: Join, owner: Membership, pages_of: PagesOf, role: str | None
) -> None:
    member = join("VIEWER")
    answer = As(owner).client.patch(f"{MEMBERS}/{member.pk}", {"role": role})
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == ["role"]
    page = pages_of(owner.user).post(f"/team/members/{member.pk}/role/", {"role": role or ""})
    assert page.status_code == 404
    member.refresh_from_db()
    assert member.role == "VIEWER"


def test_an_administrator_removes_all_but_owners(join: Join, owner: Membership) -> None:
    admin = join("ADMIN")
    assert refusal(As(admin).remove(owner)) == (403, "OWNERS_ONLY")
    for role in ("ADMIN", "MEMBER", "BILLING", "VIEWER"):
        member = join(role)
        assert As(admin).remove(member).status_code == 204
        assert not Membership.objects.filter(pk=member.pk).exists()
    assert acts() == ["MEMBER_REMOVED"] * 4


def test_who_is_removed_is_out_at_once(
    bob: User, owner: Membership, acme: Organization, pages_of: PagesOf
) -> None:
    """Bob has had no other organisation: he gets one of his own."""
    client, asked = pages_of(bob), As(place_of(bob, acme))
    client.post("/team/switch/", {"organization": acme.pk})
    assert As(owner).remove(place_of(bob, acme)).status_code == 204
    assert refusal(asked.leave()) == (404, "ORGANIZATION_NOT_FOUND")
    page = client.get("/team/")
    assert page.context["organization"].name == "Bob Burns"
    assert role_of(bob, page.context["organization"]) == "OWNER"


def test_who_is_removed_falls_back_to_their_own(
    join: Join, owner: Membership, pages_of: PagesOf
) -> None:
    member = join("MEMBER", first_name="Erin", last_name="Eck")
    client = pages_of(member.user)
    client.post("/team/switch/", {"organization": member.organization_id})
    As(owner).remove(member)
    assert client.get("/team/").context["organization"].name == "Erin Eck"
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("goes", ["removed", "leaves"])
def test_the_keys_of_who_goes_are_revoked_here_only(
    join: Join, owner: Membership, goes: str
) -> None:
    member = join("MEMBER")
    own = Membership.objects.get(user=member.user, role="OWNER")
    scopes = ["numbers:read"]
    here = making.create(place=member, name="Here", scopes=scopes).key
    there = making.create(place=own, name="There", scopes=scopes).key
    hers = making.create(place=owner, name="Hers", scopes=scopes).key
    answer = As(owner).remove(member) if goes == "removed" else As(member).leave()
    assert answer.status_code == 204
    live = set(ApiKey.objects.filter(revoked_at=None))
    assert live == {there, hers}
    here.refresh_from_db()
    assert timezone.now() - here.revoked_at < timedelta(minutes=1)


def test_who_is_removed_can_be_invited_again(join: Join, owner: Membership) -> None:
    member = join("MEMBER")
    As(owner).remove(member)
    body = {"email": member.user.email, "role": "VIEWER"}
    assert As(owner).client.post("/api/v1/invitations", body).status_code == 201


def test_everybody_may_leave_but_the_last_owner(
    join: Join, owner: Membership, pages_of: PagesOf
) -> None:
    for role in ("ADMIN", "MEMBER", "BILLING", "VIEWER", "OWNER"):
        assert As(join(role)).leave().status_code == 204
    assert acts() == ["MEMBER_LEFT"] * 5
    assert refusal(As(owner).leave()) == (409, "LAST_OWNER")
    assert refusal(As(owner).remove(owner)) == (409, "LAST_OWNER")
    page = pages_of(owner.user).post("/team/leave/", follow=True)
    assert "An organisation needs an owner" in page.content.decode()
    owner.refresh_from_db()
    assert owner.role == "OWNER"


def test_two_owners_cannot_both_go(join: Join, owner: Membership) -> None:
    other = join("OWNER")
    assert As(other).change(owner, "VIEWER").status_code == 200
    assert refusal(As(owner).change(other, "VIEWER")) == (403, "ROLE_NOT_ALLOWED")
    assert refusal(As(other).leave()) == (409, "LAST_OWNER")


def test_handing_over(join: Join, owner: Membership, acme: Organization) -> None:
    heir = join("VIEWER")
    answer = As(owner).hand_over(heir)
    assert (answer.status_code, answer.json()["role"]) == (200, "OWNER")
    assert (role_of(heir.user, acme), role_of(owner.user, acme)) == ("OWNER", "ADMIN")
    assert acts() == ["OWNERSHIP_HANDED_OVER"]
    assert refusal(As(owner).hand_over(heir)) == (403, "ROLE_NOT_ALLOWED")
    assert As(owner).leave().status_code == 204


def test_handing_over_to_oneself_or_to_a_stranger_changes_nothing(
    owner: Membership, charlie: User, acme: Organization
) -> None:
    stranger = Membership.objects.get(user=charlie)
    assert refusal(As(owner).hand_over(owner)) == (409, "OWNER_ALREADY")
    assert refusal(As(owner).hand_over(stranger)) == (404, "MEMBER_NOT_FOUND")
    assert role_of(owner.user, acme) == "OWNER"
    assert role_of(charlie, acme) is None


def test_an_administrator_hands_nothing_over(join: Join, owner: Membership) -> None:
    admin, heir = join("ADMIN"), join("MEMBER")
    assert refusal(As(admin).hand_over(heir)) == (403, "ROLE_NOT_ALLOWED")
    heir.refresh_from_db()
    assert heir.role == "MEMBER"


def test_somebody_elses_members_are_not_there(
    owner: Membership, charlie: User, charlie_api: APIClient, pages_of: PagesOf
) -> None:
    path = f"{MEMBERS}/{owner.pk}"
    assert refusal(charlie_api.patch(path, {"role": "VIEWER"})) == (404, "MEMBER_NOT_FOUND")
    assert refusal(charlie_api.delete(path)) == (404, "MEMBER_NOT_FOUND")
    named = {"HTTP_X_ORGANIZATION": str(owner.organization_id)}
    for answer in (
        charlie_api.get(MEMBERS, **named),
        charlie_api.delete(path, **named),
        charlie_api.post(f"{MEMBERS}/leave", **named),
    ):
        assert refusal(answer) == (404, "ORGANIZATION_NOT_FOUND")
    client = pages_of(charlie)
    assert client.get(f"/team/members/{owner.pk}/remove/").status_code == 404
    assert client.post(f"/team/members/{owner.pk}/remove/").status_code == 404
    assert client.post(f"/team/members/{owner.pk}/role/", {"role": "VIEWER"}).status_code == 404
    owner.refresh_from_db()
    assert owner.role == "OWNER"


def test_a_key_does_none_of_it(owner: Membership, join: Join) -> None:
    member = join("MEMBER")
    all_scopes = [scope.value for scope in making.allowed_scopes(owner)]
    secret = making.create(place=owner, name="All", scopes=all_scopes).secret
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    before = list(Membership.objects.values_list("pk", "role"))
    dora = {"email": "dora@example.com", "role": "VIEWER"}
    for method, path, body in [
        ("get", ORGANIZATIONS, {}),
        ("post", ORGANIZATIONS, {"name": "Mine"}),
        ("get", f"{ORGANIZATIONS}/current", {}),
        ("patch", f"{ORGANIZATIONS}/current", {"name": "Mine"}),
        ("get", MEMBERS, {}),
        ("patch", f"{MEMBERS}/{member.pk}", {"role": "OWNER"}),
        ("delete", f"{MEMBERS}/{member.pk}", {}),
        ("post", f"{MEMBERS}/leave", {}),
        ("post", f"{MEMBERS}/hand-over", {"memberId": str(member.pk)}),
        ("get", "/api/v1/invitations", {}),
        ("post", "/api/v1/invitations", dora),
        ("post", "/api/v1/invitations/accept", {"token": "inv_"}),
    ]:
        assert refusal(getattr(client, method)(path, body)) == (403, "KEY_NOT_ALLOWED"), path
    assert list(Membership.objects.values_list("pk", "role")) == before
    assert Organization.objects.count() == 2


def test_on_the_pages(join: Join, owner: Membership, pages_of: PagesOf) -> None:
    client, member = pages_of(owner.user), join("VIEWER", first_name="Erin", last_name="Eck")
    page = client.post(f"/team/members/{member.pk}/role/", {"role": "ADMIN"}, follow=True)
    assert "Erin Eck: Administrator from now on." in page.content.decode()
    assert "Remove Erin Eck?" in client.get(f"/team/members/{member.pk}/remove/").content.decode()
    member.refresh_from_db()
    assert member.role == "ADMIN"
    page = client.post(f"/team/members/{member.pk}/remove/", follow=True)
    assert "Erin Eck is no longer in Alice Ames." in page.content.decode()
    heir = join("MEMBER", first_name="Finn", last_name="Fox")
    page = client.post("/team/hand-over/", {"member": heir.pk}, follow=True)
    assert "Finn Fox owns Alice Ames now." in page.content.decode()
    page = client.post("/team/leave/", follow=True)
    assert "You have left Alice Ames." in page.content.decode()
    assert page.context["organization"].name == "Alice Ames"
    assert page.context["organization"].pk != owner.organization_id


def test_the_page_hands_over_to_members_only(
    owner: Membership, charlie: User, pages_of: PagesOf
) -> None:
    stranger = Membership.objects.get(user=charlie)
    for member in (stranger.pk, owner.pk, "", "x"):
        answer = pages_of(owner.user).post("/team/hand-over/", {"member": member})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == ["member"]
    owner.refresh_from_db()
    assert owner.role == "OWNER"


def test_last_seen_is_the_latest_of_all(owner: Membership, join: Join, pages_of: PagesOf) -> None:
    member = join("MEMBER")
    client = pages_of(owner.user)
    shown = {it["user"].pk: it["last_seen"] for it in client.get("/team/").context["members"]}
    assert shown[member.user_id] is None
    assert shown[owner.user_id] is not None
    As(member).client.get(MEMBERS)
    shown = {it["user"].pk: it["last_seen"] for it in client.get("/team/").context["members"]}
    assert timezone.now() - shown[member.user_id] < timedelta(minutes=1)


def test_long_teams_are_turned_over(owner: Membership, pages_of: PagesOf) -> None:
    for _ in range(21):
        Membership.objects.create(
            user=UserFactory(), organization=owner.organization, role="VIEWER"
        )
    page = pages_of(owner.user).get("/team/")
    assert len(page.context["members"]) == 20
    assert page.context["page"].next
