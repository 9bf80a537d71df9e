"""The end of an account: what goes, what stays, and what stands in the way."""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminEntry
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import Act
from accounts.entrance import registration
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
from accounts.privacy import erasing, exporting, retention
from accounts.privacy.tests import world
from accounts.privacy.tests.conftest import Visit
from accounts.tests.factories import PASSWORD, UserFactory, api_client, organization_of
from billing.models import Payment, PaymentMethod
from dids.models import Number
from didshop.errors import Conflict
from didshop.models import OutgoingMail
from didshop.tests.threads import all_at_once
from orders.models import Order
from telephony.models import CallLog
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me"
PAGE = "/accounts/privacy/delete/"
RunTasks = Callable[[], list[str]]


def places_of(text: str) -> set[str]:
    """Every table and column of the database in which the text stands, in whatever case."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                cast = f'lower(CAST("{column.name}" AS text))'
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" WHERE {cast} LIKE %s', [f"%{text.lower()}%"]
                )
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column.name}")
    return found


def is_untouched(user: User) -> bool:
    """Whether nothing of an erasure has been done to the user."""
    now = User.objects.get(pk=user.pk)
    return now.is_active and now.email == user.email and now.memberships.exists()


# ---------------------------------------------------------------- what goes
TRACES = (
    "alice@example.com",
    "rabbit@example.com",
    "Alice",
    "Ames",
    "Looking Glass",
    "202 555 0142",
    "12025550142",
    "dora@example.com",
    world.CALLER.removeprefix("+"),
    "Telescope",
    "hash-of-the-token",
    "SEED",
)


def test_nothing_in_the_database_leads_to_them(alice: User, run_tasks: RunTasks) -> None:
    world.fill(alice)
    exporting.make(exporting.ask(alice).pk)
    client = Client()
    client.force_login(alice)
    AdminEntry.objects.create(
        user=UserFactory(first_name="Staff", last_name="Member"),
        content_type=LogEntry.objects.get_for_model(User).first().content_type,
        object_id=str(alice.pk),
        object_repr="alice@example.com",
        action_flag=2,
    )
    assert all(places_of(trace) for trace in TRACES), "the search finds what is there"

    erasing.erase(alice)

    farewell = {"didshop_outgoingmail.to", "didshop_outgoingmail.text", "didshop_outgoingmail.html"}
    for trace in TRACES:
        assert places_of(trace) <= farewell, trace
    OutgoingMail.objects.update(sent_at=timezone.now() - retention.MAIL_KEPT, text="", html="")
    retention.forget_what_is_over()
    for trace in TRACES:
        assert places_of(trace) == set(), trace


def test_who_they_were_cannot_be_told(alice: User) -> None:
    world.fill(alice)
    erasing.erase(alice)
    alice.refresh_from_db()
    assert alice.email == f"erased-{alice.pk}@erased.invalid"
    assert (alice.first_name, alice.last_name, alice.company, alice.phone) == ("", "", "", "")
    assert (alice.is_active, alice.last_login, alice.has_usable_password()) == (False, None, False)
    assert Organization.objects.get().name == "Closed organisation"


def test_every_way_in_is_closed(alice: User) -> None:
    world.fill(alice)
    program = api_client(alice)
    browser = Client()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    erasing.erase(alice)
    for kind in (EmailAddress, Authenticator, UserSession, Session, DataExport, Membership):
        assert not kind.objects.exists(), kind
    assert not Invitation.objects.exists()
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert program.get(ME).status_code == 401
    assert browser.get("/numbers/").status_code == 302
    body = {"email": "alice@example.com", "password": PASSWORD}
    assert program.post("/api/v1/auth/login", body).status_code == 401


def test_the_books_stay(alice: User) -> None:
    world.fill(alice)
    erasing.erase(alice)
    order = Order.objects.get()
    assert (order.placed_by, order.total_amount, order.lines.count()) == (alice, 1.5, 1)
    assert Payment.objects.get().status == "CAPTURED"
    call = CallLog.objects.get()
    assert (call.from_number, call.to_number, call.duration) == ("erased", "erased", 60)
    assert PaymentMethod.objects.get().removed_at is not None
    assert Number.objects.get().phone_number.startswith("+1415555")


def test_the_audit_log_stays_and_tells_of_it(alice: User) -> None:
    world.fill(alice)
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    erasing.erase(alice)
    assert before < set(AuditEntry.objects.values_list("pk", flat=True))
    acts = AuditEntry.objects.exclude(pk__in=before).order_by("id").values_list("act", flat=True)
    assert list(acts) == [Act.ACCOUNT_ERASED, Act.ORGANIZATION_CLOSED]


def test_fields_that_changed_are_known_without_their_values(alice: User) -> None:
    alice.phone = "+1 202 555 0142"
    alice.save()
    erasing.erase(alice)
    entry = LogEntry.objects.get_for_object(alice).order_by("-id").first()
    assert entry.changes == {"phone": ["erased", "erased"]}


def test_a_last_mail_goes_to_the_old_address(
    alice: User, run_tasks: RunTasks, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(alice)
    run_tasks()
    [message] = mail.outbox
    assert message.to == ["alice@example.com"]
    assert message.subject == "Your account has been deleted"


def test_the_address_can_sign_up_anew(alice: User) -> None:
    erasing.erase(alice)
    again = registration.register(
        email="alice@example.com", password=PASSWORD, first_name="Alice", last_name="Ames"
    )
    assert again.pk != alice.pk
    assert organization_of(again) != Organization.objects.earliest("id")


def test_an_export_that_was_being_made_is_not(alice: User) -> None:
    export = exporting.ask(alice)
    erasing.erase(alice)
    exporting.make(export.pk)
    assert not DataExport.objects.exists()


# ---------------------------------------------------------------- what others keep
def test_others_keep_the_organisation_that_they_shared(alice: User, bob: User) -> None:
    world.fill(alice)
    organization = organization_of(alice)
    key = ApiKey.objects.create(
        organization=organization, created_by=bob, name="Bob's", prefix="dsk_b", key_hash="b"
    )
    erasing.erase(bob)
    organization.refresh_from_db()
    key.refresh_from_db()
    assert organization.name == "Looking Glass Ltd"
    assert key.revoked_at is not None
    assert ApiKey.objects.exclude(pk=key.pk).get().revoked_at is None
    assert [place.user for place in organization.memberships.all()] == [alice]
    assert CallLog.objects.get().from_number == world.CALLER
    assert PaymentMethod.objects.get().removed_at is None
    assert is_untouched(alice)
    entry = AuditEntry.objects.get(act=Act.MEMBER_LEFT)
    assert (entry.organization, entry.actor) == (organization, bob)


def test_invitations_to_any_of_their_addresses_go(alice: User, charlie: User) -> None:
    EmailAddress.objects.create(user=charlie, email="cole@example.com", verified=True)
    for place, address in enumerate(
        ("charlie@example.com", "cole@example.com", "dora@example.com")
    ):
        Invitation.objects.create(
            organization=organization_of(alice),
            email=address,
            role="MEMBER",
            invited_by=alice,
            token_hash=str(place),
            expires_at=timezone.now() + timedelta(days=1),
        )
    erasing.erase(charlie)
    assert [it.email for it in Invitation.objects.all()] == ["dora@example.com"]
    assert places_of("cole@example.com") == set()


# ---------------------------------------------------------------- what stands in the way
def hindered(user: User) -> list[str]:
    with pytest.raises(Conflict) as refusal:
        erasing.erase(user)
    assert refusal.value.code == "ACCOUNT_IN_USE"
    assert is_untouched(user)
    assert not AuditEntry.objects.filter(act=Act.ACCOUNT_ERASED).exists()
    assert not OutgoingMail.objects.exists()
    return [one["code"] for one in refusal.value.extra["hindrances"]]


def test_the_last_owner_hands_over_first(alice: User, bob: User) -> None:
    assert hindered(alice) == ["LAST_OWNER"]
    Membership.objects.filter(user=bob).update(role=Membership.Role.OWNER)
    erasing.erase(alice)
    assert organization_of(bob).name == "Alice Ames"


@pytest.mark.parametrize("status", ["ACTIVE", "SUSPENDED", "RELEASING", "PENDING"])
def test_live_numbers_are_released_first(alice: User, status: str) -> None:
    number = NumberFactory(purchased_by=alice, status=status)
    assert hindered(alice) == ["LIVE_NUMBERS"]
    Number.objects.filter(pk=number.pk).update(status="RELEASED")
    erasing.erase(alice)


@pytest.mark.parametrize("status", ["PENDING", "PROCESSING"])
def test_open_orders_come_to_their_end_first(alice: User, status: str) -> None:
    world.fill(alice)
    OutgoingMail.objects.all().delete()
    Order.objects.update(status=status)
    assert hindered(alice) == ["OPEN_ORDERS"]


def test_numbers_of_an_organisation_that_goes_on_are_no_hindrance(alice: User, bob: User) -> None:
    NumberFactory(purchased_by=bob, organization=organization_of(alice))
    erasing.erase(bob)
    assert Number.objects.get().status == "ACTIVE"


def test_staff_lose_their_place_first(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(role=User.Role.ADMIN)
    alice.refresh_from_db()
    assert hindered(alice) == ["STAFF"]


def test_all_of_it_or_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.fill(alice)

    def breaks(user: User) -> None:
        raise RuntimeError

    monkeypatch.setattr(erasing, "_pseudonymise", breaks)
    with pytest.raises(RuntimeError):
        erasing.erase(alice)
    alice.refresh_from_db()
    assert is_untouched(alice)
    assert Authenticator.objects.exists()
    assert CallLog.objects.get().from_number == world.CALLER


# ---------------------------------------------------------------- over the API
def test_deleting_over_the_api(alice: User, alice_api: APIClient) -> None:
    answer = alice_api.delete(ME, {"password": PASSWORD})
    assert (answer.status_code, answer.content) == (204, b"")
    assert not User.objects.get(pk=alice.pk).is_active
    assert alice_api.get(ME).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "wrong"}, 401, "INVALID_CREDENTIALS"),
        ({}, 400, "VALIDATION_ERROR"),
        ({"password": ""}, 400, "VALIDATION_ERROR"),
    ],
)
def test_without_the_password_nothing_happens(
    alice: User, alice_api: APIClient, body: dict[str, str], status: int, code: str
) -> None:
    answer = alice_api.delete(ME, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert is_untouched(alice)


def test_passwords_cannot_be_tried_here(alice: User, alice_api: APIClient) -> None:
    answers = [alice_api.delete(ME, {"password": "wrong"}) for _ in range(12)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert is_untouched(alice)


def test_the_api_tells_what_stands_in_the_way(alice: User, bob: User, alice_api: Any) -> None:
    answer = alice_api.delete(ME, {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "ACCOUNT_IN_USE")
    [hindrance] = answer.json()["hindrances"]
    assert hindrance["code"] == "LAST_OWNER"
    assert "Hand it over" in hindrance["message"]


# ---------------------------------------------------------------- on the page
def test_deleting_on_the_page(alice: User, alice_pages: Client) -> None:
    page = alice_pages.get(PAGE).text
    assert "What is kept, and why" in page
    assert "<strong>Alice Ames</strong>" in page
    answer = alice_pages.post(PAGE, {"email": "Alice@Example.com "}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Your account has been deleted." in answer.text
    assert "_auth_user_id" not in alice_pages.session
    assert not User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("email", ["", "bob@example.com"])
def test_the_address_has_to_be_written(alice: User, alice_pages: Client, email: str) -> None:
    answer = alice_pages.post(PAGE, {"email": email})
    assert list(answer.context["form"].errors) == ["email"]
    assert is_untouched(alice)


def test_the_page_tells_what_stands_in_the_way(alice: User, bob: User, alice_pages: Client) -> None:
    page = alice_pages.get(PAGE).text
    assert "You are the last owner of Alice Ames" in page
    assert "Delete my account for good" not in page
    answer = alice_pages.post(PAGE, {"email": alice.email}, follow=True)
    assert "You are the last owner of Alice Ames" in answer.text
    assert is_untouched(alice)


def test_erased_people_are_called_so(alice: User, bob: User, visit: Visit) -> None:
    erasing.erase(bob)
    page = visit(alice).get("/audit/")
    assert [(line.act, line.actor) for line in page.context["lines"]] == [
        ("Left the organisation", "Erased user")
    ]


# ---------------------------------------------------------------- at the same moment
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    """Dora, who owns nothing, must not be left alone."""
    for _ in range(5):
        owners = [UserFactory(first_name="Owner") for _ in range(2)]
        organization = organization_of(owners[0])
        Membership.objects.filter(user=owners[1]).delete()
        for person, role in ((owners[1], "OWNER"), (UserFactory(), "MEMBER")):
            Membership.objects.create(user=person, organization=organization, role=role)

        def leave(owner: User) -> bool:
            try:
                erasing.erase(owner)
            except Conflict:
                return False
            return True

        left = all_at_once(*(functools.partial(leave, owner) for owner in owners))

        assert sorted(left) == [False, True]
        assert organization.memberships.filter(role="OWNER").count() == 1
