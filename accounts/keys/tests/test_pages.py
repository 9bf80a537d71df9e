"""The pages of keys: the list, making one and seeing it once, revoking it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import making
from accounts.keys.secret import hash_of
from accounts.keys.tests.conftest import MakeKey, key_client
from accounts.models import ApiKey, Membership, User
from accounts.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LIST, NEW = "/keys/", "/keys/new/"
FORM = {"name": "Dashboard", "scopes": ["numbers:read", "calls:read"], "expiry": "90"}


@pytest.fixture
def alices(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def bobs(bob: User) -> Client:
    return signed_in(bob)


def signed_in(user: User) -> Client:
    """Their browser, in which they have just shown who they are."""
    client = Client()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def shown(answer: Any, status: int = 200) -> str:
    """The page, white space in one."""
    assert answer.status_code == status, answer.content
    return " ".join(answer.content.decode().split())


# ---------------------------------------------------------------- making one
def test_a_key_is_made_and_shown_once(alices: Client) -> None:
    answer = alices.post(NEW, FORM)
    text, key = shown(answer), ApiKey.objects.get()
    secret = answer.context["secret"]
    assert key.key_hash == hash_of(secret)
    assert key.scopes == ["numbers:read", "calls:read"]
    assert f'<code id="secret">{secret}</code>' in text
    assert f"Authorization: Bearer {secret}" in text
    assert "/api/v1/numbers" in text
    assert answer["Cache-Control"] == "no-store"
    for page in (LIST, NEW, f"/keys/{key.pk}/revoke/", "/"):
        assert secret not in shown(alices.get(page))
    assert secret not in str(dict(alices.session))


@pytest.mark.parametrize(("expiry", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_it_ends_after_so_many_days(alices: Client, expiry: str, days: int) -> None:
    shown(alices.post(NEW, {**FORM, "expiry": expiry}))
    ends = ApiKey.objects.get().expires_at
    assert ends is not None
    assert abs(ends - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_it_ends_never(alices: Client) -> None:
    shown(alices.post(NEW, {**FORM, "expiry": "never"}))
    assert ApiKey.objects.get().expires_at is None


def test_it_ends_with_a_day(alices: Client) -> None:
    day = timezone.now().date() + timedelta(days=3)
    shown(alices.post(NEW, {**FORM, "expiry": "date", "expires_on": day.isoformat()}))
    ends = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=UTC)
    assert ApiKey.objects.get().expires_at == ends


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Give the key a name."),
        ({"scopes": []}, "Choose at least one thing that the key may do."),
        ({"scopes": ["team:write"]}, "There is no scope team:write."),
        ({"expiry": "date"}, "Say which day is the last."),
        ({"expiry": "date", "expires_on": "2020-01-01"}, "Choose today or a later day."),
        ({"expiry": "date", "expires_on": "soon"}, "Enter a valid date."),
        ({"expiry": "forever"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_taken(alices: Client, fields: dict[str, Any], sentence: str) -> None:
    text = shown(alices.post(NEW, {**FORM, **fields}))
    assert sentence in text
    assert 'value="numbers:read" checked' in text or "scopes" in fields
    assert not ApiKey.objects.exists()


def test_what_the_role_lacks_cannot_be_ticked(bobs: Client) -> None:
    text = shown(bobs.get(NEW))
    assert 'value="billing:write" disabled' in text
    assert "not for the role Member" in text
    assert 'value="billing:read">' in text
    refused = shown(bobs.post(NEW, {**FORM, "scopes": ["numbers:read", "billing:write"]}))
    assert "A key may not do more than whoever makes it." in refused
    assert not ApiKey.objects.exists()


def test_too_many_keys(alices: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_LIVE_KEYS", 0)
    assert "0 live API keys at most" in shown(alices.post(NEW, FORM))
    assert not ApiKey.objects.exists()


def test_who_signed_in_a_while_ago_is_asked_whether_it_is_them(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    shown(client.get(NEW))
    asked = client.post(NEW, FORM)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()
    answer = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    # What was filled in is not lost.
    assert "dsk_" in shown(answer)
    assert ApiKey.objects.get().name == "Dashboard"


def test_making_keys_is_limited(alices: Client, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 0.1
    shown(alices.post(NEW, FORM))
    shown(alices.post(NEW, FORM), 429)
    assert ApiKey.objects.count() == 1


def test_staff_make_none_in_a_customers_place(alice: User) -> None:
    staff = User.objects.create_superuser("staff@example.com", PASSWORD)
    client = signed_in(staff)
    begun = client.post(reverse("impersonation:begin"), {"user_pk": str(alice.pk)})
    assert begun.status_code == 302
    assert client.session["_auth_user_id"] == str(alice.pk)
    for page in (LIST, NEW):
        shown(client.get(page), 403)
    shown(client.post(NEW, FORM), 403)
    assert not ApiKey.objects.exists()


# ---------------------------------------------------------------- the list
def test_without_keys_it_says_what_they_are(alices: Client) -> None:
    text = shown(alices.get(LIST))
    assert "No API key yet" in text
    assert f'href="{NEW}"' in text


def test_what_the_list_tells(alices: Client, bob: User, make_key: MakeKey) -> None:
    made = make_key(
        bob,
        name="Switch<b>board",
        scopes=("numbers:read", "numbers:write", "calls:read"),
        expires_at=timezone.now() + timedelta(days=5),
    )
    key_client(made.secret).get("/api/v1/numbers", REMOTE_ADDR="198.51.100.7")
    text = shown(alices.get(LIST))
    for told in (
        "Every key of Alice Ames.",
        "Switch&lt;b&gt;board",
        f"{made.secret[:10]}…",
        "<li>Numbers: read, write</li><li>Calls: read</li>",
        "Bob Burns",
        "Ends soon",
        "from 198.51.100.7",
        f"/keys/{made.key.pk}/revoke/",
    ):
        assert told in text
    Membership.objects.filter(user=bob).update(role="VIEWER")
    assert "Not while its maker’s role lacks it: Numbers: write" in shown(alices.get(LIST))


def test_a_member_sees_their_own(bob: User, bobs: Client, make_key: MakeKey) -> None:
    make_key(name="Of Alice")
    make_key(bob, name="Of Bob")
    text = shown(bobs.get(LIST))
    assert "The keys that you made for Alice Ames." in text
    assert "Of Bob" in text
    assert "Of Alice" not in text


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_costs_a_constant_number_of_queries(
    alices: Client, make_key: MakeKey, django_assert_max_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_key()
    # The session, the user, the membership with its organisation, the page.
    with django_assert_max_num_queries(4):
        assert shown(alices.get(LIST)).count("/revoke/") == count


@pytest.mark.parametrize("role", ["BILLING", "VIEWER"])
def test_who_may_not_see_it(bob: User, bobs: Client, role: str) -> None:
    Membership.objects.filter(user=bob).update(role=role)
    for page in (LIST, NEW):
        shown(bobs.get(page), 403)
    shown(bobs.post(NEW, FORM), 403)
    assert not ApiKey.objects.exists()


def test_strangers_are_asked_to_sign_in(client: Client, make_key: MakeKey) -> None:
    for page in (LIST, NEW, f"/keys/{make_key().key.pk}/revoke/"):
        assert client.get(page)["Location"].startswith("/accounts/login/")


# ---------------------------------------------------------------- revoking
def test_it_is_asked_and_then_ended(alices: Client, make_key: MakeKey) -> None:
    made = make_key()
    url = f"/keys/{made.key.pk}/revoke/"
    assert "Revoke Dashboard?" in shown(alices.get(url))
    assert ApiKey.objects.get().revoked_at is None
    answer = alices.post(url)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert ApiKey.objects.get().revoked_at is not None
    text = shown(alices.get(LIST))
    assert "Dashboard is revoked." in text
    assert url not in text
    assert "Nothing more is to be done." in shown(alices.get(url))


def test_anothers_key_is_not_there(bobs: Client, charlie: User, make_key: MakeKey) -> None:
    url = f"/keys/{make_key().key.pk}/revoke/"
    for client in (bobs, signed_in(charlie)):
        shown(client.get(url), 404)
        shown(client.post(url), 404)
    assert ApiKey.objects.get().revoked_at is None
