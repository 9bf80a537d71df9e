"""People in the admin, and what staff may do there."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import sessions
from accounts.models import Membership, Organization, Session, User
from accounts.tests.factories import UserFactory, organization_of

pytestmark = pytest.mark.django_db

MODELS = ("user", "organization", "session")
NEW_USER = {
    "email": "New@example.com",
    "first_name": "New",
    "usable_password": "true",
    "password1": "a long enough password",
    "password2": "a long enough password",
}
# What a browser sends for the tables below the form.
NO_INLINES = {
    f"{table}-{count}_FORMS": 0
    for table in (
        "emailaddress_set",
        "memberships",
        "authenticator_set",
        "api_keys",
        "usersession_set",
        "api_sessions",
    )
    for count in ("TOTAL", "INITIAL")
}


def signed_in(role: str, email: str = "staff@example.com") -> Client:
    client = Client()
    client.force_login(UserFactory(role=role, email=email))
    return client


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


def one_of(model: str, alice: User) -> str:
    sessions.start(alice)
    subject = {
        "user": alice,
        "organization": organization_of(alice),
        "session": Session.objects.filter(user=alice).latest("id"),
    }[model]
    return f"/admin/accounts/{model}/{subject.pk}/change/"


@pytest.mark.parametrize("role", ["ADMIN", "SUPER_ADMIN"])
@pytest.mark.parametrize("model", MODELS)
def test_staff_look_at_everything(alice: User, role: str, model: str) -> None:
    client = signed_in(role)
    assert client.get(f"/admin/accounts/{model}/?q=alice").status_code == 200
    assert client.get(one_of(model, alice)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_customers_do_not_get_in(alice: User, model: str) -> None:
    client = Client()
    client.force_login(alice)
    answer = client.get(f"/admin/accounts/{model}/")
    assert answer.status_code in (302, 403)


def test_strangers_are_sent_to_the_one_login_page() -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_staff_change_nothing_without_a_group_that_says_so(alice: User) -> None:
    client = signed_in("ADMIN")
    change = client.post(one_of("user", alice), {"first_name": "Changed", "is_active": ""})
    password = client.get(f"/admin/accounts/user/{alice.pk}/password/")
    add = client.post("/admin/accounts/user/add/", NEW_USER)
    assert [change.status_code, password.status_code, add.status_code] == [403, 403, 403]
    alice.refresh_from_db()
    assert (alice.first_name, alice.is_active) == ("Alice", True)


def test_a_permission_to_change_users_does_not_reach_staff_or_roles(alice: User) -> None:
    staff = UserFactory(role="ADMIN")
    staff.user_permissions.add(Permission.objects.get(codename="change_user"))
    client = Client()
    client.force_login(staff)
    boss = UserFactory(role="SUPER_ADMIN")

    client.post(
        one_of("user", alice),
        {"first_name": "Changed", "role": "SUPER_ADMIN", "is_active": "on", **NO_INLINES},
    )
    alice.refresh_from_db()
    assert (alice.first_name, alice.role) == ("Changed", "USER")
    assert client.post(one_of("user", boss), {"first_name": "Changed"}).status_code == 403
    assert client.get(f"/admin/accounts/user/{boss.pk}/password/").status_code == 403
    assert client.post(one_of("user", staff), {"role": "SUPER_ADMIN"}).status_code == 403


def test_a_user_made_by_staff_has_an_organisation_too() -> None:
    client = signed_in("SUPER_ADMIN")
    assert client.get("/admin/accounts/user/add/").status_code == 200
    answer = client.post("/admin/accounts/user/add/", NEW_USER)
    assert answer.status_code == 302
    user = User.objects.get(email="new@example.com")
    assert user.check_password("a long enough password")
    assert Membership.objects.get(user=user).role == "OWNER"


def test_a_user_is_deactivated_by_a_button_alone(alice: User) -> None:
    client = signed_in("SUPER_ADMIN")
    page = f"/admin/accounts/user/{alice.pk}/change/"
    person = {"first_name": "Alice", "last_name": "Ames", "role": "USER"}
    assert client.post(page, {**person, **NO_INLINES}).status_code == 302
    alice.refresh_from_db()
    assert alice.is_active
    client.post(f"/admin/accounts/user/{alice.pk}/deactivate/")
    alice.refresh_from_db()
    assert not alice.is_active


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted(alice: User, model: str) -> None:
    client = signed_in("SUPER_ADMIN")
    page = one_of(model, alice).replace("/change/", "/delete/")
    assert client.post(page, {"post": "yes"}).status_code == 403
    assert User.objects.count() == Organization.objects.count() == 2


def test_what_each_role_may() -> None:
    customer, staff, boss = (UserFactory(role=role) for role in User.Role.values)
    assert [user.has_perm("orders.view_order") for user in (customer, staff, boss)] == [
        False,
        True,
        True,
    ]
    assert [user.has_perm("orders.change_order") for user in (customer, staff, boss)] == [
        False,
        False,
        True,
    ]
    staff.is_active = False
    assert not staff.has_perm("orders.view_order")
    assert not staff.has_module_perms("orders")
