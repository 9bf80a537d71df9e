"""Staff enter the admin with a second factor only, where the shop asks for it."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.tests.codes import code_of
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
ADMIN_PAGES = ("/admin/", "/admin/accounts/user/", "/admin/orders/order/", "/admin/jsi18n/")


@pytest.fixture(autouse=True)
def _staff_need_mfa(settings: Any) -> None:
    settings.STAFF_NEED_MFA = True


@pytest.fixture
def root() -> User:
    return UserFactory(email="root@example.com", first_name="Ruth", role="SUPER_ADMIN")


def code_now() -> str:
    """The app's code, as if none had been used before."""
    cache.clear()
    return code_of(SECRET)


def with_password(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def browser(root: User) -> Client:
    """Of a superuser, who signed in with password and code."""
    TOTP.activate(root, SECRET)
    client = with_password(root)
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert answer.status_code == 302
    return client


def age(client: Client, seconds: float) -> None:
    """As if all proofs of who it is were so much older."""
    session = client.session
    session["account_authentication_methods"] = [
        {**proof, "at": time.time() - seconds}
        for proof in session["account_authentication_methods"]
    ]
    session.save()


# ---------------------------------------------------------------- the second factor
def test_without_one_no_page_of_the_admin_opens(root: User) -> None:
    client = with_password(root)
    for path in ADMIN_PAGES:
        answer = client.get(path)
        assert answer.status_code == 403, path
        page = answer.content.decode()
        assert "Set up a second factor first" in page
        assert "/accounts/2fa/totp/activate/" in page


def test_without_one_nothing_is_done(root: User, alice: User) -> None:
    client = with_password(root)
    assert client.post(f"/admin/accounts/user/{alice.pk}/deactivate/").status_code == 403
    assert client.post("/admin/impersonate/", {"user_pk": alice.pk}).status_code == 403
    alice.refresh_from_db()
    assert alice.is_active
    assert client.session["_auth_user_id"] == str(root.pk)


@pytest.mark.django_db(transaction=True)
def test_one_that_is_set_up_now_counts_as_used(root: User) -> None:
    client = with_password(root)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = code_of(secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_none(root: User) -> None:
    Authenticator.objects.create(
        user=root, type="recovery_codes", data={"seed": "x", "used_mask": 0}
    )
    assert with_password(root).get("/admin/").status_code == 403


def test_one_that_was_not_used_is_asked_for(root: User) -> None:
    client = with_password(root)
    TOTP.activate(root, SECRET)
    answer = client.get("/admin/accounts/user/")
    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    answer = client.post(answer.headers["Location"], {"code": code_now()})
    assert answer.headers["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_with_one_the_admin_opens(browser: Client) -> None:
    for path in ADMIN_PAGES:
        assert browser.get(path).status_code == 200, path


def test_signing_out_takes_none(root: User) -> None:
    client = with_password(root)
    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_customers_and_strangers_meet_the_admins_own_refusal(alice: User) -> None:
    assert Client().get("/admin/").status_code == 302
    client = with_password(alice)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "second factor" not in answer.content.decode()


def test_where_it_is_not_asked_for(root: User, settings: Any) -> None:
    settings.STAFF_NEED_MFA = False
    assert with_password(root).get("/admin/").status_code == 200


def test_after_acting_in_a_customers_place_it_still_counts(browser: Client, alice: User) -> None:
    assert browser.post("/admin/impersonate/", {"user_pk": alice.pk}).status_code == 302
    answer = browser.post("/admin/impersonate/stop/")
    assert browser.get(answer.headers["Location"]).status_code == 200


# ---------------------------------------------------------------- lately
def test_looking_takes_no_fresh_proof(browser: Client) -> None:
    age(browser, 3600)
    assert browser.get("/admin/accounts/user/").status_code == 200


def test_a_change_takes_a_fresh_proof_and_is_then_done(browser: Client, alice: User) -> None:
    path = f"/admin/accounts/user/{alice.pk}/deactivate/"
    age(browser, 16 * 60)
    answer = browser.post(path)
    assert answer.headers["Location"] == f"/accounts/reauthenticate/?next={path}".replace(
        f"next={path}", f"next={path.replace('/', '%2F')}"
    )
    alice.refresh_from_db()
    assert alice.is_active
    answer = browser.post(answer.headers["Location"], {"password": PASSWORD})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active


def test_a_proof_is_good_for_a_quarter_of_an_hour(browser: Client, alice: User) -> None:
    age(browser, 14 * 60)
    browser.post(f"/admin/accounts/user/{alice.pk}/deactivate/")
    alice.refresh_from_db()
    assert not alice.is_active


def test_acting_in_a_customers_place_takes_a_fresh_proof(
    browser: Client, alice: User, root: User
) -> None:
    age(browser, 16 * 60)
    answer = browser.post("/admin/impersonate/", {"user_pk": alice.pk})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert browser.session["_auth_user_id"] == str(root.pk)
    browser.post(answer.headers["Location"], {"password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(alice.pk)
    assert browser.get("/numbers/").status_code == 200


def test_a_password_that_was_typed_is_kept_nowhere(browser: Client, alice: User) -> None:
    page = f"/admin/accounts/user/{alice.pk}/password/"
    age(browser, 16 * 60)
    assert browser.get(page).status_code == 302
    answer = browser.post(page, {"password1": "kept-nowhere-9", "password2": "kept-nowhere-9"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert "kept-nowhere" not in str(dict(browser.session))
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
