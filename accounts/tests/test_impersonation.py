"""Staff see the shop as a customer sees it, change nothing there, and are written down."""

import time
from typing import Any

import pytest
from allauth.core import context
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import sessions
from accounts.audit import Act, record
from accounts.models import AuditEntry, Membership, User
from accounts.tests.factories import PASSWORD, UserFactory, organization_of
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

BEGIN, STOP = "/admin/impersonate/", "/admin/impersonate/stop/"
BANNER = "You see the shop as"


@pytest.fixture
def sam() -> User:
    """Of the staff: may look at everything, and act in customers' places."""
    user = UserFactory(email="sam@example.com", first_name="Sam", role="ADMIN")
    user.user_permissions.add(Permission.objects.get(codename="impersonate_user"))
    return user


@pytest.fixture
def browser(sam: User) -> Client:
    """Sam's, signed in on the page."""
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/132.0"})
    client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})
    return client


@pytest.fixture
def as_alice(browser: Client, alice: User) -> Client:
    """The same, in Alice's place."""
    assert browser.post(BEGIN, {"user_pk": alice.pk}).status_code == 302
    return browser


def whose(client: Client) -> User | None:
    """Who the browser is signed in as."""
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id) if user_id else None


def acts(act: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(act=act))


# ---------------------------------------------------------------- beginning and stopping
def test_they_see_what_the_customer_sees(as_alice: Client, alice: User) -> None:
    page = as_alice.get("/")
    assert page.status_code == 200
    assert BANNER in page.content.decode()
    assert "Alice Ames" in page.content.decode()
    assert whose(as_alice) == alice


def test_the_banner_stands_on_every_page(as_alice: Client) -> None:
    pages = ("/find/", "/numbers/", "/orders/", "/calls/", "/billing/methods/", "/team/",
             "/accounts/logout/", "/accounts/password/change/")  # fmt: skip
    for path in pages:
        assert BANNER in as_alice.get(path).content.decode(), path


def test_nobody_else_has_a_banner(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert BANNER not in client.get("/").content.decode()


def test_stopping_leads_back_to_the_users_page(as_alice: Client, alice: User, sam: User) -> None:
    answer = as_alice.post(STOP)
    assert answer.headers["Location"] == f"/admin/accounts/user/{alice.pk}/change/"
    assert whose(as_alice) == sam
    page = as_alice.get(answer.headers["Location"])
    assert page.status_code == 200
    assert BANNER not in as_alice.get("/").content.decode()


def test_both_ends_are_in_the_audit_log(as_alice: Client, alice: User, sam: User) -> None:
    as_alice.post(STOP)
    for act, details in {
        "IMPERSONATION_BEGAN": {},
        "IMPERSONATION_ENDED": {"how": "stopped"},
    }.items():
        (entry,) = acts(act)
        assert (entry.actor, entry.impersonator) == (alice, sam)
        assert (entry.organization, entry.details) == (organization_of(alice), details)


def test_what_is_written_down_meanwhile_names_the_member_of_staff(
    as_alice: Client, alice: User, sam: User
) -> None:
    request = as_alice.get("/").wsgi_request
    with context.request_context(request):
        entry = record(Act.PROFILE_CHANGED, actor=alice)
    assert str(entry.impersonator_id) == str(sam.pk)


def test_the_session_is_another_one_each_time(browser: Client, alice: User) -> None:
    keys = [browser.session.session_key]
    browser.post(BEGIN, {"user_pk": alice.pk})
    keys.append(browser.session.session_key)
    browser.post(STOP)
    keys.append(browser.session.session_key)
    assert len(set(keys)) == 3


def test_the_proofs_of_the_member_of_staff_are_theirs_again(browser: Client, alice: User) -> None:
    before = browser.session["account_authentication_methods"]
    browser.post(BEGIN, {"user_pk": alice.pk})
    assert "account_authentication_methods" not in browser.session
    browser.post(STOP)
    assert browser.session["account_authentication_methods"] == before
    assert browser.session["signed_in"] is True


def test_it_is_no_sign_in_of_the_customer(as_alice: Client, alice: User, sam: User) -> None:
    as_alice.get("/")
    alice.refresh_from_db()
    assert alice.last_login is None
    assert not UserSession.objects.filter(user=alice).exists()
    assert not OutgoingMail.objects.filter(to=alice.email).exists()
    assert not AuditEntry.objects.filter(actor=alice, act="SIGNED_IN").exists()
    as_alice.post(STOP)
    row = UserSession.objects.get(user=sam)
    assert row.session_key == as_alice.session.session_key


def test_beginning_takes_a_token(alice: User, sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    assert client.post(BEGIN, {"user_pk": alice.pk}).status_code == 403
    assert whose(client) == sam


def test_nothing_happens_by_following_a_link(browser: Client, alice: User, sam: User) -> None:
    assert browser.get(f"{BEGIN}?user_pk={alice.pk}").status_code == 400
    assert whose(browser) == sam
    browser.post(BEGIN, {"user_pk": alice.pk})
    assert browser.get(STOP).status_code == 403
    assert whose(browser) == alice


# ---------------------------------------------------------------- who may not
def test_without_the_permission(alice: User) -> None:
    staff = UserFactory(role="ADMIN")
    client = Client()
    client.force_login(staff)
    assert client.post(BEGIN, {"user_pk": alice.pk}).status_code == 403
    page = client.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert BEGIN not in page
    assert BEGIN not in client.get("/admin/accounts/user/").content.decode()
    assert whose(client) == staff
    assert not acts("IMPERSONATION_BEGAN")


def test_a_customer_may_not(alice: User, charlie: User) -> None:
    charlie.user_permissions.add(Permission.objects.get(codename="impersonate_user"))
    client = Client()
    client.force_login(charlie)
    assert client.post(BEGIN, {"user_pk": alice.pk}).status_code in (302, 403)
    assert whose(client) == charlie
    assert not acts("IMPERSONATION_BEGAN")


@pytest.mark.parametrize(
    "fields", [{"role": "ADMIN"}, {"role": "SUPER_ADMIN"}, {"is_active": False}]
)
def test_never_staff_and_never_who_is_deactivated(fields: dict[str, Any]) -> None:
    subject = UserFactory(**fields)
    boss = UserFactory(role="SUPER_ADMIN")
    client = Client()
    client.force_login(boss)
    assert client.post(BEGIN, {"user_pk": subject.pk}).status_code == 403
    assert whose(client) == boss


@pytest.mark.parametrize("user_pk", ["", "nobody", "018f0000-0000-7000-8000-000000000000"])
def test_nobody_is_nobody(browser: Client, sam: User, user_pk: str) -> None:
    assert browser.post(BEGIN, {"user_pk": user_pk}).status_code == 404
    assert whose(browser) == sam


def test_from_one_place_into_no_other(as_alice: Client, alice: User, charlie: User) -> None:
    assert as_alice.post(BEGIN, {"user_pk": charlie.pk}).status_code == 403
    assert whose(as_alice) == alice


def test_who_is_not_in_anybodys_place_has_nothing_to_stop(browser: Client, sam: User) -> None:
    assert browser.post(STOP).status_code == 403
    assert whose(browser) == sam


# ---------------------------------------------------------------- what is closed meanwhile
PERSONAL = (
    "/accounts/security/",
    "/accounts/security/activity/",
    "/accounts/profile/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/privacy/",
    "/accounts/privacy/delete/",
    "/accounts/reauthenticate/",
    "/keys/",
    "/keys/new/",
    "/team/leave/",
    "/team/hand-over/",
    "/admin/",
)


def test_what_is_the_customers_alone_is_not_shown(as_alice: Client) -> None:
    for path in PERSONAL:
        answer = as_alice.get(path)
        assert answer.status_code == 403, path
        assert "This is for them alone" in answer.content.decode(), path


WRITES = (
    "/",
    "/checkout/",
    "/billing/methods/",
    "/keys/new/",
    "/team/",
    "/team/new/",
    "/team/settings/",
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/privacy/exports/",
    "/accounts/privacy/delete/",
    "/accounts/sessions/end/",
)


def test_nothing_can_be_sent(as_alice: Client, alice: User) -> None:
    before = AuditEntry.objects.count()
    body = {"first_name": "Changed", "name": "Changed", "password": PASSWORD}
    for path in WRITES:
        answer = as_alice.post(path, body)
        assert answer.status_code == 403, path
        assert "Nothing was changed" in answer.content.decode(), path
    alice.refresh_from_db()
    assert (alice.first_name, alice.is_active) == ("Alice", True)
    assert AuditEntry.objects.count() == before


def test_the_organisation_can_be_switched(as_alice: Client, alice: User, charlie: User) -> None:
    other = organization_of(charlie)
    Membership.objects.create(user=alice, organization=other, role="VIEWER")
    answer = as_alice.post("/team/switch/", {"organization": str(other.pk)})
    assert answer.status_code == 302
    as_alice.get("/")
    assert as_alice.session["organization"] == str(other.pk)
    as_alice.post(STOP)
    assert "organization" not in as_alice.session


def test_signing_out_signs_the_member_of_staff_out(as_alice: Client, sam: User) -> None:
    assert as_alice.post("/accounts/logout/").status_code == 302
    assert whose(as_alice) is None
    assert [entry.actor for entry in acts("SIGNED_OUT")] == [sam]
    assert acts("IMPERSONATION_ENDED")[0].details == {"how": "signed out"}


# ---------------------------------------------------------------- when it ends by itself
def later(client: Client, seconds: float) -> None:
    """As if it had begun so much earlier."""
    session = client.session
    session["impersonation"] = {**session["impersonation"], "began_at": time.time() - seconds}
    session.save()


def test_it_goes_on_for_a_while(as_alice: Client, alice: User) -> None:
    later(as_alice, 29 * 60)
    assert as_alice.get("/numbers/").status_code == 200
    assert whose(as_alice) == alice


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_half_an_hour_it_is_over(
    as_alice: Client, alice: User, sam: User, method: str
) -> None:
    later(as_alice, 31 * 60)
    answer = getattr(as_alice, method)("/numbers/")
    assert answer.headers["Location"] == f"/admin/accounts/user/{alice.pk}/change/"
    assert whose(as_alice) == sam
    assert acts("IMPERSONATION_ENDED")[0].details == {"how": "time"}


def test_a_part_of_a_page_leads_out_with_the_whole_page(as_alice: Client) -> None:
    later(as_alice, 31 * 60)
    answer = as_alice.get("/numbers/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/admin/accounts/user/")


def test_it_ends_when_the_customer_becomes_staff(as_alice: Client, alice: User, sam: User) -> None:
    User.objects.filter(pk=alice.pk).update(role="SUPER_ADMIN")
    assert as_alice.get("/admin/").status_code == 302
    assert whose(as_alice) == sam
    assert acts("IMPERSONATION_ENDED")[0].details == {"how": "refused"}


def test_it_ends_when_the_customer_is_deactivated(as_alice: Client, alice: User, sam: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert as_alice.get("/numbers/").status_code == 302
    assert whose(as_alice) == sam


@pytest.mark.parametrize("change", ["deactivated", "role", "password"])
def test_it_ends_when_the_member_of_staff_is_none_any_more(
    as_alice: Client, sam: User, change: str
) -> None:
    if change == "deactivated":
        sam.is_active = False
    elif change == "role":
        sam.role = "USER"
    else:
        sam.set_password("another long password")
    sam.save()
    answer = as_alice.get("/numbers/")
    assert answer.status_code == 302
    assert whose(as_alice) == (sam if change == "role" else None)


def test_it_ends_with_the_sign_ins_of_the_member_of_staff(as_alice: Client, sam: User) -> None:
    sessions.end_all(sam)
    assert as_alice.get("/numbers/").status_code == 302
    assert whose(as_alice) is None
