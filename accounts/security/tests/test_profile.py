"""The profile page."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PAGE = "/accounts/profile/"
FILLED = {
    "first_name": "Alicia",
    "last_name": "Ames-Bell",
    "company": "Acme",
    "phone": "+44 20 7946 0000",
}


def test_the_profile_is_changed(alice: User, alice_browser: Client) -> None:
    answer = alice_browser.post(PAGE, FILLED, follow=True)

    assert "Your profile is saved." in answer.content.decode()
    alice.refresh_from_db()
    assert {name: getattr(alice, name) for name in FILLED} == FILLED
    entry = AuditEntry.objects.get(act="PROFILE_CHANGED")
    assert entry.details == {"fields": ["company", "first_name", "last_name", "phone"]}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("first_name", "", "This field is required."),
        ("first_name", "a\x00b", "Null characters are not allowed."),
        ("last_name", "a\u202eb", "Write it without control characters and line breaks."),
        ("company", "x" * 201, "at most 200 characters"),
        ("phone", "call me", "Write a phone number."),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_field(
    alice: User, alice_browser: Client, field: str, text: str, sentence: str
) -> None:
    answer = alice_browser.post(PAGE, FILLED | {field: text})

    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors[field])
    alice.refresh_from_db()
    assert alice.first_name == "Alice"
    assert not AuditEntry.objects.filter(act="PROFILE_CHANGED").exists()


def test_nothing_else_can_be_set(alice: User, alice_browser: Client) -> None:
    alice_browser.post(PAGE, FILLED | {"role": "SUPER_ADMIN", "email": "x@example.com"})

    alice.refresh_from_db()
    assert (alice.role, alice.email) == ("USER", "alice@example.com")
