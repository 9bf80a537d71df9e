"""Offering a place: who may, to whom, how often, and what the mail says."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Invitation, Membership, Organization, User
from accounts.team.tests.conftest import (
    INVITATIONS,
    Invite,
    Join,
    PagesOf,
    acts,
    mailed,
    refusal,
    token_in,
)
from accounts.tests.factories import UserFactory, api_client
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

DORA = {"email": "dora@example.com", "role": "VIEWER"}


def test_an_invitation_is_kept_by_its_hash_and_mailed(
    alice: User, alice_api: APIClient, acme: Organization
) -> None:
    answer = alice_api.post(INVITATIONS, {"email": " Dora@Example.com ", "role": "VIEWER"})
    assert answer.status_code == 201
    invitation = Invitation.objects.get()
    assert answer.json() == {
        "id": str(invitation.pk),
        "email": "dora@example.com",
        "role": "VIEWER",
        "invitedBy": "alice@example.com",
        "expiresAt": answer.json()["expiresAt"],
        "createdAt": answer.json()["createdAt"],
    }
    assert (invitation.organization, invitation.invited_by) == (acme, alice)
    lifetime = invitation.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < lifetime <= timedelta(days=7)
    (mail,) = mailed()
    assert mail.to == "dora@example.com"
    token = token_in(mail)
    assert len(token) == 52
    assert token not in str(Invitation.objects.values().get())
    assert acts() == ["MEMBER_INVITED"]


@pytest.mark.parametrize("role", ["MEMBER", "BILLING", "VIEWER"])
def test_members_without_the_right_invite_nobody(join: Join, pages_of: PagesOf, role: str) -> None:
    place = join(role)
    theirs = {"HTTP_X_ORGANIZATION": str(place.organization_id)}
    answer = api_client(place.user).post(INVITATIONS, DORA, **theirs)
    assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")
    client = pages_of(place.user)
    client.post("/team/switch/", {"organization": place.organization_id})
    assert client.post("/team/", DORA).status_code == 403
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert acts() == []


def test_strangers_invite_nobody(api: APIClient, client: Client) -> None:
    assert api.post(INVITATIONS, DORA).status_code == 401
    assert client.post("/team/", DORA).headers["Location"].startswith("/accounts/login/")
    assert not Invitation.objects.exists()


def test_an_administrator_invites_administrators_but_no_owners(join: Join) -> None:
    place = join("ADMIN")
    client = api_client(place.user)
    theirs = {"HTTP_X_ORGANIZATION": str(place.organization_id)}
    answer = client.post(INVITATIONS, {**DORA, "role": "OWNER"}, **theirs)
    assert refusal(answer) == (403, "OWNERS_ONLY")
    assert not Invitation.objects.exists()
    assert client.post(INVITATIONS, {**DORA, "role": "ADMIN"}, **theirs).status_code == 201


def test_the_page_offers_an_administrator_no_owner(join: Join, pages_of: PagesOf) -> None:
    place = join("ADMIN")
    client = pages_of(place.user)
    client.post("/team/switch/", {"organization": place.organization_id})
    answer = client.post("/team/", {**DORA, "role": "OWNER"})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["role"]
    assert not Invitation.objects.exists()


def test_who_has_not_confirmed_their_address_invites_nobody(
    alice: User, alice_api: APIClient
) -> None:
    alice.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]
    assert refusal(alice_api.post(INVITATIONS, DORA)) == (403, "EMAIL_NOT_CONFIRMED")
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@example.com", "alice@example.com"])
def test_a_member_cannot_be_invited(alice_api: APIClient, bob: User, email: str) -> None:
    answer = alice_api.post(INVITATIONS, {"email": email, "role": "ADMIN"})
    assert refusal(answer) == (409, "ALREADY_MEMBER")
    assert not Invitation.objects.exists()
    assert Membership.objects.get(user=bob).role == "MEMBER"


def test_having_an_account_makes_no_difference_to_the_answer(
    alice_api: APIClient, charlie: User
) -> None:
    known = alice_api.post(INVITATIONS, {"email": charlie.email, "role": "MEMBER"})
    unknown = alice_api.post(INVITATIONS, {"email": "nobody@example.com", "role": "MEMBER"})
    assert known.status_code == unknown.status_code == 201
    assert known.json().keys() == unknown.json().keys()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**DORA, "email": "dora"}, "email"),
        ({**DORA, "email": ""}, "email"),
        ({**DORA, "email": "dora@example.com\r\nBcc: all@example.com"}, "email"),
        ({**DORA, "email": f"{'d' * 250}@example.com"}, "email"),
        ({**DORA, "role": "KING"}, "role"),
        ({"email": "dora@example.com"}, "role"),
    ],
)
def test_bad_input_is_told_by_field(
    alice: User, alice_api: APIClient, pages_of: PagesOf, body: dict[str, str], field: str
) -> None:
    answer = alice_api.post(INVITATIONS, body)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == [field]
    page = pages_of(alice).post("/team/", body)
    assert list(page.context["form"].errors) == [field]
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_inviting_again_renews(invite: Invite, alice_api: APIClient, charlie: User) -> None:
    first = invite(charlie.email, "VIEWER")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    second = invite("Charlie@example.com", "ADMIN")
    assert first != second
    invitation = Invitation.objects.get()
    assert invitation.role == "ADMIN"
    assert invitation.expires_at > timezone.now()
    old = api_client(charlie).post(f"{INVITATIONS}/accept", {"token": first})
    assert refusal(old) == (404, "INVITATION_UNKNOWN")
    assert api_client(charlie).post(f"{INVITATIONS}/accept", {"token": second}).status_code == 200


def test_sending_again_makes_a_new_link(
    invite: Invite, alice_api: APIClient, charlie: User
) -> None:
    first = invite(charlie.email)
    pk = Invitation.objects.get().pk
    assert alice_api.post(f"{INVITATIONS}/{pk}/resend").status_code == 200
    second = token_in(mailed()[-1])
    assert first != second
    old = api_client(charlie).post(f"{INVITATIONS}/accept", {"token": first})
    assert refusal(old) == (404, "INVITATION_UNKNOWN")
    assert api_client(charlie).post(f"{INVITATIONS}/accept", {"token": second}).status_code == 200
    assert refusal(alice_api.post(f"{INVITATIONS}/{pk}/resend")) == (404, "INVITATION_NOT_FOUND")
    assert len(mailed()) == 2


def test_withdrawing_ends_the_link(invite: Invite, alice_api: APIClient, charlie: User) -> None:
    token = invite(charlie.email)
    pk = Invitation.objects.get().pk
    assert alice_api.delete(f"{INVITATIONS}/{pk}").status_code == 204
    answer = api_client(charlie).post(f"{INVITATIONS}/accept", {"token": token})
    assert refusal(answer) == (409, "INVITATION_WITHDRAWN")
    assert not charlie.memberships.filter(role="MEMBER").exists()
    assert refusal(alice_api.delete(f"{INVITATIONS}/{pk}")) == (404, "INVITATION_NOT_FOUND")
    assert acts() == ["MEMBER_INVITED", "INVITATION_REVOKED"]
    # The address is free for another one.
    invite(charlie.email)


@pytest.mark.parametrize("method", ["delete", "post"])
def test_an_administrator_leaves_an_invited_owner_alone(
    invite: Invite, join: Join, method: str
) -> None:
    invite("dora@example.com", "OWNER")
    invitation = Invitation.objects.get()
    place = join("ADMIN")
    path = f"{INVITATIONS}/{invitation.pk}" + ("/resend" if method == "post" else "")
    theirs = {"HTTP_X_ORGANIZATION": str(place.organization_id)}
    answer = getattr(api_client(place.user), method)(path, **theirs)
    assert refusal(answer) == (403, "OWNERS_ONLY")
    assert Invitation.objects.get().revoked_at is None
    assert len(mailed()) == 1


def test_somebody_elses_invitation_is_not_there(
    invite: Invite, charlie: User, charlie_api: APIClient, pages_of: PagesOf
) -> None:
    token = invite("dora@example.com")
    invitation = Invitation.objects.get()
    path = f"{INVITATIONS}/{invitation.pk}"
    assert refusal(charlie_api.delete(path)) == (404, "INVITATION_NOT_FOUND")
    assert refusal(charlie_api.post(f"{path}/resend")) == (404, "INVITATION_NOT_FOUND")
    assert charlie_api.get(INVITATIONS).json()["results"] == []
    page = pages_of(charlie)
    for act in ("resend", "revoke"):
        assert page.post(f"/team/invitations/{invitation.pk}/{act}/").status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    assert token_in(mailed()[-1]) == token


def test_an_organisation_sends_so_many_an_hour(alice_api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 0.1
    statuses = [
        alice_api.post(INVITATIONS, {"email": f"d{n}@example.com", "role": "VIEWER"}).status_code
        for n in range(5)
    ]
    assert statuses == [201, 201, 201, 429, 429]
    answer = alice_api.post(INVITATIONS, DORA)
    assert refusal(answer) == (429, "TOO_MANY_REQUESTS")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert (Invitation.objects.count(), len(mailed())) == (3, 3)
    pk = Invitation.objects.first().pk  # type: ignore[union-attr]
    assert alice_api.post(f"{INVITATIONS}/{pk}/resend").status_code == 429
    assert len(mailed()) == 3


def test_another_organisation_has_a_limit_of_its_own(
    alice_api: APIClient, charlie_api: APIClient, settings: Any
) -> None:
    settings.RATE_LIMIT_SCALE = 0.02
    assert alice_api.post(INVITATIONS, DORA).status_code == 201
    assert alice_api.post(INVITATIONS, DORA).status_code == 429
    assert charlie_api.post(INVITATIONS, DORA).status_code == 201


@pytest.mark.parametrize("how_many", [1, 20])
def test_the_list_takes_as_many_queries_however_long(
    alice: User,
    alice_api: APIClient,
    acme: Organization,
    django_assert_num_queries: DjangoAssertNumQueries,
    how_many: int,
) -> None:
    for number in range(how_many):
        Invitation.objects.create(
            organization=acme,
            email=f"d{number}@example.com",
            role="VIEWER",
            invited_by=UserFactory() if number else alice,
            token_hash=str(number),
            expires_at=timezone.now(),
        )
    # The session, the membership, the list.
    with django_assert_num_queries(3):
        answer = alice_api.get(INVITATIONS)
    assert len(answer.json()["results"]) == how_many


def test_taken_and_withdrawn_ones_are_not_listed(
    invite: Invite, alice_api: APIClient, charlie: User
) -> None:
    api_client(charlie).post(f"{INVITATIONS}/accept", {"token": invite(charlie.email)})
    invite("dora@example.com")
    alice_api.delete(f"{INVITATIONS}/{Invitation.objects.get(accepted_at=None).pk}")
    invite("erin@example.com")
    listed = alice_api.get(INVITATIONS).json()["results"]
    assert [invitation["email"] for invitation in listed] == ["erin@example.com"]


def test_on_the_page(alice: User, pages_of: PagesOf) -> None:
    client = pages_of(alice)
    answer = client.post("/team/", DORA, follow=True)
    assert "The invitation is on its way to dora@example.com." in answer.content.decode()
    pk = Invitation.objects.get().pk
    answer = client.post(f"/team/invitations/{pk}/resend/", follow=True)
    assert "A new link is on its way to dora@example.com." in answer.content.decode()
    assert len(mailed()) == 2
    answer = client.post(f"/team/invitations/{pk}/revoke/", follow=True)
    assert "Its link no longer works." in answer.content.decode()
    assert Invitation.objects.get().revoked_at is not None


def test_a_refusal_stands_on_the_page(alice: User, bob: User, pages_of: PagesOf) -> None:
    answer = pages_of(alice).post("/team/", {"email": bob.email, "role": "VIEWER"})
    assert "bob@example.com is a member already." in answer.content.decode()
    assert not Invitation.objects.exists()
