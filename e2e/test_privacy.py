"""A customer takes a copy of their data with them, and deletes their account."""

import re
from zipfile import ZipFile

import pytest

from e2e.client import Customer
from e2e.keyboard import Keyboard


@pytest.mark.parametrize("width", [1280, 375])
def test_a_copy_of_everything_and_the_end_of_the_account(enters, stack, width, tmp_path):
    customer = Customer(stack.url)
    stack.shell(
        "from allauth.account.models import EmailAddress; "
        f"EmailAddress.objects.filter(email={customer.email!r}).update(verified=True)"
    )
    visitor = enters(width=width)
    visitor.signs_in(customer.email, customer.PASSWORD)
    page, keys = visitor.page, Keyboard(visitor.page)

    visitor.goes_to("/accounts/privacy/")
    keys.tabs_to(visitor.button("Ask for a copy"))
    keys.presses_enter()
    shows_that_it_is_them(visitor, keys, customer)
    keys.tabs_to(visitor.link(re.compile("^Download")))
    with page.expect_download() as begun:
        keys.presses_enter()
    begun.value.save_as(tmp_path / "copy.zip")
    with ZipFile(tmp_path / "copy.zip") as copy:
        assert customer.email in copy.read("you/profile.json").decode()

    visitor.goes_to("/accounts/privacy/")
    keys.tabs_to(visitor.link(re.compile("^Delete my account")))
    keys.presses_enter()
    visitor.sees("What is kept, and why")
    keys.tabs_to(page.get_by_label("Your e-mail address"))
    keys.types(customer.email)
    keys.tabs_to(visitor.button("Delete my account for good"))
    keys.presses_enter()
    visitor.sees("Your account has been deleted")

    visitor.goes_to("/accounts/login/")
    page.get_by_label("Email").fill(customer.email)
    page.get_by_label("Password").fill(customer.PASSWORD)
    visitor.button("Sign in").click()
    visitor.sees(re.compile("not correct|not right"))


def shows_that_it_is_them(visitor, keys, customer):
    """Changes to an account are asked about once, though one is signed in."""
    visitor.sees_heading("Is it you?")
    keys.tabs_to(visitor.page.get_by_label("Password"))
    keys.types(customer.PASSWORD)
    keys.presses_enter()
    visitor.sees_heading("Your data")
