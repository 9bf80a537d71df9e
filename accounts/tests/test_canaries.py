"""After all that people and programs do about their accounts, no secret stands in the logs.

The secrets are taken from where the shop hands them out: answers, mails, pages, cookies. The log
is the shop's own, at its most talkative, as people and as machines read it.
"""

import io
import logging
import logging.config
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as shop_settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django_structlog.celery.receivers import CeleryReceiver
from rest_framework.test import APIClient

from accounts.models import DataExport, User
from didshop.logs import logging_config

pytestmark = pytest.mark.django_db

PASSWORDS = [f"{word} umbrellas sing quietly" for word in ("seven", "eight", "nine", "ten")]
FIRST, SECOND, THIRD, WRONG = PASSWORDS
API = "/api/v1"
CONFIRMATION = r"/confirm-email/([^/\s]+)/"
RESET = r"/password/reset/key/([^/\s]+)/"
INVITATION = r"/invitations/([^/\s]+)/"

Captures = Callable[..., Any]
RunTasks = Callable[[], list[str]]


@dataclass
class Canaries:
    """Every secret that the shop has handed out, by what it is."""

    kept: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, secret: str) -> str:
        assert len(secret) >= 6, f"{name} is too short to be looked for: {secret!r}"
        self.kept[f"{name} {len(self.kept)}"] = secret
        return secret

    def keep_tokens(self, answer: Any) -> dict[str, str]:
        tokens: dict[str, str] = answer.json().get("tokens") or answer.json()
        self.keep("access token", tokens["accessToken"])
        self.keep("refresh token", tokens["refreshToken"])
        return tokens

    def keep_cookies(self, client: Client) -> None:
        for cookie in ("sessionid", "csrftoken"):
            if cookie in client.cookies and client.cookies[cookie].value:
                self.keep(cookie, client.cookies[cookie].value)

    def found_in(self, text: str) -> list[str]:
        """Which of them stand in the text, whole or in their telling part."""
        return [name for name, secret in self.kept.items() if any(_stands(secret, text))]


def _stands(secret: str, text: str) -> Iterator[bool]:
    if secret.isdigit():
        # Not the microseconds of a time, nor a part of an id.
        yield re.search(rf"(?<![\w.]){secret}(?!\w)", text) is not None
        return
    yield secret in text
    # A JWT's signature, a signed token's last part, as it may stand when cut or encoded.
    yield re.split(r"[.:]", secret)[-1] in text


@pytest.fixture(params=[False, True], ids=["machines", "people"])
def written(request: pytest.FixtureRequest, settings: Any) -> Iterator[io.StringIO]:
    """All that the shop's logging writes at DEBUG, with Django's own DEBUG on."""
    stream = io.StringIO()
    was_configured, before = structlog.get_config(), shop_settings.LOGGING
    config = logging_config(level="DEBUG", readable=request.param)
    config["handlers"]["console"]["stream"] = stream
    # Celery sets Django up once more before the first task.
    settings.LOGGING = config
    logging.config.dictConfig(config)
    connection.force_debug_cursor = True
    # As a worker does when it starts; Celery forgets the receiver when we do.
    receiver = CeleryReceiver()
    receiver.connect_worker_signals()
    yield stream
    del receiver
    connection.force_debug_cursor = False
    logging.config.dictConfig(before)
    structlog.configure(**was_configured)


class Life:
    """Somebody's dealings with the shop, from sign-up to the end of the account."""

    def __init__(self, captures: Captures, run_tasks: RunTasks) -> None:
        self.canaries = Canaries()
        self._captures, self._run_tasks = captures, run_tasks
        for password in PASSWORDS:
            self.canaries.keep("password", password)

    def call(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """One request, with the tasks that it wakes and the mails that they send."""
        # Limits are not what this is about, nor that a code is good once.
        cache.clear()
        with self._captures(execute=True):
            answer = act(*args, **kwargs)
        self._run_tasks()
        return answer

    def mailed(self, pattern: str) -> str:
        """The secret in the newest mail that has one."""
        for message in reversed(mail.outbox):
            if found := re.search(pattern, str(message.body)):
                return self.canaries.keep("mailed", found[1])
        raise AssertionError(f"no mail has {pattern}")

    # ------------------------------------------------------------ by the API
    def registers(self, email: str) -> APIClient:
        """Register, confirm, sign in rightly and wrongly, refresh and reuse."""
        api = APIClient()
        keep = self.canaries.keep_tokens
        body = {"email": email, "password": FIRST, "firstName": "Erin", "lastName": "Ek"}
        assert self.call(api.post, f"{API}/auth/register", body).status_code == 201
        token = self.mailed(CONFIRMATION)
        for _ in range(2):
            self.call(api.get, f"{API}/auth/verify-email", {"token": token})
        self.call(api.get, f"{API}/auth/verify-email", {"token": f"{token}x"})
        sign_in = f"{API}/auth/login"
        self.call(api.post, sign_in, {"email": email, "password": WRONG})
        self.call(api.post, sign_in, {"email": email, "password": [WRONG]})
        old = keep(self.call(api.post, sign_in, {"email": email, "password": FIRST}))
        refresh = {"refreshToken": old["refreshToken"]}
        keep(self.call(api.post, f"{API}/auth/refresh", refresh))
        assert self.call(api.post, f"{API}/auth/refresh", refresh).status_code == 401
        self.call(api.post, f"{API}/auth/logout", refresh)
        new = keep(self.call(api.post, sign_in, {"email": email, "password": FIRST}))
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {new['accessToken']}")
        assert self.call(api.get, f"{API}/auth/me").status_code == 200
        return api

    def resets(self, email: str) -> None:
        """Forget the password, and set one by the mail's token: by the API, then on a page."""
        api, browser = APIClient(), Client()
        self.call(api.post, f"{API}/auth/forgot-password", {"email": email})
        body = {"token": self.mailed(RESET), "password": "short"}
        self.call(api.post, f"{API}/auth/reset-password", body)
        body["password"] = SECOND
        assert self.call(api.post, f"{API}/auth/reset-password", body).status_code == 200
        assert self.call(api.post, f"{API}/auth/reset-password", body).status_code == 400
        self.call(browser.post, "/accounts/password/reset/", {"email": email})
        path = f"/accounts/password/reset/key/{self.mailed(RESET)}/"
        shown = self.call(browser.get, path, follow=True)
        form = {"password1": FIRST, "password2": FIRST}
        self.call(browser.post, shown.request["PATH_INFO"], form)
        self.call(browser.get, path)
        self.canaries.keep_cookies(browser)

    # ------------------------------------------------------------ in a browser
    def signs_up(self, email: str) -> Client:
        """Sign up, confirm, sign out, sign in wrongly and rightly."""
        browser = Client()
        form = {"first_name": "Finn", "email": email, "password1": FIRST}
        assert self.call(browser.post, "/accounts/signup/", form).status_code == 302
        path = f"/accounts/confirm-email/{self.mailed(CONFIRMATION)}/"
        self.call(browser.get, path)
        self.call(browser.post, path)
        self.canaries.keep_cookies(browser)
        self.call(browser.post, "/accounts/logout/")
        self.call(browser.post, "/accounts/login/", {"login": email, "password": WRONG})
        self.call(browser.post, "/accounts/login/", {"login": email, "password": FIRST})
        assert "_auth_user_id" in browser.session
        self.canaries.keep_cookies(browser)
        return browser

    def changes_password(self, browser: Client) -> None:
        form = {"oldpassword": FIRST, "password1": THIRD, "password2": THIRD}
        answer = self.call(browser.post, "/accounts/password/change/", form)
        assert answer.status_code == 302
        self.canaries.keep_cookies(browser)
        # So that what follows is not asked who it is.
        answer = self.call(browser.post, "/accounts/reauthenticate/", {"password": WRONG})
        answer = self.call(browser.post, "/accounts/reauthenticate/", {"password": THIRD})
        assert answer.status_code == 302

    def adds_second_factor(self, browser: Client, email: str) -> None:
        """Set up an authenticator app and recovery codes, and sign in with each."""
        page = "/accounts/2fa/totp/activate/"
        secret = self.canaries.keep(
            "OTP secret", self.call(browser.get, page).context["form"].secret
        )
        assert self.call(browser.post, page, {"code": self.code(secret)}).status_code == 302
        self.call(browser.post, "/accounts/2fa/recovery-codes/generate/")
        shown = self.call(browser.get, "/accounts/2fa/recovery-codes/")
        codes = [self.canaries.keep("recovery code", it) for it in shown.context["unused_codes"]]
        assert len(codes) == 10
        self.call(browser.get, "/accounts/2fa/recovery-codes/download/")
        for code in (self.code(secret), codes[0], codes[0]):
            self.call(browser.post, "/accounts/logout/")
            self.call(browser.post, "/accounts/login/", {"login": email, "password": THIRD})
            self.call(browser.post, "/accounts/2fa/authenticate/", {"code": code})
        assert "_auth_user_id" not in browser.session
        self.call(browser.post, "/accounts/2fa/authenticate/", {"code": codes[1]})
        assert "_auth_user_id" in browser.session
        self.canaries.keep_cookies(browser)
        for code in (self.code(secret), codes[2]):
            body = {"email": email, "password": THIRD, "otp": code}
            answer = self.call(APIClient().post, f"{API}/auth/login", body)
            self.canaries.keep_tokens(answer)
            assert self.call(APIClient().post, f"{API}/auth/login", body)

    def code(self, secret: str) -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return self.canaries.keep("code", format_hotp_value(hotp_value(secret, counter)))

    # ------------------------------------------------------------ keys, teams, the end
    def uses_keys(self, api: APIClient, browser: Client) -> None:
        """Make a key each way, use it, mistype it, revoke it, use it."""
        body = {"name": "A program", "scopes": ["numbers:read"]}
        made = self.call(api.post, f"{API}/api-keys", body).json()
        form = {"name": "Another", "scopes": ["numbers:read"], "expiry": "30"}
        self.call(browser.post, "/accounts/reauthenticate/", {"password": THIRD})
        shown = self.call(browser.post, "/keys/new/", form)
        keys = [made["key"], shown.context["secret"]]
        for key in keys:
            self.canaries.keep("API key", key)
            self.canaries.keep("API key without its prefix", key.removeprefix("dsk_"))
            for spelt in (key, f"{key}x", key[:-1]):
                program = APIClient(headers={"Authorization": f"Bearer {spelt}"})
                self.call(program.get, f"{API}/numbers")
            self.call(APIClient().get, f"{API}/numbers", {"api_key": key})
        self.call(api.delete, f"{API}/api-keys/{made['id']}")
        program = APIClient(headers={"Authorization": f"Bearer {keys[0]}"})
        assert self.call(program.get, f"{API}/numbers").status_code == 401

    def invites(self, api: APIClient, browser: Client, email: str) -> None:
        """Invite somebody, who opens the link and accepts."""
        body = {"email": email, "role": "MEMBER"}
        made = self.call(api.post, f"{API}/invitations", body).json()
        first = self.mailed(INVITATION)
        self.call(api.post, f"{API}/invitations/{made['id']}/resend")
        second = self.mailed(INVITATION)
        assert first != second
        for token in (first, f"{second}x", second):
            self.call(browser.get, f"/invitations/{token}/", follow=True)
            self.call(APIClient().post, f"{API}/invitations/accept", {"token": token})
        assert self.call(browser.post, "/invitations/").status_code == 302
        self.call(browser.get, f"/invitations/{second}/", follow=True)

    def copies_and_goes(self, api: APIClient) -> None:
        """Ask for a copy of the data, fetch it, and delete the account."""
        self.call(api.post, f"{API}/auth/me/export")
        export = DataExport.objects.get()
        assert self.call(api.get, f"{API}/auth/me/exports/{export.pk}/download").status_code == 200
        self.call(api.delete, f"{API}/auth/me", {"password": WRONG})
        assert self.call(api.delete, f"{API}/auth/me", {"password": FIRST}).status_code == 204


def live(life: Life) -> None:
    """All of it."""
    api = life.registers("erin@example.com")
    life.resets("erin@example.com")
    body = {"email": "erin@example.com", "password": FIRST}
    tokens = life.canaries.keep_tokens(life.call(APIClient().post, f"{API}/auth/login", body))
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['accessToken']}")
    browser = life.signs_up("finn@example.com")
    life.changes_password(browser)
    life.adds_second_factor(browser, "finn@example.com")
    life.uses_keys(api, browser)
    life.invites(api, browser, "finn@example.com")
    place = life.call(api.get, f"{API}/members").json()["results"]
    finns = next(member["id"] for member in place if member["email"] == "finn@example.com")
    assert life.call(api.delete, f"{API}/members/{finns}").status_code == 204
    life.copies_and_goes(api)


@pytest.fixture
def life(django_capture_on_commit_callbacks: Captures, run_tasks: RunTasks) -> Life:
    return Life(django_capture_on_commit_callbacks, run_tasks)


def test_no_secret_stands_in_the_logs(life: Life, written: io.StringIO) -> None:
    live(life)

    text = written.getvalue()
    for user in User.objects.all():
        if user.has_usable_password():
            life.canaries.keep("password's hash", user.password)
    assert text.count("request_finished") > 80
    is_for_people = not text.startswith("{")
    assert is_for_people or text.count('"task_started"') > 5
    assert len(life.canaries.kept) > 40
    assert life.canaries.found_in(text) == []


def test_a_secret_that_is_logged_is_found(life: Life, written: io.StringIO) -> None:
    """By who forgets the names that the mask goes by."""
    log = structlog.get_logger("didshop.test")
    keep = life.canaries.keep
    log.debug("careless", said=keep("password", "eleven umbrellas"))
    log.debug("one was used", code_of="the list", was=keep("recovery code", "48291374"))
    logging.getLogger("elsewhere").debug("%s", {"given": keep("session", "k3jd8fh2ls9")})
    log.debug("cut", rest=keep("signed token", "MQ:1vNo2X:signature-of-it").rpartition(":")[2])
    found = life.canaries.found_in(written.getvalue())
    assert [name.rpartition(" ")[0] for name in found] == [
        "password",
        "recovery code",
        "session",
        "signed token",
    ]


def test_a_code_is_not_mistaken_for_a_time(life: Life) -> None:
    life.canaries.keep("code", "286863")
    assert life.canaries.found_in("2026-11-24T11:12:33.286863Z 01a2-286863ff") == []
    assert life.canaries.found_in("otp 286863.") != []
