"""PATCH auth/me: people change what they tell about themselves."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, User
from accounts.profile import change_profile
from accounts.rights import RIGHTS, Right
from accounts.tests.factories import api_client, organization_of
from didshop.errors import Invalid

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/me"


def facts(user: User) -> tuple[str, str, str, str]:
    user.refresh_from_db()
    return user.first_name, user.last_name, user.company, user.phone


def test_what_is_named_is_changed_and_the_rest_stays(alice: User) -> None:
    answer = api_client(alice).patch(URL, {"lastName": " Adams ", "phone": "+1 (415) 555-0100"})
    assert answer.status_code == 200
    assert (answer.json()["lastName"], answer.json()["organization"]["role"]) == ("Adams", "OWNER")
    assert facts(alice) == ("Alice", "Adams", "", "+1 (415) 555-0100")


def test_what_may_be_empty_can_be_emptied(alice: User) -> None:
    api_client(alice).patch(URL, {"lastName": "", "company": ""})
    assert facts(alice) == ("Alice", "", "", "")


def test_it_stands_in_the_audit_log_without_the_texts(alice: User) -> None:
    api_client(alice).patch(URL, {"lastName": "Adams", "company": "Acme"})
    entry = AuditEntry.objects.get(act="PROFILE_CHANGED")
    assert (entry.actor, entry.details) == (alice, {"fields": ["company", "last_name"]})


def test_nothing_changed_is_nothing_told(alice: User) -> None:
    assert api_client(alice).patch(URL, {}).status_code == 200
    assert api_client(alice).patch(URL, {"firstName": "Alice"}).status_code == 200
    assert not AuditEntry.objects.filter(act="PROFILE_CHANGED").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("firstName", ""),
        ("firstName", "  "),
        ("firstName", None),
        ("firstName", "x" * 101),
        ("firstName", "Al\x07ice"),
        ("firstName", "Al\nice"),
        ("lastName", "\u202eecila"),
        ("lastName", "A\u2028B"),
        ("company", "Acme\x00"),
        ("company", ["Acme"]),
        ("company", "x" * 201),
        ("phone", "call me"),
        ("phone", "+1415555\n0100"),
        ("phone", "1" * 21),
    ],
)
def test_what_is_refused(alice: User, field: str, value: Any) -> None:
    answer = api_client(alice).patch(URL, {"lastName": "Adams", "company": "Acme", field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert {detail["field"] for detail in answer.json()["details"]} == {field}
    assert facts(alice) == ("Alice", "Ames", "", "")


@pytest.mark.parametrize(
    ("field", "text"), [("first_name", "A\x1b[2Jb"), ("company", "A\rB"), ("email", "a\x00@b.co")]
)
def test_the_sign_up_page_refuses_control_characters(client: Any, field: str, text: str) -> None:
    form = {"first_name": "Alice", "email": "a@example.com", "password1": "seven green umbrellas"}
    answer = client.post("/accounts/signup/", form | {field: text})
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["firstName", "lastName", "company"])
def test_registration_refuses_control_characters(field: str) -> None:
    body = {
        "email": "a@example.com",
        "password": "seven green umbrellas",
        "firstName": "Alice",
        "lastName": "Ames",
    }
    answer = APIClient().post("/api/v1/auth/register", body | {field: "A\x1b[2Jb"})
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == [field]
    assert not User.objects.exists()


def test_letters_of_all_scripts_are_welcome(alice: User) -> None:
    change_profile(alice, first_name="Zoë", last_name="نور‌زاده", company="株式会社")
    assert facts(alice) == ("Zoë", "نور‌زاده", "株式会社", "")


def test_what_is_the_shops_to_say_stays(alice: User) -> None:
    answer = api_client(alice).patch(
        URL,
        {
            "email": "new@example.com",
            "role": "SUPER_ADMIN",
            "isActive": False,
            "emailVerified": False,
            "password": "seven green umbrellas",
            "id": "018f0000-0000-7000-8000-000000000000",
            "organization": {"role": "VIEWER"},
        },
    )
    assert answer.status_code == 200
    before = User.objects.values().get()
    alice.refresh_from_db()
    assert (before["email"], before["role"], before["is_active"]) == (
        "alice@example.com",
        "USER",
        True,
    )
    assert alice.is_email_verified


def test_the_verb_names_every_field_at_fault(alice: User) -> None:
    with pytest.raises(Invalid) as refusal:
        change_profile(alice, first_name="", company="\x00", last_name="Adams")
    assert [detail["field"] for detail in refusal.value.details] == ["first_name", "company"]
    assert facts(alice) == ("Alice", "Ames", "", "")


# ---------------------------------------------------------------- what auth/me tells
def test_me_tells_the_rights(alice: User, bob: User) -> None:
    assert api_client(alice).get(URL).json()["rights"] == sorted(Right)
    told = api_client(bob).get(URL).json()
    assert told["rights"] == sorted(RIGHTS[bob.memberships.get().role])  # type: ignore[index]
    assert told["apiKey"] is None


@pytest.fixture
def key(alice: User, monkeypatch: pytest.MonkeyPatch) -> ApiKey:
    return ApiKey.objects.create(
        organization=organization_of(alice),
        created_by=alice,
        name="Reports",
        prefix="dsk_abc",
        key_hash="0" * 64,
        scopes=["numbers:read", "calls:read"],
    )


def with_key(user: User, key: ApiKey) -> APIClient:
    client = APIClient()
    client.force_authenticate(user, token=key)
    return client


def test_me_tells_a_key_what_it_is_of(alice: User, key: ApiKey) -> None:
    told = with_key(alice, key).get(URL).json()
    assert told["apiKey"] == {
        "id": str(key.pk),
        "name": "Reports",
        "scopes": ["numbers:read", "calls:read"],
        "expiresAt": None,
    }
    assert told["rights"] == ["calls:read", "numbers:read"]
    assert told["organization"]["id"] == str(key.organization_id)


def test_a_key_changes_nobody(alice: User, key: ApiKey) -> None:
    answer = with_key(alice, key).patch(URL, {"lastName": "Adams"})
    assert (answer.status_code, answer.json()["code"]) == (403, "KEY_NOT_ALLOWED")
    assert facts(alice) == ("Alice", "Ames", "", "")


def test_a_stranger_changes_nobody(alice: User) -> None:
    assert APIClient().patch(URL, {"lastName": "Adams"}).status_code == 401
    assert facts(alice) == ("Alice", "Ames", "", "")
