"""Staff see in the admin what customers have bought, paid and been called for."""

import re

import pytest
from playwright.sync_api import expect

from dids.presentation import international
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
