"""Everything works as plain pages, for browsers that run no scripts."""

import pytest
from playwright.sync_api import expect

from e2e.test_buying import PHONE


@pytest.fixture
def visitor(shopper):
    """A customer with a card whose browser runs no scripts."""
    return shopper("pm_card_visa", java_script_enabled=False)


def buys_one(visitor):
    visitor.goes_to("/find/")
    visitor.searches("212")
    (number,) = visitor.picks(1)
    visitor.checks_out()
    visitor.buys()
    return number


def test_search_buy_and_see_the_order_by_looking_again(visitor, stack, faults):
    faults(service="twilio", method="POST", path="IncomingPhoneNumbers", kind="delay", seconds=1)

    number = buys_one(visitor)
    again = visitor.link("Look again")
    expect(again).to_be_visible()

    def has_ended():
        again.click()
        return visitor.page.get_by_text("How it ended:").is_visible()

    stack.until(has_ended, "the end of the order")
    visitor.sees("All numbers are yours and live.")
    visitor.sees_amount("Charged", "$1.50")
    expect(visitor.line(number)).to_contain_text("Delivered")


def test_forward_release_and_restore(visitor, stack):
    number = buys_one(visitor)
    stack.until(lambda: is_live(visitor, number), "the number")

    visitor.link(number).click()
    visitor.page.get_by_text("Ring a phone", exact=True).click()
    visitor.page.get_by_label("Phone to ring").fill(PHONE)
    visitor.button("Save").click()
    visitor.sees("Saved. It holds from the next call on.")
    visitor.sees("+1 415-555-0100")

    visitor.link("Release this number").click()
    visitor.sees_heading(f"Release {number}?")
    visitor.button("Release it").click()
    visitor.sees_heading("It goes back to the carrier on")

    visitor.button("Keep this number").click()
    visitor.sees("stays yours")
    expect(visitor.link("Release this number")).to_be_visible()


def is_live(visitor, number):
    visitor.goes_to("/numbers/")
    row = visitor.main.get_by_role("row").filter(has_text=number)
    return row.filter(has_text="Active").is_visible()


def test_a_mistake_is_told_beside_its_field(visitor, stack):
    number = buys_one(visitor)
    stack.until(lambda: is_live(visitor, number), "the number")
    visitor.link(number).click()

    visitor.page.get_by_text("Ring a phone", exact=True).click()
    visitor.page.get_by_label("Phone to ring").fill("+1 900 555 0100")
    visitor.button("Save").click()

    field = visitor.page.get_by_label("Phone to ring")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("+1 900 555 0100")
