"""Making keys: what a key may be given, and who is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.keys import making
from accounts.keys.secret import hash_of, is_whole
from accounts.keys.tests.conftest import MakeKey, place_of, refusal
from accounts.models import ApiKey, AuditEntry, Membership, User
from accounts.rights import RIGHTS, SCOPES, Right
from accounts.tests.factories import api_client, organization_of
from didshop.errors import Conflict, Forbidden, Invalid
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db
URL = "/api/v1/api-keys"


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "Dashboard", "scopes": ["numbers:read"], **fields}


def nothing_was_made() -> bool:
    return not (
        ApiKey.objects.exists()
        or OutgoingMail.objects.exists()
        or AuditEntry.objects.filter(act="KEY_CREATED").exists()
    )


def test_a_key_is_shown_once_and_kept_as_a_hash(alice: User, alice_api: APIClient) -> None:
    ends = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    answer = alice_api.post(
        URL, body(scopes=["orders:write", "numbers:read"], expiresAt=ends.isoformat())
    )
    assert answer.status_code == 201
    key, shown = ApiKey.objects.get(), answer.json()
    secret = shown.pop("key")
    assert is_whole(secret)
    assert (key.key_hash, key.prefix) == (hash_of(secret), secret[:10])
    assert (key.organization, key.created_by) == (organization_of(alice), alice)
    assert answer["Location"] == f"{URL}/{key.pk}"
    assert answer["Cache-Control"] == "no-store"
    assert shown == {
        "id": str(key.pk),
        "name": "Dashboard",
        "prefix": secret[:10],
        "state": "ACTIVE",
        "scopes": ["numbers:read", "orders:write"],
        "createdBy": {"id": str(alice.pk), "name": "Alice Ames"},
        "createdAt": shown["createdAt"],
        "expiresAt": ends.isoformat().replace("+00:00", "Z"),
        "lastUsedAt": None,
        "lastUsedIp": None,
        "revokedAt": None,
    }
    assert alice_api.get(answer["Location"]).json() == shown


def test_without_an_end_it_has_none(alice_api: APIClient) -> None:
    assert alice_api.post(URL, body()).json()["expiresAt"] is None
    assert alice_api.post(URL, body(expiresAt=None)).json()["expiresAt"] is None


def test_its_maker_alone_is_told(
    alice: User,
    bob: User,
    make_key: MakeKey,
    django_capture_on_commit_callbacks: Any,
    run_tasks: Callable[[], list[str]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = make_key(bob, name="Bob's <script>")
    run_tasks()
    (message,) = mail.outbox
    assert message.to == [bob.email]
    assert message.subject == "A new API key for Alice Ames"
    text = str(message.body)
    assert "Bob's <script>" in text
    assert "See numbers and how they are routed" in text
    assert made.secret[:10] in text
    ((html, _),) = message.alternatives  # type: ignore[attr-defined]
    assert "Bob&#x27;s &lt;script&gt;" in html
    assert "/keys/" in html
    assert made.secret not in f"{text}{html}"


def test_it_is_written_down_without_name_or_secret(alice: User, make_key: MakeKey) -> None:
    made = make_key(name="Secret project")
    entry = AuditEntry.objects.get(act="KEY_CREATED")
    assert (entry.actor, entry.organization) == (alice, organization_of(alice))
    assert (entry.target_kind, entry.target_id) == ("apikey", str(made.key.pk))
    assert entry.details == {"scopes": ["numbers:read"], "expires_at": None}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"scopes": "numbers:read"}, "scopes"),
        ({"scopes": ["numbers:everything"]}, "scopes.0"),
        ({"scopes": ["numbers:read", "team:write"]}, "scopes.1"),
        ({"scopes": ["numbers:read", {"a": 1}]}, "scopes.1"),
        ({"expiresAt": "yesterday"}, "expiresAt"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
def test_what_cannot_be_taken(alice_api: APIClient, fields: dict[str, Any], field: str) -> None:
    answer = alice_api.post(URL, body(**fields))
    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.json()["details"]] == [field]
    assert nothing_was_made()


@pytest.mark.parametrize("missing", ["name", "scopes"])
def test_what_is_needed(alice_api: APIClient, missing: str) -> None:
    given = body()
    del given[missing]
    answer = alice_api.post(URL, given)
    assert [detail["field"] for detail in answer.json()["details"]] == [missing]
    assert nothing_was_made()


def test_owner_and_hash_cannot_be_set(alice: User, charlie: User, alice_api: APIClient) -> None:
    forged = {
        "createdBy": str(charlie.pk),
        "organization": str(organization_of(charlie).pk),
        "organizationId": str(organization_of(charlie).pk),
        "key": "dsk_mine",
        "keyHash": "0" * 64,
        "prefix": "dsk_mine",
    }
    assert alice_api.post(URL, body(**forged)).status_code == 201
    key = ApiKey.objects.get()
    assert (key.created_by, key.organization) == (alice, organization_of(alice))
    assert key.key_hash != "0" * 64
    assert key.prefix != "dsk_mine"


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "MEMBER"])
def test_a_key_never_outranks_its_maker(alice: User, bob: User, role: str) -> None:
    Membership.objects.filter(user=bob).update(role=role)
    place, rights = place_of(bob, alice), RIGHTS[Membership.Role(role)]
    for scope in SCOPES:
        if scope in rights:
            assert making.create(place=place, name="x", scopes=[scope]).key.scopes == [scope]
        else:
            with pytest.raises(Forbidden) as refused:
                making.create(place=place, name="x", scopes=["numbers:read", scope])
            assert refused.value.code == "SCOPE_NOT_ALLOWED"
    assert ApiKey.objects.count() == len(rights & set(SCOPES))


def test_a_member_cannot_give_what_only_billing_may(bob_api: APIClient) -> None:
    answer = bob_api.post(URL, body(scopes=["numbers:read", "billing:write"]))
    assert refusal(answer) == (403, "SCOPE_NOT_ALLOWED")
    assert "billing:write" in answer.json()["error"]
    assert nothing_was_made()


@pytest.mark.parametrize("role", ["BILLING", "VIEWER"])
def test_who_may_make_none(bob: User, role: str) -> None:
    Membership.objects.filter(user=bob).update(role=role)
    for method in ("get", "post"):
        answer = getattr(api_client(bob), method)(URL, body() if method == "post" else {})
        assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")
    assert nothing_was_made()


def test_strangers_make_none(api: APIClient) -> None:
    assert refusal(api.post(URL, body())) == (401, "UNAUTHENTICATED")
    assert nothing_was_made()


def test_an_organisation_has_so_many_live_keys(
    alice: User, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_LIVE_KEYS", 3)
    soon = timezone.now() + timedelta(days=1)
    first, *_ = [make_key(expires_at=soon) for _ in range(3)]
    with pytest.raises(Conflict) as refused:
        make_key()
    assert refused.value.code == "TOO_MANY_KEYS"
    assert ApiKey.objects.count() == 3
    ApiKey.objects.filter(pk=first.key.pk).update(expires_at=timezone.now())
    make_key()


def test_making_keys_is_limited(alice_api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 0.1
    assert [alice_api.post(URL, body()).status_code for _ in range(2)] == [201, 429]
    assert ApiKey.objects.count() == 1
    assert alice_api.get(URL).status_code == 200


def test_a_name_is_one_line(make_key: MakeKey) -> None:
    assert make_key(name="  Call\ncentre \t dashboard ").key.name == "Call centre dashboard"


def test_scopes_of_people_are_no_scopes(alice: User) -> None:
    with pytest.raises(Invalid):
        making.create(place=place_of(alice, alice), name="x", scopes=[Right.KEYS_WRITE])


def test_an_address_that_is_not_confirmed_makes_none_where_the_shop_asks(
    alice: User, alice_api: APIClient, settings: Any
) -> None:
    settings.BUYING_NEEDS_CONFIRMED_EMAIL = True
    EmailAddress.objects.filter(user=alice).update(verified=False)
    assert refusal(alice_api.post(URL, body())) == (403, "EMAIL_NOT_CONFIRMED")
    assert nothing_was_made()
    EmailAddress.objects.filter(user=alice).update(verified=True)
    assert alice_api.post(URL, body()).status_code == 201


@pytest.mark.parametrize("name", ["\u202etxet", "a\x1bb", "a\u2066b"])
def test_a_name_has_nothing_that_misleads(alice_api: APIClient, name: str) -> None:
    answer = alice_api.post(URL, body(name=name))
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "name"
    assert nothing_was_made()
