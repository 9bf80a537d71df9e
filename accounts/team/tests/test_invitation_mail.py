"""The mail that invites: what it says, and that its sender cannot make it say anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import Organization, User
from accounts.team.names import for_mail
from accounts.team.tests.conftest import INVITATIONS, mailed, token_in

DORA = {"email": "dora@example.com", "role": "VIEWER"}


@pytest.mark.django_db
def test_text_and_html_say_who_where_and_until_when(
    alice_api: APIClient, acme: Organization, settings: pytest.MonkeyPatch
) -> None:
    alice_api.post(INVITATIONS, DORA)
    (mail,) = mailed()
    assert mail.subject == "Alice Ames invites you to Alice Ames on didshop"
    link = f"/invitations/{token_in(mail)}/"
    for body in (mail.text, mail.html):
        for words in ("Alice Ames", "Viewer", "works until", "dora@example.com", link):
            assert words in body


@pytest.mark.django_db
def test_names_are_shown_as_text(alice: User, alice_api: APIClient, acme: Organization) -> None:
    acme.name = (
        'Win <a href="https://evil.example">here</a> www.evil.example\r\nBcc: x@evil.example'
    )
    acme.save()
    alice.first_name = "Your bank\u202e: https://evil.example/pay\n\nClick"
    alice.save()
    assert alice_api.post(INVITATIONS, DORA).status_code == 201
    (mail,) = mailed()
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    for body in (mail.subject, mail.text, mail.html):
        assert "evil.example" not in body
        assert "https://evil" not in body
        assert "\u202e" not in body
    assert '<a href="https://evil' not in mail.html
    assert "&lt;a href=" in mail.html


@given(st.text(max_size=300))
def test_no_name_makes_a_link_or_a_second_line(name: str) -> None:
    shown = for_mail(name)
    assert len(shown.replace("\u200b", "")) <= 60
    assert shown.splitlines() in ([], [shown])
    assert "://" not in shown
    for mark in ".:/@":
        assert all(
            follower in ("\u200b", "") or follower.isspace()
            for follower in (shown[i + 1 : i + 2] for i, it in enumerate(shown) if it == mark)
        )


@pytest.mark.parametrize("name", ["Acme", "Müller & Söhne", "株式会社", "O'Neill Ltd", "Ødegård"])
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert for_mail(name) == name
