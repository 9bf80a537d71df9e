"""Who came in, and what was changed: the audit log, the sign-ins that end, and new devices."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import Login
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts import sessions
from accounts.entrance.mail_tokens import ResetTokens
from accounts.models import AuditEntry, Session, User
from accounts.tests.codes import code_of, wrong_code_of
from accounts.tests.factories import PASSWORD, UserFactory, api_client
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"
FIREFOX_132, FIREFOX_133 = FIREFOX.format(132, 132), FIREFOX.format(133, 133)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0"
API = "/api/v1/auth"
NEW = "seven green umbrellas sing"
SECRET = "JBSWY3DPEHPK3PXP"
SIGN_UP = {"first_name": "Erin", "email": "erin@example.com", "password1": PASSWORD}

Browser = Callable[..., Client]


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


def by_page(user_agent: str = FIREFOX_132, password: str = PASSWORD) -> Client:
    """A browser in which Alice's address and this password were given."""
    client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR="198.51.100.7")
    client.post("/accounts/login/", {"login": "alice@example.com", "password": password})
    return client


def by_api(user_agent: str = "curl/8.5.0", password: str = PASSWORD, **otp: str) -> Any:
    body = {"email": "alice@example.com", "password": password, **otp}
    return APIClient().post(f"{API}/login", body, headers={"user-agent": user_agent})


@pytest.fixture
def proven(alice: User) -> Client:
    """Alice's browser, in which she has just given her password once more."""
    client = by_page()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def entries() -> list[tuple[str, dict[str, Any]]]:
    """Everything that was written down, oldest first."""
    return [(entry.act, entry.details) for entry in AuditEntry.objects.order_by("id")]


def newest() -> tuple[str, dict[str, Any]]:
    return entries()[-1]


# ---------------------------------------------------------------- in
def test_signing_up_on_the_page(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP, headers={"user-agent": FIREFOX_132})
    assert entries() == [("SIGNED_UP", {"how": "page"})]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.organization) == (User.objects.get(), None)
    assert (entry.ip_address, entry.user_agent) == ("127.0.0.1", FIREFOX_132)

    link = OutgoingMail.objects.get().text.split("/accounts/confirm-email/")[1].split()[0]
    client.post(f"/accounts/confirm-email/{link}", headers={"user-agent": FIREFOX_132})
    assert entries()[1:] == [
        ("EMAIL_CONFIRMED", {}),
        ("SIGNED_IN", {"how": "confirmation", "device": "Firefox on Linux"}),
    ]


def test_signing_up_twice_opens_nothing(client: Client, alice: User) -> None:
    client.post("/accounts/signup/", {**SIGN_UP, "email": alice.email})
    assert entries() == []


def test_registering_over_the_api(db: None) -> None:
    body = {"email": "erin@example.com", "password": PASSWORD, "firstName": "Erin"}
    body["lastName"] = "Evans"
    api = APIClient(headers={"user-agent": "curl/8.5.0"})
    assert api.post(f"{API}/register", body).status_code == 201
    assert entries() == [
        ("SIGNED_UP", {"how": "api"}),
        ("SIGNED_IN", {"how": "api", "device": "curl"}),
    ]
    assert api.post(f"{API}/register", body).status_code == 409
    assert len(entries()) == 2


def test_a_password_on_the_page(alice: User) -> None:
    by_page()
    assert entries() == [("SIGNED_IN", {"how": "password", "device": "Firefox on Linux"})]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.ip_address) == (alice, "198.51.100.7")


def test_a_second_factor_on_the_page(alice: User) -> None:
    TOTP.activate(alice, SECRET)
    client = by_page()
    assert entries() == []
    client.post("/accounts/2fa/authenticate/", {"code": code_of(SECRET)})
    act, details = newest()
    assert (act, details["how"], details["second"]) == ("SIGNED_IN", "password", "totp")


def test_a_passkey(alice: User, rf: RequestFactory) -> None:
    passkey = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop"}
    )
    request = rf.post("/accounts/2fa/webauthn/login/", headers={"user-agent": FIREFOX_132})
    SessionMiddleware(lambda _: None).process_request(request)
    request.user = AnonymousUser()
    MessageMiddleware(lambda _: None).process_request(request)
    with request_context(request):
        perform_passwordless_login(request, passkey, Login(user=alice))
    assert entries() == [("SIGNED_IN", {"how": "passkey", "device": "Firefox on Linux"})]


def test_a_recovery_code(alice: User) -> None:
    TOTP.activate(alice, SECRET)
    first, second, *_ = RecoveryCodes.activate(alice).get_unused_codes()
    assert by_api(otp=first).status_code == 200
    client = by_page("curl/8.6.0")
    client.post("/accounts/2fa/authenticate/", {"code": second})
    assert entries() == [
        ("RECOVERY_CODE_USED", {"left": 9}),
        ("SIGNED_IN", {"how": "api", "device": "curl"}),
        ("RECOVERY_CODE_USED", {"left": 8}),
        ("SIGNED_IN", {"how": "password", "second": "recovery_codes", "device": "curl"}),
    ]


# ---------------------------------------------------------------- kept out
def test_wrong_passwords_are_written_down_for_whom_they_concern(alice: User) -> None:
    by_page(password="wrong")
    assert by_api(password="wrong").status_code == 401
    assert entries() == [("SIGN_IN_FAILED", {"how": "password"})] * 2
    assert {entry.actor for entry in AuditEntry.objects.all()} == {alice}


def test_an_address_that_nobody_has_leaves_no_entry(db: None) -> None:
    by_page()
    assert by_api().status_code == 401
    assert entries() == []


def test_a_wrong_password_where_it_is_asked_for_again(alice: User) -> None:
    client = by_page()
    client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert newest() == ("SIGN_IN_FAILED", {"how": "password"})


def test_a_wrong_code(alice: User) -> None:
    TOTP.activate(alice, SECRET)
    by_page().post("/accounts/2fa/authenticate/", {"code": wrong_code_of(SECRET)})
    assert by_api(otp=wrong_code_of(SECRET)).status_code == 401
    assert entries() == [("SIGN_IN_FAILED", {"how": "second factor"})] * 2


# ---------------------------------------------------------------- out
def test_signing_out_on_the_page(alice: User) -> None:
    client = by_page()
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")
    assert entries()[1:] == [("SIGNED_OUT", {"how": "page"})]


def test_signing_out_over_the_api(alice: User) -> None:
    token = sessions.start(alice).refresh_token
    for _ in range(2):
        APIClient().post(f"{API}/logout", {"refreshToken": token})
    assert entries() == [("SIGNED_OUT", {"how": "api"})]
    assert AuditEntry.objects.get().target_id == str(Session.objects.get().pk)


def test_a_refresh_token_that_comes_back(alice: User) -> None:
    token = sessions.start(alice).refresh_token
    for _ in range(3):
        APIClient().post(f"{API}/refresh", {"refreshToken": token})
    assert entries() == [("TOKEN_REUSED", {})]
    assert AuditEntry.objects.get().actor == alice


# ---------------------------------------------------------------- what ends the others
def test_a_changed_password_ends_the_other_sign_ins(alice: User, proven: Client) -> None:
    other, api = by_page(), api_client(alice)
    assert api.get(f"{API}/me").status_code == 200
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    proven.post("/accounts/password/change/", form)
    # This browser's session gets a new key with it, and is among the ended by its old one.
    assert newest() == ("PASSWORD_CHANGED", {"sessions_ended": 3})
    assert [is_signed_in(proven), is_signed_in(other)] == [True, False]
    assert api.get(f"{API}/me").status_code == 401
    assert Session.objects.get().is_revoked


def test_a_wrong_old_password_ends_nothing(alice: User, proven: Client) -> None:
    other = by_page()
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    proven.post("/accounts/password/change/", form)
    assert [is_signed_in(proven), is_signed_in(other)] == [True, True]
    assert "PASSWORD_CHANGED" not in dict(entries())


def test_a_reset_password_ends_them_all(alice: User) -> None:
    browser, api = by_page(), api_client(alice)
    alice.refresh_from_db()
    token = f"{alice.pk.hex}-{ResetTokens().make_token(alice)}"
    answer = APIClient().post(f"{API}/reset-password", {"token": token, "password": NEW})
    assert answer.status_code == 200
    assert newest()[0] == "PASSWORD_RESET"
    assert not is_signed_in(browser)
    assert api.get(f"{API}/me").status_code == 401


def test_a_new_second_factor_ends_the_other_sign_ins(
    alice: User, proven: Client, django_capture_on_commit_callbacks: Any
) -> None:
    other, api = by_page(), api_client(alice)
    secret = proven.get("/accounts/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        proven.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert dict(entries())["MFA_ADDED"] == {"kind": "totp", "sessions_ended": 2}
    assert newest() == ("RECOVERY_CODES_MADE", {})
    assert [is_signed_in(proven), is_signed_in(other)] == [True, False]
    assert api.get(f"{API}/me").status_code == 401


def test_a_second_factor_taken_away_does_as_well(alice: User, proven: Client) -> None:
    TOTP.activate(alice, SECRET)
    RecoveryCodes.activate(alice)
    api = api_client(alice)
    proven.post("/accounts/2fa/totp/deactivate/")
    assert newest() == ("MFA_REMOVED", {"kind": "totp", "sessions_ended": 1})
    assert is_signed_in(proven)
    assert api.get(f"{API}/me").status_code == 401


def test_new_recovery_codes_are_written_down(
    alice: User, proven: Client, django_capture_on_commit_callbacks: Any
) -> None:
    TOTP.activate(alice, SECRET)
    other = by_page()
    with django_capture_on_commit_callbacks(execute=True):
        proven.post("/accounts/2fa/recovery-codes/generate/")
    assert newest() == ("RECOVERY_CODES_MADE", {})
    assert not is_signed_in(other)  # it waits for its code


def test_a_changed_address_is_written_down_without_it(alice: User, proven: Client) -> None:
    proven.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    text = OutgoingMail.objects.get(to="new@example.com").text
    link = text.split("/accounts/confirm-email/")[1].split()[0]
    proven.post(f"/accounts/confirm-email/{link}")
    assert entries()[-2:] == [("EMAIL_CONFIRMED", {}), ("EMAIL_CHANGED", {})]


def test_one_browser_can_be_spared(alice: User) -> None:
    here, there, charlie = by_page(), by_page(), UserFactory()
    elsewhere = api_client(charlie)
    ended = sessions.end_all(alice, except_session_key=here.session.session_key)
    assert ended == 1
    assert [is_signed_in(here), is_signed_in(there)] == [True, False]
    assert elsewhere.get(f"{API}/me").status_code == 200
    assert sessions.end_all(alice) == 1
    assert not is_signed_in(here)
    assert sessions.end_all(alice) == 0


# ---------------------------------------------------------------- new devices
def told() -> list[str]:
    """Whom the mail about a new device went to."""
    mails = OutgoingMail.objects.filter(subject="A sign-in from a new device")
    return list(mails.values_list("to", flat=True))


def test_the_first_sign_in_ever_is_no_news(alice: User) -> None:
    by_page()
    assert told() == []


def test_a_newer_version_of_a_browser_is_no_new_device(alice: User) -> None:
    by_page(FIREFOX_132)
    by_page(FIREFOX_133)
    assert told() == []


def test_another_browser_is_a_new_device_once(alice: User) -> None:
    by_page(FIREFOX_132)
    by_page(CHROME)
    by_page(CHROME)
    by_page(FIREFOX_132)
    assert told() == ["alice@example.com"]
    text = OutgoingMail.objects.get().text
    assert "How:   With the password" in text
    assert "With:  Chrome on Windows" in text
    assert "From:  198.51.100.7" in text


def test_so_is_a_program(alice: User) -> None:
    by_page()
    by_api("curl/8.5.0")
    by_api("curl/8.6.0")
    assert told() == ["alice@example.com"]
    assert "How:   Over the API, with the password" in OutgoingMail.objects.get().text


def test_who_does_not_get_in_is_no_news(alice: User) -> None:
    by_page()
    by_page(CHROME, password="wrong")
    assert told() == []


def test_somebody_elses_devices_do_not_count(alice: User) -> None:
    charlie = UserFactory(email="charlie@example.com")
    form = {"login": charlie.email, "password": PASSWORD}
    Client(headers={"User-Agent": CHROME}).post("/accounts/login/", form)
    by_page()
    by_page(CHROME)
    assert told() == ["alice@example.com"]
