"""Second factors on pages: what they take, what they end, and what is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from rest_framework.test import APIClient

from accounts.keys import making
from accounts.models import AuditEntry, Membership, User
from accounts.security.tests.conftest import Browser, is_signed_in
from accounts.tests.codes import code_of
from accounts.tests.factories import PASSWORD, api_client

pytestmark = pytest.mark.django_db
HOME = "/accounts/2fa/"
TOTP_ON, TOTP_OFF = f"{HOME}totp/activate/", f"{HOME}totp/deactivate/"
CODES = f"{HOME}recovery-codes/"
PASSKEYS, PASSKEY_ADD, PASSKEY_LOGIN = (
    f"{HOME}webauthn/",
    f"{HOME}webauthn/add/",
    f"{HOME}webauthn/login/",
)
# Answers of a device that no device gives.
_HEAD = '{"id": "eA", "rawId": "eA", "type": "public-key", "response": '
_SIGNED = '"clientDataJSON": "e30", "authenticatorData": "e30", "signature": "e30"'
FORGED = [
    "",
    "null",
    "[]",
    "{}",
    "17",
    "not json",
    _HEAD.replace("eA", "x") + "null}",
    _HEAD + "null}",
    _HEAD + "[]}",
    _HEAD + '{"userHandle": 1, ' + _SIGNED + "}}",
    _HEAD + '{"userHandle": "eA", ' + _SIGNED + "}}",
    _HEAD + '{"userHandle": "gICA", ' + _SIGNED + "}}",
    _HEAD + '{"attestationObject": "e30", "clientDataJSON": "e30"}}',
    _HEAD + '{"attestationObject": "oA", "clientDataJSON": "e30"}}',
    _HEAD + '{"attestationObject": "", "clientDataJSON": ""}}',
]


def prove(client: Client) -> None:
    """Show once more who it is."""
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


@pytest.fixture
def proven(alice_browser: Client) -> Client:
    """Alice's browser, in which she has just given her password once more."""
    prove(alice_browser)
    return alice_browser


@pytest.fixture
def secret(alice: User) -> str:
    """Of the authenticator app that Alice has turned on."""
    made = generate_totp_secret()
    TOTP.activate(alice, made)
    RecoveryCodes.activate(alice)
    return made


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


@pytest.mark.parametrize("path", [TOTP_ON, PASSKEY_ADD])
def test_adding_one_takes_the_password_once_more(alice_browser: Client, path: str) -> None:
    answer = alice_browser.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/reauthenticate/?{urlencode({'next': path})}",
    )


@pytest.mark.parametrize("path", [TOTP_OFF, CODES, f"{CODES}generate/", f"{CODES}download/"])
def test_so_does_taking_one_away_and_seeing_codes(alice: User, browser: Browser, path: str) -> None:
    here = browser(alice)
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)

    for method in (here.get, here.post):
        answer = method(path)
        is_read_only = answer.status_code == 405
        assert is_read_only or answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.count() == 2


def test_an_app_is_turned_on_by_its_first_code(
    alice: User, proven: Client, browser: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    there, program = browser(alice), api_client(alice)
    secret = proven.get(TOTP_ON).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        answer = proven.post(TOTP_ON, {"code": code_of(secret)})

    assert answer.headers["Location"] == CODES
    assert len(proven.get(CODES).context["unused_codes"]) == 10
    assert {"MFA_ADDED", "RECOVERY_CODES_MADE"} <= set(acts())
    # Whoever made off with the password alone is out.
    assert (is_signed_in(proven), is_signed_in(there)) == (True, False)
    assert program.get("/api/v1/auth/me").status_code == 401


@pytest.mark.parametrize("code", ["000000", "", "abc", "1" * 300])
def test_a_wrong_first_code_turns_nothing_on(proven: Client, code: str) -> None:
    proven.get(TOTP_ON)
    answer = proven.post(TOTP_ON, {"code": code})
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def half_in(alice: User) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert answer.headers["Location"] == f"{HOME}authenticate/"
    return client


def test_the_second_step_takes_a_code_once(alice: User, secret: str) -> None:
    code = code_of(secret)
    first, second = half_in(alice), half_in(alice)
    assert not is_signed_in(first)

    assert first.post(f"{HOME}authenticate/", {"code": code}).status_code == 302
    answer = second.post(f"{HOME}authenticate/", {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    assert "was used already" in answer.content.decode()


def test_the_second_step_offers_a_passkey_to_who_has_one(alice: User, secret: str) -> None:
    html = half_in(alice).get(f"{HOME}authenticate/").content.decode()
    assert "Use your passkey" not in html


def _credential(**response: str) -> str:
    parts = {"authenticatorData": "eA", "signature": "eA", **response}
    return json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": parts})


UNREADABLE = [
    "",
    "null",
    "[]",
    "[1]",
    '"x"',
    '{"id": 1, "response": {}}',
    r'{"id": "\ud800"}',
    _credential(clientDataJSON="eA", userHandle="/w"),
    _credential(clientDataJSON="e30"),
]


@pytest.mark.parametrize("credential", UNREADABLE)
def test_what_no_device_sends_signs_nobody_in(
    alice: User, secret: str, credential: str, client: Client
) -> None:
    client.get(f"{HOME}webauthn/login/")
    client.post(f"{HOME}webauthn/login/", {"credential": credential})
    half = half_in(alice)
    half.get(f"{HOME}authenticate/")
    half.post(f"{HOME}authenticate/", {"credential": credential})
    assert (is_signed_in(client), is_signed_in(half)) == (False, False)


@pytest.mark.parametrize("credential", UNREADABLE)
def test_nor_does_it_show_who_somebody_is(alice_browser: Client, credential: str) -> None:
    answer = alice_browser.post(f"{HOME}webauthn/reauthenticate/", {"credential": credential})
    assert answer.status_code < 500
    assert alice_browser.get(TOTP_ON).status_code == 302


def test_turning_the_last_one_off_takes_the_codes_along(
    alice: User, browser: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    here = browser(alice)
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    prove(here)

    with django_capture_on_commit_callbacks(execute=True):
        here.post(TOTP_OFF)

    assert not Authenticator.objects.exists()
    assert "MFA_REMOVED" in acts()


def test_recovery_codes_alone_are_not_made(proven: Client) -> None:
    answer = proven.post(f"{CODES}generate/")
    assert answer.status_code == 200
    assert "Add a passkey or an authenticator app first" in answer.content.decode()
    assert not Authenticator.objects.exists()


# ---------------------------------------------------------------- passkeys
@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_signs_nobody_in(client: Client, alice: User, credential: str) -> None:
    client.get(PASSKEY_LOGIN, headers={"Accept": "application/json"})
    answer = client.post(PASSKEY_LOGIN, {"credential": credential})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_is_not_added(proven: Client, credential: str) -> None:
    proven.get(PASSKEY_ADD)
    answer = proven.post(PASSKEY_ADD, {"name": "Laptop", "credential": credential})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_is_no_second_step(alice: User, secret: str, credential: str) -> None:
    client = half_in(alice)
    answer = client.post(f"{HOME}authenticate/", {"credential": credential})
    assert answer.status_code == 200
    assert not is_signed_in(client)


def passkey_of(user: User) -> Authenticator:
    data = {"name": "Laptop", "credential": {}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_somebody_elses_passkey_is_not_there(charlie: User, proven: Client, act: str) -> None:
    theirs = passkey_of(charlie)
    path = f"{PASSKEYS}keys/{theirs.pk}/{act}/"

    assert proven.get(path).status_code == 404
    assert proven.post(path, {"name": "Mine"}).status_code == 404

    theirs.refresh_from_db()
    assert theirs.data["name"] == "Laptop"


@pytest.mark.parametrize("name", ["", "x" * 51, "a\u202eb"])
def test_a_passkey_keeps_its_name_where_the_new_one_cannot_stand(
    alice: User, proven: Client, name: str
) -> None:
    mine = passkey_of(alice)
    answer = proven.post(f"{PASSKEYS}keys/{mine.pk}/edit/", {"name": name})
    assert answer.context["form"].errors["name"]
    mine.refresh_from_db()
    assert mine.data["name"] == "Laptop"


def test_a_name_is_shown_as_text(alice: User, proven: Client) -> None:
    mine = passkey_of(alice)
    proven.post(f"{PASSKEYS}keys/{mine.pk}/edit/", {"name": "<b>Laptop</b>"})
    for path in (HOME, PASSKEYS):
        html = proven.get(path).content.decode()
        assert "&lt;b&gt;Laptop&lt;/b&gt;" in html
        assert "<b>Laptop</b>" not in html


# ---------------------------------------------------------------- the overview
def test_the_overview_tells_what_is_on(alice: User, alice_browser: Client) -> None:
    html = alice_browser.get("/accounts/security/").content.decode()
    assert "Whoever learns your password" in html

    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    passkey_of(alice)

    told = " ".join(alice_browser.get("/accounts/security/").content.decode().split())
    assert "Authenticator app · 1 passkey · 10 recovery codes left" in told


def test_the_overview_tells_what_one_did_and_nobody_else(
    alice: User, alice_browser: Client, charlie: User, browser: Browser
) -> None:
    browser(charlie, user_agent="curl/8.5.0")

    deeds = alice_browser.get("/accounts/security/").context["deeds"]

    assert [(deed.act, deed.about, deed.device) for deed in deeds] == [
        ("Signed in", "with the password", "Firefox on Linux")
    ]


def test_what_was_done_comes_in_pages(alice: User, alice_browser: Client) -> None:
    for _ in range(25):
        AuditEntry.objects.create(act="PROFILE_CHANGED", actor=alice)

    first = alice_browser.get("/accounts/security/activity/")
    second = alice_browser.get(first.context["page"].next)

    assert (len(first.context["deeds"]), len(second.context["deeds"])) == (20, 6)


def test_keys_do_not_get_at_sign_ins(alice: User, api: APIClient) -> None:
    made = making.create(
        place=Membership.objects.get(user=alice),
        name="Program",
        scopes=("numbers:read",),
        expires_at=None,
    )
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    for answer in (api.get("/api/v1/auth/sessions"), api.delete("/api/v1/auth/sessions")):
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_NOT_ALLOWED")
