"""Staff see in the admin what customers own, and the shop as they see it; by a second factor."""

import re

import pytest
from playwright.sync_api import expect

from dids.presentation import international
from e2e.stack import Stack
from e2e.test_account import code_of, findings
from e2e.visitor import Visitor
from e2e.world import CALLER

# What `manage.py demo` prints.
EMAIL, PASSWORD = "staff@example.com", "staff-horse-battery"


@pytest.fixture(scope="module")
def demo_logins(stack):
    stack.manage("demo")


@pytest.fixture
def staff(visitor, demo_logins):
    """Somebody of the staff, signed in to the admin."""
    visitor.goes_to("/admin/")
    visitor.page.get_by_label("Email").fill(EMAIL)
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.get_by_role("button", name=re.compile("(Sign|Log) in")).first.click()
    return visitor


def test_staff_find_the_order_number_payment_and_call(staff, world):
    for path, words in {
        "orders/order": world.order_number,
        "dids/number": international(world.phone_number),
        "billing/payment": "Paid",
        "telephony/calllog": CALLER,
    }.items():
        staff.goes_to(f"/admin/{path}/")
        expect(staff.page.get_by_role("row").filter(has_text=words).first).to_be_visible()

    staff.goes_to(f"/admin/orders/order/?q={world.order_number}")
    staff.page.get_by_role("link", name=world.order_number).first.click()
    expect(staff.page.get_by_text(world.phone_number).first).to_be_visible()


def test_the_menus_of_the_admin_open(staff):
    """They run on scripts that the Content-Security-Policy of all other pages would stop."""
    staff.page.set_viewport_size({"width": 375, "height": 812})
    staff.goes_to("/admin/orders/order/")
    calls = staff.page.get_by_role("link", name="Call logs")
    expect(calls).to_be_hidden()

    staff.page.locator("[x-on\\:click^=sidebarMobileOpen]:visible").first.click()

    expect(calls).to_be_visible()


def test_a_customer_is_not_let_in(enters, cookies, watchers):
    visitor = enters(storage_state=cookies)

    visitor.goes_to("/admin/orders/order/")

    visitor.sees_heading("This is not open to you")
    watchers[0].forgive("403")


# ---------------------------------------------------------------- in a customer's place
def banner(page):
    return page.get_by_role("complementary", name="In a customer's place")


def finds_the_customer(staff, world):
    """The page of the world's customer in the admin, by way of the search."""
    staff.goes_to("/admin/")
    staff.page.get_by_role("link", name="Users", exact=True).first.click()
    search = staff.page.locator("#searchbar")
    search.fill(world.email)
    search.press("Enter")
    staff.page.get_by_role("link", name=world.email).first.click()
    expect(staff.page.get_by_text("Sign-ins in browsers").first).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_staff_see_the_shop_as_the_customer_sees_it(staff, world, watchers, width):
    finds_the_customer(staff, world)
    staff.page.set_viewport_size({"width": width, "height": 812})
    staff.page.get_by_role("button", name=re.compile("See the shop as")).click()
    staff.sees_heading(re.compile("Good to see you"))
    for path in ("/numbers/", "/orders/", "/billing/methods/"):
        staff.goes_to(path)
        expect(banner(staff.page)).to_contain_text("You see the shop as")
        assert not findings(staff.page)
        assert staff.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    staff.goes_to("/keys/")
    staff.sees_heading("This is for them alone")
    watchers[0].forgive("403")

    banner(staff.page).get_by_role("button", name="Stop").press("Enter")
    expect(staff.page.get_by_role("button", name=re.compile("See the shop as"))).to_be_visible()
    staff.goes_to("/numbers/")
    expect(banner(staff.page)).to_have_count(0)


def test_the_list_leads_there_too(staff, world):
    staff.goes_to(f"/admin/accounts/user/?q={world.email}")
    staff.page.get_by_role("button", name=f"Enter the shop as {world.email}").click()
    staff.sees_heading(re.compile("Good to see you"))
    expect(banner(staff.page)).to_be_visible()
    banner(staff.page).get_by_role("button", name="Stop").click()


def test_what_is_grave_takes_two_steps(staff, world):
    finds_the_customer(staff, world)
    now = staff.page.get_by_role("button", name="Deactivate now")
    expect(now).to_be_hidden()
    staff.page.locator("summary", has_text="Deactivate").press("Enter")
    expect(now).to_be_visible()


# ---------------------------------------------------------------- with a second factor
@pytest.fixture(scope="module")
def strict():
    """A shop whose staff need a second factor."""
    with Stack(STAFF_NEED_MFA="true") as running:
        running.manage("demo")
        yield running


def test_the_admin_opens_by_a_second_factor_alone(new_context, strict):
    page = new_context().new_page()
    staff = Visitor(page, strict.url)
    staff.signs_in(EMAIL, PASSWORD)
    staff.goes_to("/admin/orders/order/")
    staff.sees_heading("Set up a second factor first")
    assert not findings(page)

    staff.link("Set up an authenticator app").click()
    page.get_by_label("Password").fill(PASSWORD)
    staff.button("Confirm").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    staff.button("Turn it on").click()
    staff.sees_heading("Recovery codes")
    staff.goes_to("/admin/orders/order/")
    expect(page.get_by_role("link", name="Call logs").first).to_be_visible()
