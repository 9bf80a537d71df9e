"""What staff do to the accounts of others, by the admin's buttons and lists."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.keys import making
from accounts.models import AuditEntry, Membership, User
from accounts.tests.factories import PASSWORD, UserFactory, api_client, organization_of
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return UserFactory(email="root@example.com", first_name="Ruth", role="SUPER_ADMIN")


@pytest.fixture
def boss(root: User) -> Client:
    """A superuser's browser."""
    return browser_of(root)


@pytest.fixture
def sam(db: None) -> User:
    """Of the staff, and may change users."""
    user = UserFactory(email="sam@example.com", role="ADMIN")
    user.user_permissions.add(Permission.objects.get(codename="change_user"))
    return user


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def signed_in_on_page(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def press(client: Client, user: User, deed: str) -> str:
    """Press a button of the user's page; what is then said."""
    answer = client.post(f"/admin/accounts/user/{user.pk}/{deed}/", follow=True)
    assert answer.status_code == 200
    return " ".join(str(message) for message in answer.context["messages"])


def entry_of(act: str) -> AuditEntry:
    return AuditEntry.objects.get(act=act)


def key_of(user: User) -> making.NewKey:
    place = Membership.objects.select_related("organization", "user").get(user=user)
    return making.create(place=place, name="Program", scopes=["numbers:read"])


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


# ---------------------------------------------------------------- in and out
def test_who_is_deactivated_is_out_at_once(boss: Client, root: User, alice: User) -> None:
    page, api = signed_in_on_page(alice), api_client(alice)
    assert press(boss, alice, "deactivate") == "Nobody gets in as them any more."
    assert not is_in(page)
    assert api.get("/api/v1/auth/me").status_code in (401, 403)
    assert not is_in(signed_in_on_page(alice))
    entry = entry_of("ACCOUNT_DEACTIVATED")
    assert (entry.actor, entry.target_id) == (root, str(alice.pk))
    assert entry.details == {"sessions_ended": 2}


def test_and_their_keys_open_nothing(boss: Client, alice: User) -> None:
    new = key_of(alice)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {new.secret}")
    assert client.get("/api/v1/numbers").status_code == 200
    press(boss, alice, "deactivate")
    assert client.get("/api/v1/numbers").status_code == 401
    new.key.refresh_from_db()
    assert new.key.revoked_at is None


def test_who_is_activated_may_sign_in_again(boss: Client, alice: User) -> None:
    press(boss, alice, "deactivate")
    press(boss, alice, "activate")
    assert is_in(signed_in_on_page(alice))
    assert entry_of("ACCOUNT_ACTIVATED").target_id == str(alice.pk)


def test_twice_is_written_down_once(boss: Client, alice: User) -> None:
    press(boss, alice, "deactivate")
    press(boss, alice, "deactivate")
    assert AuditEntry.objects.filter(act="ACCOUNT_DEACTIVATED").count() == 1


def test_nobody_deactivates_themselves(boss: Client, root: User) -> None:
    assert press(boss, root, "deactivate") == "root@example.com: You cannot deactivate yourself."
    root.refresh_from_db()
    assert root.is_active


def test_who_deleted_their_account_stays_out(boss: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(
        email=f"erased-{alice.pk}@erased.invalid", is_active=False
    )
    assert "Nobody can bring it back" in press(boss, alice, "activate")
    alice.refresh_from_db()
    assert not alice.is_active


def test_all_sign_ins_end(boss: Client, alice: User) -> None:
    page, api = signed_in_on_page(alice), api_client(alice)
    press(boss, alice, "end_sessions")
    assert not is_in(page)
    assert api.get("/api/v1/auth/me").status_code == 401
    assert entry_of("SESSION_ENDED").details == {"sessions_ended": 2}
    assert is_in(signed_in_on_page(alice))


def test_wrong_passwords_are_forgotten(boss: Client, alice: User) -> None:
    for _ in range(6):
        answer = Client().post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert answer.status_code == 429
    press(boss, alice, "unlock_sign_in")
    assert is_in(signed_in_on_page(alice))
    assert entry_of("SIGN_IN_UNLOCKED").target_id == str(alice.pk)


def test_also_those_from_where_they_are_known(boss: Client, alice: User) -> None:
    signed_in_on_page(alice)
    for _ in range(6):
        answer = Client().post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert answer.status_code == 429
    press(boss, alice, "unlock_sign_in")
    assert is_in(signed_in_on_page(alice))


# ---------------------------------------------------------------- addresses and second factors
def test_the_confirmation_is_sent_again(boss: Client) -> None:
    erin = UserFactory(email="erin@example.com", confirmed=False)
    assert press(boss, erin, "resend_confirmation") == "The mail is on its way."
    assert OutgoingMail.objects.get().to == "erin@example.com"
    assert entry_of("CONFIRMATION_RESENT").target_id == str(erin.pk)


def test_none_is_sent_for_what_is_confirmed(boss: Client, alice: User) -> None:
    assert "confirmed already" in press(boss, alice, "resend_confirmation")
    assert not OutgoingMail.objects.exists()


def test_second_factors_are_taken_away(boss: Client, root: User, alice: User) -> None:
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(alice)
    api = api_client(alice)
    press(boss, alice, "reset_second_factor")
    assert not Authenticator.objects.exists()
    assert api.get("/api/v1/auth/me").status_code == 401
    entry = entry_of("MFA_RESET")
    assert (entry.actor, entry.details["kinds"]) == (root, ["recovery_codes", "totp"])
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "Your second factors were taken away")
    assert "Ruth" not in mail.text + mail.html


def test_superusers_alone_take_them_away(sam: User, alice: User) -> None:
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    assert "Only a superuser" in press(browser_of(sam), alice, "reset_second_factor")
    assert Authenticator.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_nobody_takes_their_own_away_so(boss: Client, root: User) -> None:
    TOTP.activate(root, "JBSWY3DPEHPK3PXP")
    assert "your security page" in press(boss, root, "reset_second_factor")
    assert Authenticator.objects.exists()


# ---------------------------------------------------------------- who may
DEEDS = ("deactivate", "end_sessions", "unlock_sign_in", "resend_confirmation", "activate")


def test_who_may_look_only_does_nothing(alice: User) -> None:
    looker = browser_of(UserFactory(role="ADMIN"))
    api = api_client(alice)
    page = looker.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    for deed in DEEDS:
        assert f"/{deed}/" not in page
        assert "not change it" in press(looker, alice, deed)
    assert api.get("/api/v1/auth/me").status_code == 200
    assert not AuditEntry.objects.exclude(act__startswith="SIGN").exists()


def test_staff_who_may_change_customers_do_not_reach_staff(sam: User, root: User) -> None:
    client = browser_of(sam)
    for deed in DEEDS:
        assert "Only a superuser" in press(client, root, deed)
    root.refresh_from_db()
    assert root.is_active


def test_customers_and_strangers_do_nothing(alice: User, charlie: User) -> None:
    for client in (Client(), browser_of(charlie)):
        for deed in DEEDS:
            answer = client.post(f"/admin/accounts/user/{alice.pk}/{deed}/")
            assert answer.status_code in (302, 403)
    alice.refresh_from_db()
    assert alice.is_active
    assert not AuditEntry.objects.exists()


def test_from_the_list_for_many(boss: Client, root: User, alice: User, charlie: User) -> None:
    chosen = [str(user.pk) for user in (alice, charlie, root)]
    answer = boss.post(
        "/admin/accounts/user/",
        {"action": "deactivate", "_selected_action": chosen},
        follow=True,
    )
    told = [str(message) for message in answer.context["messages"]]
    assert told == [
        "root@example.com: You cannot deactivate yourself.",
        "Deactivate: done for 2.",
    ]
    assert set(User.objects.filter(is_active=False)) == {alice, charlie}


# ---------------------------------------------------------------- making and changing users
NEW = {"email": "New@example.com", "first_name": "New", "usable_password": "true"}
GOOD = "a long enough password"


def add(client: Client, password: str = GOOD, **changes: str) -> Any:
    return client.post(
        "/admin/accounts/user/add/",
        {**NEW, "password1": password, "password2": password, **changes},
    )


def test_a_user_made_by_staff_confirms_their_address(boss: Client, root: User) -> None:
    assert add(boss).status_code == 302
    user = User.objects.get(email="new@example.com")
    assert not EmailAddress.objects.get(user=user).verified
    assert OutgoingMail.objects.get().to == "new@example.com"
    assert (entry_of("ACCOUNT_OPENED").actor, entry_of("ACCOUNT_OPENED").target_id) == (
        root,
        str(user.pk),
    )
    assert organization_of(user).name == "New"


def test_a_bad_password_is_refused_beside_the_field(boss: Client) -> None:
    answer = add(boss, password="password")
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"password2"}
    assert "guess" in str(errors)
    assert not User.objects.filter(email="new@example.com").exists()
    assert not OutgoingMail.objects.exists()


def test_an_address_that_somebody_has(boss: Client, alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="second@example.com")
    for email in ("ALICE@example.com", "second@example.com"):
        answer = add(boss, email=email)
        assert answer.status_code == 200, email
        assert "already" in answer.content.decode()
    assert User.objects.count() == 2


def test_a_password_set_by_staff(boss: Client, root: User, alice: User) -> None:
    page, api = signed_in_on_page(alice), api_client(alice)
    path = f"/admin/accounts/user/{alice.pk}/password/"
    bad = boss.post(path, {"password1": "password", "password2": "password"})
    assert bad.status_code == 200
    assert is_in(page)
    boss.post(path, {"password1": GOOD, "password2": GOOD, "usable_password": "true"})
    alice.refresh_from_db()
    assert alice.check_password(GOOD)
    assert not is_in(page)
    assert api.get("/api/v1/auth/me").status_code == 401
    assert entry_of("PASSWORD_SET_BY_STAFF").actor == root
    assert OutgoingMail.objects.get().subject == "Your password was set anew"


def save(client: Client, path: str, **changes: Any) -> Any:
    """Send the form of an admin's page as a browser would, with changes."""
    form = client.get(path).context
    fields = {
        name: value
        for name, value in form["adminform"].form.initial.items()
        if name in form["adminform"].form.fields and value is not None
    }
    for formset in form["inline_admin_formsets"]:
        management = formset.formset.management_form
        fields |= {f"{management.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return client.post(path, fields | changes, follow=True)


def test_a_role_among_the_staff_is_written_down(boss: Client, root: User, alice: User) -> None:
    page = signed_in_on_page(alice)
    save(boss, f"/admin/accounts/user/{alice.pk}/change/", role="ADMIN")
    alice.refresh_from_db()
    assert alice.role == "ADMIN"
    assert not is_in(page)
    entry = entry_of("STAFF_ROLE_CHANGED")
    assert (entry.actor, entry.details) == (
        root,
        {"old": "USER", "new": "ADMIN", "sessions_ended": 1},
    )


def test_nobody_changes_their_own_role(boss: Client, root: User) -> None:
    answer = save(boss, f"/admin/accounts/user/{root.pk}/change/", role="USER")
    assert "Nobody changes their own role." in answer.content.decode()
    root.refresh_from_db()
    assert root.role == "SUPER_ADMIN"


def test_a_profile_changed_by_staff_is_written_down(sam: User, alice: User) -> None:
    save(browser_of(sam), f"/admin/accounts/user/{alice.pk}/change/", first_name="Alicia")
    alice.refresh_from_db()
    assert alice.first_name == "Alicia"
    entry = entry_of("PROFILE_CHANGED")
    assert (entry.actor, entry.details) == (sam, {"fields": ["first_name"]})


def test_createsuperuser_makes_one_who_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)
    call_command(
        "createsuperuser",
        interactive=False,
        email="Ops@example.com",
        first_name="Olga",
        verbosity=0,
    )
    user = User.objects.get(email="ops@example.com")
    assert user.is_superuser
    assert user.is_email_verified
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": GOOD})
    assert client.get("/admin/").status_code == 200


# ---------------------------------------------------------------- organisations and keys
def place_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_a_members_role_is_changed_by_the_rules(
    boss: Client, root: User, alice: User, bob: User
) -> None:
    path = f"/admin/accounts/membership/{place_of(bob).pk}/change/"
    save(boss, path, role="ADMIN")
    assert place_of(bob).role == "ADMIN"
    entry = entry_of("ROLE_CHANGED")
    assert (entry.actor, entry.organization) == (root, organization_of(alice))
    assert entry.details == {"old": "MEMBER", "new": "ADMIN"}


def test_the_last_owner_stays_one(boss: Client, alice: User, bob: User) -> None:
    path = f"/admin/accounts/membership/{place_of(alice).pk}/change/"
    answer = save(boss, path, role="MEMBER")
    assert "An organisation needs an owner" in answer.content.decode()
    assert place_of(alice).role == "OWNER"
    assert not AuditEntry.objects.filter(act="ROLE_CHANGED").exists()


def test_nobody_is_put_into_an_organisation_or_out_of_it(boss: Client, alice: User) -> None:
    place = place_of(alice)
    for path in ("add/", f"{place.pk}/delete/"):
        assert boss.post(f"/admin/accounts/membership/{path}", {"post": "yes"}).status_code == 403
    assert boss.get("/admin/accounts/organization/add/").status_code == 403
    assert Membership.objects.filter(pk=place.pk).exists()


def test_an_organisation_is_renamed(boss: Client, root: User, alice: User) -> None:
    organization = organization_of(alice)
    save(boss, f"/admin/accounts/organization/{organization.pk}/change/", name="  Ames  Ltd ")
    organization.refresh_from_db()
    assert organization.name == "Ames Ltd"
    assert entry_of("ORGANIZATION_RENAMED").actor == root


def test_keys_are_revoked_from_the_list(boss: Client, root: User, alice: User) -> None:
    new = key_of(alice)
    boss.post(
        "/admin/accounts/apikey/", {"action": "revoke_keys", "_selected_action": [str(new.key.pk)]}
    )
    new.key.refresh_from_db()
    assert new.key.revoked_at is not None
    assert entry_of("KEY_REVOKED").actor == root


def test_who_may_look_only_revokes_no_key(alice: User) -> None:
    new = key_of(alice)
    client = browser_of(UserFactory(role="ADMIN"))
    client.post(
        "/admin/accounts/apikey/", {"action": "revoke_keys", "_selected_action": [str(new.key.pk)]}
    )
    new.key.refresh_from_db()
    assert new.key.revoked_at is None
