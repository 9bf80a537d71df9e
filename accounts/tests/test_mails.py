"""The mails about accounts: what they say, in text and HTML, and where their links lead."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as shop_settings
from django.core import mail
from django.template.loader import get_template
from django.test import Client

from accounts.adapter import AccountAdapter
from accounts.models import User
from accounts.tests.codes import code_of
from accounts.tests.factories import PASSWORD, UserFactory
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
NEW = "seven green umbrellas sing"
SIGN_UP = {"first_name": "Erin", "email": "erin@example.com", "password1": PASSWORD}
# Of what this shop does not do: codes by mail in place of links, and what allauth never sends.
UNUSED = {"login_code", "password_reset_code", "email_confirm"}
_EMAILS = Path(allauth.__file__).parent / "templates"
PREFIXES = sorted(
    str(file.relative_to(_EMAILS)).removesuffix("_subject.txt")
    for app in ("account", "mfa")
    for file in _EMAILS.glob(f"{app}/email/*_subject.txt")
    if file.name.removesuffix("_subject.txt") not in UNUSED
)


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's Firefox, in which she is signed in and has just shown that it is her."""
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="198.51.100.7")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def newest(to: str) -> OutgoingMail:
    found = OutgoingMail.objects.filter(to=to).order_by("id").last()
    assert found is not None
    return found


def link_in(posted: OutgoingMail) -> str:
    """The path of the one thing to do: on its own line in the text, twice in the HTML."""
    (line,) = (
        line
        for line in posted.text.partition("\n-- \n")[0].splitlines()
        if line.startswith(shop_settings.PUBLIC_BASE_URL)
    )
    assert posted.html.count(f'href="{line}"') == 2
    assert f">{line}</a>" in posted.html
    return line.removeprefix(shop_settings.PUBLIC_BASE_URL)


# ---------------------------------------------------------------- all of them
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_mail_of_allauths_is_in_our_words(prefix: str) -> None:
    for part in ("subject.txt", "message.txt", "message.html"):
        origin = get_template(f"{prefix}_{part}").origin.name
        assert Path(origin).is_relative_to(shop_settings.BASE_DIR / "templates")


@pytest.mark.parametrize("prefix", [*PREFIXES, "emails/new_device"])
def test_a_mail_is_whole_and_loads_nothing(prefix: str) -> None:
    facts = {
        "activate_url": "http://127.0.0.1:8000/activate/",
        "password_reset_url": "http://127.0.0.1:8000/reset/",
        "deleted_email": "old@example.com",
        "from_email": "old@example.com",
        "to_email": "new@example.com",
        "user_agent": FIREFOX,
    }
    AccountAdapter().send_mail(prefix, "alice@example.com", facts)
    posted = OutgoingMail.objects.get()
    assert posted.subject
    assert posted.subject in posted.html
    assert "alice@example.com because " in posted.text
    assert "alice@example.com because " in posted.html
    for form in (posted.text, posted.html):
        assert "{" not in re.sub(r"<style>.*</style>", "", form, flags=re.DOTALL)
        assert set(re.findall(r"https?://[^/\s\"<]+", form)) == {shop_settings.PUBLIC_BASE_URL}
    assert not re.search(r"<(img|script|link|iframe|form)\b|\bsrc=|@import|url\(", posted.html)


def test_it_is_sent_as_text_and_html(
    client: Client, run_tasks: Callable[[], list[str]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/signup/", SIGN_UP)
    run_tasks()
    (message,) = mail.outbox
    ((html, kind),) = message.alternatives
    assert (message.subject, message.to) == ("Confirm your address", ["erin@example.com"])
    assert kind == "text/html"
    assert "Confirm this address</a>" in html
    assert not str(message.body).lstrip().startswith("<")


# ---------------------------------------------------------------- links
def test_the_link_of_the_first_mail_confirms_the_address(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    posted = newest("erin@example.com")
    assert "The link works for 3 days" in posted.text
    answer = client.post(link_in(posted))
    assert answer.status_code == 302
    assert EmailAddress.objects.get().verified
    assert "_auth_user_id" in client.session


def test_the_link_of_a_reset_sets_a_new_password(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    posted = newest(alice.email)
    assert "The link works once, for 3 days" in posted.text
    form = client.get(link_in(posted), follow=True)
    assert "password/reset/key" not in form.redirect_chain[-1][0].partition("-set-password")[2]
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_who_has_an_account_is_told_so_instead_of_getting_another(
    client: Client, alice: User
) -> None:
    client.post("/accounts/signup/", {**SIGN_UP, "email": alice.email})
    posted = newest(alice.email)
    assert posted.subject == "You have an account already"
    assert link_in(posted) == "/accounts/password/reset/"


def test_who_has_none_is_told_so_instead_of_getting_a_reset(client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    posted = newest("nobody@example.com")
    assert posted.subject == "There is no account with this address"
    assert link_in(posted) == "/accounts/signup/"


def test_links_do_not_go_by_what_the_caller_calls_the_shop(client: Client, alice: User) -> None:
    for email in (alice.email, "nobody@example.com"):
        form = {**SIGN_UP, "email": email}
        client.post("/accounts/signup/", form, headers={"host": "localhost"})
        client.post("/accounts/password/reset/", {"email": email}, headers={"host": "localhost"})
    assert OutgoingMail.objects.count() == 4
    for posted in OutgoingMail.objects.all():
        assert "localhost" not in posted.text + posted.html


# ---------------------------------------------------------------- notices
def says_when_where_and_what_to_do(posted: OutgoingMail) -> None:
    """What every notice of a change says."""
    for form in (posted.text, posted.html):
        assert re.search(r"\w+day \d+ \w+ \d{4}, \d\d:\d\d UTC", form)
        assert "Firefox on Linux" in form
        assert "198.51.100.7" in form
        assert "If that was you, there is nothing to do." in form
        assert "If it was not you" in form


def test_a_changed_password(browser: Client, alice: User) -> None:
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser.post("/accounts/password/change/", form)
    posted = newest(alice.email)
    assert posted.subject == "Your password was changed"
    says_when_where_and_what_to_do(posted)
    assert link_in(posted) == "/accounts/password/reset/"


def test_an_authenticator_app_added_and_removed(
    browser: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = browser.get("/accounts/2fa/totp/activate/")
    code = code_of(page.context["form"].secret)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/accounts/2fa/totp/activate/", {"code": code})
    posted = newest(alice.email)
    assert posted.subject == "An authenticator app was added"
    says_when_where_and_what_to_do(posted)

    browser.post("/accounts/2fa/totp/deactivate/")
    posted = newest(alice.email)
    assert posted.subject == "The authenticator app was removed"
    says_when_where_and_what_to_do(posted)


def test_new_recovery_codes(
    browser: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(alice)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/accounts/2fa/recovery-codes/generate/")
    posted = newest(alice.email)
    assert posted.subject == "New recovery codes were made"
    says_when_where_and_what_to_do(posted)


def test_a_removed_passkey(browser: Client, alice: User) -> None:
    passkey = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}}
    )
    browser.post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/")
    posted = newest(alice.email)
    assert posted.subject == "A passkey was removed"
    says_when_where_and_what_to_do(posted)


def test_a_changed_address_is_told_to_the_old_one(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    asked = newest("new@example.com")
    assert asked.subject == "Confirm your new address"
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"

    browser.post(link_in(asked))

    alice.refresh_from_db()
    assert alice.email == "new@example.com"
    assert [address.email for address in EmailAddress.objects.all()] == ["new@example.com"]
    told = newest("alice@example.com")
    assert told.subject == "Your account has another address now"
    says_when_where_and_what_to_do(told)
    # A reset would go to the new address.
    assert "/accounts/password/reset/" not in told.text + told.html


def test_changing_the_address_takes_the_password_again(
    browser: Client, alice: User, settings: Any
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    form = {"email": "new@example.com", "action_add": ""}
    answer = browser.post("/accounts/email/", form)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@example.com").exists()
    assert not OutgoingMail.objects.exists()
