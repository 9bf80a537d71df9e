"""What a key opens: whom it acts for, how far, and why it is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import audit
from accounts.audit import Act
from accounts.keys import making, revoking
from accounts.keys.making import NewKey
from accounts.keys.secret import new_secret
from accounts.keys.tests.conftest import MakeKey, key_client, refusal
from accounts.models import ApiKey, AuditEntry, Membership, Organization, User
from accounts.rights import SCOPES
from accounts.tests.factories import organization_of
from billing.models import PaymentMethod
from didshop.models import IdempotencyKey
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db
NUMBERS, ME = "/api/v1/numbers", "/api/v1/auth/me"
Queries = Callable[[int], Any]


# ---------------------------------------------------------------- what it opens
def test_it_acts_for_its_organisation_in_its_makers_name(alice: User, make_key: MakeKey) -> None:
    number = NumberFactory(purchased_by=alice)
    NumberFactory()
    program = key_client(make_key().secret)
    (found,) = program.get(NUMBERS).json()["results"]
    assert found["phoneNumber"] == number.phone_number
    me = program.get(ME).json()
    assert (me["email"], me["organization"]["name"]) == ("alice@example.com", "Alice Ames")


def test_it_is_bound_to_one_organisation(alice: User, make_key: MakeKey) -> None:
    other = Organization.objects.create(name="Other")
    Membership.objects.create(user=alice, organization=other, role="ADMIN")
    program = key_client(make_key().secret)
    own = {"X-Organization": str(organization_of(alice).pk)}
    assert program.get(NUMBERS, headers=own).status_code == 200
    answer = program.get(NUMBERS, headers={"X-Organization": str(other.pk)})
    assert refusal(answer) == (404, "ORGANIZATION_NOT_FOUND")


def test_of_a_later_organisation_it_opens_that_one(alice: User) -> None:
    other = Organization.objects.create(name="Other")
    place = Membership.objects.create(user=alice, organization=other, role="OWNER")
    made = making.create(place=place, name="x", scopes=["numbers:read"])
    assert key_client(made.secret).get(ME).json()["organization"]["name"] == "Other"


def test_the_scheme_may_be_written_in_any_case(make_key: MakeKey) -> None:
    header = f"bearer {make_key().secret}"
    assert APIClient().get(NUMBERS, headers={"Authorization": header}).status_code == 200


# ---------------------------------------------------------------- how far
def test_a_scope_it_does_not_have(make_key: MakeKey) -> None:
    program = key_client(make_key(scopes=("orders:read",)).secret)
    answer = program.get(NUMBERS)
    assert refusal(answer) == (403, "SCOPE_MISSING")
    assert "numbers:read" in answer.json()["error"]


def test_reading_is_not_writing(alice: User, make_key: MakeKey) -> None:
    number = NumberFactory(purchased_by=alice)
    program = key_client(make_key(scopes=("numbers:read",)).secret)
    answer = program.delete(f"{NUMBERS}/{number.pk}")
    assert refusal(answer) == (403, "SCOPE_MISSING")
    number.refresh_from_db()
    assert number.status == "ACTIVE"


def test_a_lowered_maker_lowers_the_key_at_once(
    alice: User, bob: User, make_key: MakeKey, card_body: dict[str, str]
) -> None:
    Membership.objects.filter(user=bob).update(role="ADMIN")
    program = key_client(make_key(bob, scopes=("billing:read", "billing:write")).secret)
    assert program.get("/api/v1/billing/payment-methods").status_code == 200
    Membership.objects.filter(user=bob).update(role="MEMBER")
    answer = program.post("/api/v1/billing/payment-method", card_body)
    assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")
    assert not PaymentMethod.objects.exists()
    assert program.get("/api/v1/billing/payment-methods").status_code == 200
    Membership.objects.filter(user=bob).update(role="VIEWER")
    answer = program.get("/api/v1/billing/payment-methods")
    assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")


@pytest.fixture
def card_body() -> dict[str, str]:
    return {"paymentMethodId": "pm_card_visa"}


def test_a_key_makes_and_ends_no_keys(make_key: MakeKey) -> None:
    made = make_key(scopes=tuple(SCOPES))
    program = key_client(made.secret)
    body = {"name": "x", "scopes": ["numbers:read"]}
    for answer in (
        program.get("/api/v1/api-keys"),
        program.post("/api/v1/api-keys", body),
        program.delete(f"/api/v1/api-keys/{made.key.pk}"),
        program.patch(f"/api/v1/api-keys/{made.key.pk}", {"name": "y"}),
    ):
        assert refusal(answer) == (403, "KEY_NOT_ALLOWED")
    key = ApiKey.objects.get()
    assert (key.name, key.revoked_at) == ("Dashboard", None)


# ---------------------------------------------------------------- why it is refused
def expire(made: NewKey) -> None:
    ApiKey.objects.filter(pk=made.key.pk).update(expires_at=timezone.now())


def deactivate(made: NewKey) -> None:
    User.objects.filter(pk=made.key.created_by_id).update(is_active=False)


def leave(made: NewKey) -> None:
    Membership.objects.filter(user=made.key.created_by).delete()


def revoke(made: NewKey) -> None:
    revoking.revoke(made.key, actor=made.key.created_by)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (expire, "KEY_EXPIRED"),
        (revoke, "KEY_REVOKED"),
        (deactivate, "KEY_MAKER_DEACTIVATED"),
        (leave, "KEY_MAKER_LEFT"),
    ],
)
def test_a_key_that_has_ended(
    bob: User, make_key: MakeKey, happens: Callable[[NewKey], None], code: str
) -> None:
    made = make_key(bob)
    happens(made)
    answer = key_client(made.secret).get(NUMBERS)
    assert refusal(answer) == (401, code)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    for told in ("Bob", bob.email, "Alice", "Dashboard"):
        assert told not in answer.json()["error"]
    assert ApiKey.objects.get().last_used_at is None


def test_who_comes_back_begins_afresh(alice: User, bob: User, make_key: MakeKey) -> None:
    made = make_key(bob)
    leave(made)
    Membership.objects.create(user=bob, organization=organization_of(alice), role="ADMIN")
    assert refusal(key_client(made.secret).get(NUMBERS)) == (401, "KEY_MAKER_LEFT")
    assert key_client(make_key(bob).secret).get(NUMBERS).status_code == 200


def test_a_key_that_nobody_made(db: None) -> None:
    assert refusal(key_client(new_secret()).get(NUMBERS)) == (401, "KEY_UNKNOWN")


@pytest.mark.parametrize("broken", ["dsk_", "dsk_x", "{}0", "{}\xe9", "dsk_ dsk_", "{} x"])
def test_a_broken_key_never_reaches_the_database(
    make_key: MakeKey, django_assert_num_queries: Queries, broken: str
) -> None:
    program = key_client(broken.format(make_key().secret))
    with django_assert_num_queries(0):
        answer = program.get(NUMBERS)
    assert refusal(answer) == (401, "KEY_MALFORMED")


def test_a_mistyped_key_never_reaches_the_database(
    make_key: MakeKey, django_assert_num_queries: Queries
) -> None:
    secret = make_key().secret
    mistyped = secret[:-7] + ("a" if secret[-7] != "a" else "b") + secret[-6:]
    with django_assert_num_queries(0):
        assert refusal(key_client(mistyped).get(NUMBERS)) == (401, "KEY_MALFORMED")


def test_a_url_is_no_place_for_a_key(api: APIClient, make_key: MakeKey) -> None:
    secret = make_key().secret
    for name in ("key", "api_key", "apiKey", "access_token", "token"):
        assert refusal(api.get(NUMBERS, {name: secret})) == (401, "UNAUTHENTICATED")
    answer = api.get(NUMBERS, headers={"X-API-Key": secret})
    assert refusal(answer) == (401, "UNAUTHENTICATED")


def test_a_key_opens_no_pages(make_key: MakeKey) -> None:
    answer = key_client(make_key().secret).get("/numbers/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


# ---------------------------------------------------------------- that it was used
def test_use_is_noted_once_a_minute(
    make_key: MakeKey, django_assert_num_queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = key_client(make_key().secret)
    # The key with its maker and organisation, its use, the membership, the page.
    with django_assert_num_queries(4):
        program.get(NUMBERS, REMOTE_ADDR="198.51.100.7")
    first = ApiKey.objects.get()
    assert first.last_used_at is not None
    assert first.last_used_ip == "198.51.100.7"
    # The same without the use.
    with django_assert_num_queries(3):
        program.get(NUMBERS, REMOTE_ADDR="198.51.100.8")
    assert ApiKey.objects.get().last_used_at == first.last_used_at
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    with django_assert_num_queries(4):
        program.get(NUMBERS, REMOTE_ADDR="198.51.100.8")
    assert ApiKey.objects.get().last_used_ip == "198.51.100.8"


def test_a_refused_scope_is_a_use_too(make_key: MakeKey) -> None:
    key_client(make_key(scopes=("orders:read",)).secret).get(NUMBERS)
    assert ApiKey.objects.get().last_used_at is not None


def test_the_audit_log_names_the_key(
    alice: User, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_key(scopes=("numbers:write",))
    number = NumberFactory(purchased_by=alice)

    def note(*args: Any, **kwargs: Any) -> Any:
        audit.record(Act.PROFILE_CHANGED, actor=alice)
        return number

    monkeypatch.setattr("dids.api.lifecycle.restore", note)
    key_client(made.secret).post(f"{NUMBERS}/{number.pk}/restore")
    assert AuditEntry.objects.get(act="PROFILE_CHANGED").api_key == made.key


# ---------------------------------------------------------------- whose it counts as
def test_each_key_has_limits_of_its_own(
    alice_api: APIClient, make_key: MakeKey, settings: Any
) -> None:
    settings.RATE_LIMIT_SCALE = 2 / 300
    one, other = key_client(make_key().secret), key_client(make_key().secret)
    assert [one.get(ME).status_code for _ in range(3)] == [200, 200, 429]
    assert other.get(ME)["RateLimit-Remaining"] == "1"
    assert alice_api.get(ME)["RateLimit-Remaining"] == "1"


def test_whoever_tries_keys_is_limited_too(db: None, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 2 / 300
    statuses = [key_client(new_secret()).get(ME).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


@pytest.mark.urls("didshop.tests.urls")
def test_an_idempotency_key_belongs_to_the_api_key(
    alice: User, alice_api: APIClient, make_key: MakeKey
) -> None:
    one, other = key_client(make_key().secret), key_client(make_key().secret)
    headers = {"Idempotency-Key": "1"}
    answers = [
        client.post("/api/v1/purchase", {}, headers=headers)
        for client in (one, one, other, alice_api)
    ]
    assert ["Idempotent-Replayed" in answer.headers for answer in answers] == [
        False,
        True,
        False,
        False,
    ]
    assert IdempotencyKey.objects.count() == 3
