"""People in the admin, and what staff may do there."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.models import (
    ApiKey,
    AuditEntry,
    DataExport,
    Invitation,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.tests.factories import UserFactory, organization_of
from didshop import outbox
from didshop.fields import new_id
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

MODELS = ("user", "organization", "session")
NEW_USER = {
    "email": "New@example.com",
    "first_name": "New",
    "usable_password": "true",
    "password1": "a long enough password",
    "password2": "a long enough password",
}
# What a browser sends for the tables below the form.
NO_INLINES = {
    f"{table}-{count}_FORMS": 0
    for table in (
        "emailaddress_set",
        "memberships",
        "authenticator_set",
        "api_keys",
        "usersession_set",
        "api_sessions",
    )
    for count in ("TOTAL", "INITIAL")
}


def signed_in(role: str, email: str = "staff@example.com") -> Client:
    client = Client()
    client.force_login(UserFactory(role=role, email=email))
    return client


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


def one_of(model: str, alice: User) -> str:
    sessions.start(alice)
    subject = {
        "user": alice,
        "organization": organization_of(alice),
        "session": Session.objects.filter(user=alice).latest("id"),
    }[model]
    return f"/admin/accounts/{model}/{subject.pk}/change/"


@pytest.mark.parametrize("role", ["ADMIN", "SUPER_ADMIN"])
@pytest.mark.parametrize("model", MODELS)
def test_staff_look_at_everything(alice: User, role: str, model: str) -> None:
    client = signed_in(role)
    assert client.get(f"/admin/accounts/{model}/?q=alice").status_code == 200
    assert client.get(one_of(model, alice)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_customers_do_not_get_in(alice: User, model: str) -> None:
    client = Client()
    client.force_login(alice)
    answer = client.get(f"/admin/accounts/{model}/")
    assert answer.status_code in (302, 403)


def test_strangers_are_sent_to_the_one_login_page() -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_staff_change_nothing_without_a_group_that_says_so(alice: User) -> None:
    client = signed_in("ADMIN")
    change = client.post(one_of("user", alice), {"first_name": "Changed", "is_active": ""})
    password = client.get(f"/admin/accounts/user/{alice.pk}/password/")
    add = client.post("/admin/accounts/user/add/", NEW_USER)
    assert [change.status_code, password.status_code, add.status_code] == [403, 403, 403]
    alice.refresh_from_db()
    assert (alice.first_name, alice.is_active) == ("Alice", True)


def test_a_permission_to_change_users_does_not_reach_staff_or_roles(alice: User) -> None:
    staff = UserFactory(role="ADMIN")
    staff.user_permissions.add(Permission.objects.get(codename="change_user"))
    client = Client()
    client.force_login(staff)
    boss = UserFactory(role="SUPER_ADMIN")

    client.post(
        one_of("user", alice),
        {"first_name": "Changed", "role": "SUPER_ADMIN", "is_active": "on", **NO_INLINES},
    )
    alice.refresh_from_db()
    assert (alice.first_name, alice.role) == ("Changed", "USER")
    assert client.post(one_of("user", boss), {"first_name": "Changed"}).status_code == 403
    assert client.get(f"/admin/accounts/user/{boss.pk}/password/").status_code == 403
    assert client.post(one_of("user", staff), {"role": "SUPER_ADMIN"}).status_code == 403


def test_a_user_made_by_staff_has_an_organisation_too() -> None:
    client = signed_in("SUPER_ADMIN")
    assert client.get("/admin/accounts/user/add/").status_code == 200
    answer = client.post("/admin/accounts/user/add/", NEW_USER)
    assert answer.status_code == 302
    user = User.objects.get(email="new@example.com")
    assert user.check_password("a long enough password")
    assert Membership.objects.get(user=user).role == "OWNER"


def test_a_user_is_deactivated_by_a_button_alone(alice: User) -> None:
    client = signed_in("SUPER_ADMIN")
    page = f"/admin/accounts/user/{alice.pk}/change/"
    person = {"first_name": "Alice", "last_name": "Ames", "role": "USER"}
    assert client.post(page, {**person, **NO_INLINES}).status_code == 302
    alice.refresh_from_db()
    assert alice.is_active
    client.post(f"/admin/accounts/user/{alice.pk}/deactivate/")
    alice.refresh_from_db()
    assert not alice.is_active


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted(alice: User, model: str) -> None:
    client = signed_in("SUPER_ADMIN")
    page = one_of(model, alice).replace("/change/", "/delete/")
    assert client.post(page, {"post": "yes"}).status_code == 403
    assert User.objects.count() == Organization.objects.count() == 2


def test_what_each_role_may() -> None:
    customer, staff, boss = (UserFactory(role=role) for role in User.Role.values)
    assert [user.has_perm("orders.view_order") for user in (customer, staff, boss)] == [
        False,
        True,
        True,
    ]
    assert [user.has_perm("orders.change_order") for user in (customer, staff, boss)] == [
        False,
        False,
        True,
    ]
    staff.is_active = False
    assert not staff.has_perm("orders.view_order")
    assert not staff.has_module_perms("orders")


# ---------------------------------------------------------------- what the lists cost and hide
def crowd(amount: int) -> None:
    """People with one of everything that the lists and pages show."""
    for number in range(amount):
        user = UserFactory(email=f"crowd{number}-{new_id()}@example.com")
        organization = organization_of(user)
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        sessions.start(user)
        UserSession.objects.create(user=user, ip="198.51.100.7", session_key=f"s{new_id()}")
        key = ApiKey.objects.create(
            organization=organization,
            created_by=user,
            name="Program",
            prefix="dsk_4fGh2K",
            key_hash=f"HASH-{new_id()}",
        )
        Invitation.objects.create(
            organization=organization,
            email="guest@example.com",
            role="MEMBER",
            invited_by=user,
            token_hash=f"HASH-{new_id()}",
            expires_at=timezone.now(),
        )
        DataExport.objects.create(user=user, content=b"everything")
        outbox.post(to=user.email, template="emails/password_set_by_staff", context={})
        AuditEntry.objects.create(
            act="KEY_CREATED", actor=user, organization=organization, api_key=key
        )


LISTS = (
    "accounts/user",
    "accounts/organization",
    "accounts/membership",
    "accounts/invitation",
    "accounts/apikey",
    "accounts/auditentry",
    "accounts/session",
    "accounts/dataexport",
    "usersessions/usersession",
    "auditlog/logentry",
    "didshop/outgoingmail",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_however_long(path: str, django_assert_num_queries: Any) -> None:
    client = signed_in("SUPER_ADMIN")
    for amount in (1, 4):
        crowd(amount)
        # Session, user, how many there are, and the rows.
        with django_assert_num_queries(4):
            assert client.get(f"/admin/{path}/").status_code == 200


def test_a_users_page_costs_the_same_however_much_they_have() -> None:
    client = signed_in("SUPER_ADMIN")
    crowd(1)
    user = User.objects.get(email__startswith="crowd")
    page = f"/admin/accounts/user/{user.pk}/change/"
    with CaptureQueriesContext(connection) as once:
        client.get(page)
    for _ in range(3):
        sessions.start(user)
        UserSession.objects.create(user=user, ip="198.51.100.7", session_key=f"s{new_id()}")
    with CaptureQueriesContext(connection) as more:
        client.get(page)
    assert len(once) == len(more)


def test_no_secret_is_shown() -> None:
    client = signed_in("SUPER_ADMIN")
    crowd(1)
    user = User.objects.get(email__startswith="crowd")
    organization = organization_of(user)
    secrets = {
        "HASH-",
        "everything",
        UserSession.objects.get(user=user).session_key,
        Session.objects.get(user=user).current_jti,
        Authenticator.objects.get(user=user).data["secret"],
        user.password.rpartition("$")[2],
    }
    pages = [
        f"accounts/user/{user.pk}/change/",
        f"accounts/organization/{organization.pk}/change/",
        f"accounts/apikey/{ApiKey.objects.get().pk}/change/",
        f"accounts/invitation/{Invitation.objects.get().pk}/change/",
        f"accounts/session/{Session.objects.get().pk}/change/",
        f"accounts/dataexport/{DataExport.objects.get().pk}/change/",
        f"usersessions/usersession/{UserSession.objects.get(user=user).pk}/change/",
        f"didshop/outgoingmail/{OutgoingMail.objects.get().pk}/change/",
        *(f"{path}/" for path in LISTS),
    ]
    for path in pages:
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert not {secret for secret in secrets if secret in page}, path
    mail = client.get(f"/admin/didshop/outgoingmail/{OutgoingMail.objects.get().pk}/change/")
    assert "Whoever set it knows it" not in mail.content.decode()


def test_packages_own_pages_are_gone() -> None:
    client = signed_in("SUPER_ADMIN")
    for path in ("account/emailaddress/", "mfa/authenticator/"):
        assert client.get(f"/admin/{path}").status_code == 404


# ---------------------------------------------------------------- finding
def found(client: Client, query: str) -> set[str]:
    answer = client.get(f"/admin/accounts/user/?{query}")
    return {user.email.partition("@")[0] for user in answer.context["cl"].result_list}


def test_people_are_found_by_what_stands_in_the_way_of_them() -> None:
    client = signed_in("SUPER_ADMIN")
    UserFactory(email="unconfirmed@example.com", confirmed=False)
    UserFactory(email="deactivated@example.com", is_active=False)
    TOTP.activate(UserFactory(email="careful@example.com"), "JBSWY3DPEHPK3PXP")
    assert found(client, "confirmed=no") == {"unconfirmed"}
    assert found(client, "is_active__exact=0") == {"deactivated"}
    assert found(client, "second_factor=yes") == {"careful"}
    assert found(client, "role__exact=SUPER_ADMIN") == {"staff"}
    assert found(client, "q=care") == {"careful"}
    assert len(found(client, "")) == 4


def test_the_log_is_found_by_act_and_by_whom(alice: User) -> None:
    client = signed_in("ADMIN")
    organization = organization_of(alice)
    AuditEntry.objects.create(act="KEY_CREATED", actor=alice, organization=organization)
    AuditEntry.objects.create(act="SIGNED_IN", actor=alice)
    for query, amount in {"act=KEY_CREATED": 1, "q=alice@": 2, f"q={organization}": 1}.items():
        answer = client.get("/admin/accounts/auditentry/", dict([query.split("=", 1)]))
        assert len(answer.context["cl"].result_list) == amount, query


def test_nobody_changes_the_log(alice: User) -> None:
    client = signed_in("SUPER_ADMIN")
    entry = AuditEntry.objects.create(act="SIGNED_IN", actor=alice)
    page = f"/admin/accounts/auditentry/{entry.pk}"
    assert client.post(f"{page}/change/", {"act": "SIGNED_OUT"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/accounts/auditentry/add/").status_code == 403


# ---------------------------------------------------------------- the first page
def test_the_first_page_counts_what_needs_a_person(alice: User) -> None:
    client = signed_in("SUPER_ADMIN")
    UserFactory(email="unconfirmed@example.com", confirmed=False)
    UserFactory(email="deactivated@example.com", is_active=False)
    outbox.post(to="a@example.com", template="emails/password_set_by_staff", context={})
    OutgoingMail.objects.update(attempts=3, error="The mail server is away.")
    ApiKey.objects.create(
        organization=organization_of(alice),
        created_by=alice,
        name="Program",
        key_hash="a",
        expires_at=timezone.now() + timedelta(days=3),
    )
    tiles = client.get("/admin/").context["tiles"]
    assert [tile.count for tile in tiles] == [4, 1, 1, 1, 1]
    for tile in tiles:
        page = client.get(tile.url)
        assert page.status_code == 200
        assert len(page.context["cl"].result_list) == tile.count, tile.label


def test_a_mail_is_tried_again(alice: User, run_tasks: Any, mailoutbox: list[Any]) -> None:
    outbox.post(to="a@example.com", template="emails/password_set_by_staff", context={})
    OutgoingMail.objects.update(attempts=50, failed_at=timezone.now(), error="Away.")
    mail = OutgoingMail.objects.get()
    choice = {"action": "send_again", "_selected_action": [str(mail.pk)]}
    signed_in("ADMIN", "looker@example.com").post("/admin/didshop/outgoingmail/", choice)
    mail.refresh_from_db()
    assert mail.failed_at is not None
    signed_in("SUPER_ADMIN").post("/admin/didshop/outgoingmail/", choice)
    outbox.send(mail.pk)
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert len(mailoutbox) == 1
