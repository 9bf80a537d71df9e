"""Taking a place: by whom, with what link, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Invitation, Membership, Organization, User
from accounts.team.tests.conftest import (
    INVITATIONS,
    Invite,
    Join,
    PagesOf,
    acts,
    mailed,
    place_of,
    refusal,
    role_of,
    token_in,
)
from accounts.tests.factories import PASSWORD, UserFactory, api_client
from didshop.models import OutgoingMail
from didshop.tests.threads import all_at_once

pytestmark = pytest.mark.django_db
ACCEPT = f"{INVITATIONS}/accept"


def test_the_invited_one_takes_the_place(
    invite: Invite, charlie: User, charlie_api: APIClient, acme: Organization
) -> None:
    token = invite(charlie.email, "BILLING")
    answer = charlie_api.post(ACCEPT, {"token": token})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["name"], told["role"]) == (str(acme.pk), acme.name, "BILLING")
    assert role_of(charlie, acme) == "BILLING"
    invitation = Invitation.objects.get()
    assert invitation.accepted_by == charlie
    assert invitation.accepted_at is not None
    assert acts() == ["MEMBER_INVITED", "INVITATION_ACCEPTED"]
    # Their own organisation stays their first.
    assert charlie_api.get("/api/v1/organizations/current").json()["name"] == "Charlie Cole"


def test_the_address_counts_in_any_case(invite: Invite, charlie: User, acme: Organization) -> None:
    EmailAddress.objects.filter(user=charlie).update(email="Charlie@example.com")
    answer = api_client(charlie).post(ACCEPT, {"token": invite("charlie@example.com")})
    assert answer.status_code == 200
    assert role_of(charlie, acme) == "MEMBER"


Spoil = Callable[[str], str]


class Refused(NamedTuple):
    """What is done to a link, and how it is answered then."""

    spoil: Spoil
    status: int
    code: str
    sentence: str


def expired(token: str) -> str:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return token


def used(token: str) -> str:
    Invitation.objects.update(accepted_at=timezone.now(), accepted_by=UserFactory())
    return token


def withdrawn(token: str) -> str:
    Invitation.objects.update(revoked_at=timezone.now())
    return token


MALFORMED = (400, "INVITATION_MALFORMED", "not a whole invitation link")
REFUSED = [
    Refused(expired, 409, "INVITATION_EXPIRED", "This invitation expired on "),
    Refused(used, 409, "INVITATION_USED", "This invitation has been used already."),
    Refused(withdrawn, 409, "INVITATION_WITHDRAWN", "This invitation has been withdrawn."),
    Refused(lambda token: "inv_" + "0" * 48, 404, "INVITATION_UNKNOWN", "link is not known"),
    Refused(lambda token: token[:-1], *MALFORMED),
    Refused(lambda token: f"{token}0", *MALFORMED),
    Refused(lambda token: token.upper(), *MALFORMED),
    Refused(lambda token: "' OR 1=1", *MALFORMED),
]


@pytest.mark.parametrize("case", REFUSED)
def test_each_bad_link_has_its_own_sentence(
    invite: Invite, charlie: User, acme: Organization, pages_of: PagesOf, case: Refused
) -> None:
    token = case.spoil(invite(charlie.email))
    answer = api_client(charlie).post(ACCEPT, {"token": token})
    assert refusal(answer) == (case.status, case.code)
    assert case.sentence in answer.json()["error"]
    for client in (pages_of(charlie), Client()):
        page = client.get(f"/invitations/{token}/", follow=True)
        assert page.status_code == case.status
        assert case.sentence in page.content.decode()
        assert "Join Alice" not in page.content.decode()
    client = pages_of(charlie)
    client.get(f"/invitations/{token}/")
    assert client.post("/invitations/").status_code == case.status
    assert role_of(charlie, acme) is None
    assert acts() == ["MEMBER_INVITED"]


def test_another_address_does_not_get_the_place(
    invite: Invite, charlie: User, acme: Organization, pages_of: PagesOf
) -> None:
    token = invite("dora@example.com")
    answer = api_client(charlie).post(ACCEPT, {"token": token})
    assert refusal(answer) == (403, "INVITATION_FOREIGN")
    assert "charlie@example.com" in answer.json()["error"]
    assert "dora" not in answer.json()["error"]
    client = pages_of(charlie)
    page = client.get(f"/invitations/{token}/", follow=True)
    assert page.status_code == 403
    assert "This invitation is for another address" in page.content.decode()
    assert client.post("/invitations/").status_code == 403
    assert role_of(charlie, acme) is None
    assert Invitation.objects.get().accepted_at is None


def test_an_address_that_is_not_confirmed_does_not_get_the_place(
    invite: Invite, charlie: User, acme: Organization
) -> None:
    EmailAddress.objects.filter(user=charlie).update(verified=False)
    answer = api_client(charlie).post(ACCEPT, {"token": invite(charlie.email)})
    assert refusal(answer) == (403, "EMAIL_NOT_CONFIRMED")
    assert role_of(charlie, acme) is None
    assert Invitation.objects.get().accepted_at is None


def test_nobody_takes_a_place_without_signing_in(
    invite: Invite, api: APIClient, client: Client
) -> None:
    token = invite("dora@example.com")
    assert api.post(ACCEPT, {"token": token}).status_code == 401
    client.get(f"/invitations/{token}/")
    answer = client.post("/invitations/")
    assert answer.headers["Location"] == "/accounts/login/?next=/invitations/"
    assert Membership.objects.count() == 1


def test_a_link_is_good_once(invite: Invite, charlie: User, charlie_api: APIClient) -> None:
    token = invite(charlie.email)
    assert charlie_api.post(ACCEPT, {"token": token}).status_code == 200
    assert refusal(charlie_api.post(ACCEPT, {"token": token})) == (409, "INVITATION_USED")
    assert charlie.memberships.count() == 2


def test_a_member_keeps_the_role_they_have(
    invite: Invite, bob: User, bob_api: APIClient, acme: Organization
) -> None:
    token = invite("robert@example.com", "OWNER")
    EmailAddress.objects.filter(user=bob).update(email="robert@example.com")
    assert refusal(bob_api.post(ACCEPT, {"token": token})) == (409, "ALREADY_MEMBER")
    assert role_of(bob, acme) == "MEMBER"
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    ("role", "change", "is_good"),
    [
        ("VIEWER", "removed", False),
        ("ADMIN", "removed", False),
        ("VIEWER", "MEMBER", False),
        ("ADMIN", "OWNER", True),
    ],
)
def test_nobody_leaves_a_way_back_in(  # noqa: PLR0917 - three of them are the case's
    join: Join, charlie: User, alice_api: APIClient, role: str, change: str, is_good: bool
) -> None:
    sender = join("ADMIN")
    of_acme = {"X-Organization": str(sender.organization_id)}
    body = {"email": charlie.email, "role": role}
    sent = api_client(sender.user).post(INVITATIONS, body, headers=of_acme)
    assert sent.status_code == 201
    token = token_in(mailed()[-1])
    url = f"/api/v1/members/{sender.pk}"
    if change == "removed":
        assert alice_api.delete(url).status_code == 204
    else:
        assert alice_api.patch(url, {"role": change}).status_code == 200
    answer = api_client(charlie).post(ACCEPT, {"token": token})
    assert answer.status_code == (200 if is_good else 409)
    assert role_of(charlie, sender.organization) == (role if is_good else None)


def test_an_owner_who_hands_over_makes_no_owners_after(
    invite: Invite, join: Join, alice_api: APIClient, charlie: User, acme: Organization
) -> None:
    token = invite(charlie.email, "OWNER")
    heir = join("MEMBER")
    body = {"memberId": str(heir.pk)}
    assert alice_api.post("/api/v1/members/hand-over", body).status_code == 200
    answer = api_client(charlie).post(ACCEPT, {"token": token})
    assert refusal(answer) == (409, "INVITATION_WITHDRAWN")
    assert role_of(charlie, acme) is None


def test_an_invitation_outlives_who_leaves_freely(
    alice_api: APIClient, bob: User, invite: Invite, charlie: User, acme: Organization
) -> None:
    token = invite(charlie.email)
    alice_api.post("/api/v1/members/hand-over", {"memberId": str(place_of(bob, acme).pk)})
    assert alice_api.post("/api/v1/members/leave").status_code == 204
    assert api_client(charlie).post(ACCEPT, {"token": token}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_it(invite: Invite, charlie: User, acme: Organization) -> None:
    token = invite(charlie.email)
    clients = [api_client(charlie) for _ in range(2)]
    answers = all_at_once(
        *(lambda it=it: it.post(ACCEPT, {"token": token}).status_code for it in clients)
    )
    assert sorted(answers) == [200, 409]
    assert Membership.objects.filter(user=charlie, organization=acme).count() == 1


def test_on_the_page(invite: Invite, charlie: User, acme: Organization, pages_of: PagesOf) -> None:
    client = pages_of(charlie)
    token = invite(charlie.email, "VIEWER")
    answer = client.get(f"/invitations/{token}/")
    assert answer.headers["Location"] == "/invitations/"
    page = client.get("/invitations/").content.decode()
    assert "Join Alice Ames" in page
    assert "Viewer" in page
    assert token not in page
    answer = client.post("/invitations/", follow=True)
    assert "Welcome to Alice Ames." in answer.content.decode()
    assert answer.context["organization"].pk == acme.pk
    assert role_of(charlie, acme) == "VIEWER"


def test_a_page_without_a_link_says_where_to_find_it(client: Client) -> None:
    answer = client.get("/invitations/")
    assert answer.status_code == 400
    assert "Open the link in the mail that invited you." in answer.content.decode()


def test_a_stranger_signs_up_confirms_and_comes_back(
    invite: Invite, client: Client, acme: Organization
) -> None:
    page = client.get(f"/invitations/{invite('dora@example.com')}/", follow=True)
    sign_up = page.context["sign_up_url"]
    form = client.get(sign_up).context["form"]
    assert form["email"].value() == "dora@example.com"
    fields = {"first_name": "Dora", "email": "dora@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", {**fields, "next": "/invitations/"})
    assert client.post("/invitations/").status_code == 302
    link = confirmation_link("dora@example.com")
    assert client.post(link).headers["Location"] == "/invitations/"
    client.post("/invitations/")
    assert role_of(User.objects.get(email="dora@example.com"), acme) == "MEMBER"


def confirmation_link(email: str) -> str:
    """The path that the mail leads to."""
    mail = OutgoingMail.objects.filter(to=email).latest("id")
    found = next(part for part in mail.text.split() if "/confirm-email/" in part)
    return found[found.index("/accounts/") :]


def test_who_has_an_account_signs_in_and_comes_back(
    invite: Invite, client: Client, charlie: User, acme: Organization
) -> None:
    page = client.get(f"/invitations/{invite(charlie.email)}/", follow=True)
    form = client.get(page.context["sign_in_url"]).context["form"]
    assert form["login"].value() == charlie.email
    fields = {"login": charlie.email, "password": PASSWORD, "next": "/invitations/"}
    answer: Any = client.post("/accounts/login/", fields, follow=True)
    assert "Join Alice Ames" in answer.content.decode()
    client.post("/invitations/")
    assert role_of(charlie, acme) == "MEMBER"


def test_the_sign_in_page_takes_no_nonsense_for_an_address(client: Client) -> None:
    form = client.get("/accounts/login/?email=<script>").context["form"]
    assert form["login"].value() is None
