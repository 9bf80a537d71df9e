"""The main job in a browser: sign up, search, pay, own, forward, receive a call."""

import re

import pytest
from playwright.sync_api import expect

PHONE = "+1 415 555 0100"


def buy(visitor, how_many=2):
    """From the home page of a stranger to the page of the order."""
    visitor.goes_to("/")
    visitor.page.get_by_role("link", name="Sign up", exact=True).first.click()
    visitor.confirms_address(visitor.signs_up())
    visitor.sees_heading(re.compile("Good to see you"))
    visitor.goes_to("/find/")
    visitor.searches("415")
    numbers = visitor.picks(how_many)
    visitor.checks_out()
    visitor.link("Add a card").click()
    visitor.adds_card("Visa that works")
    visitor.sees_heading("Check out")
    visitor.buys()
    return numbers


@pytest.mark.parametrize("width", [1280, 375])
def test_a_stranger_buys_two_numbers_and_takes_a_call(enters, stack, faults, width):
    visitor = enters(width=width)
    faults(
        service="twilio",
        method="POST",
        path="IncomingPhoneNumbers",
        kind="delay",
        seconds=1,
        count=2,
    )

    first, second = buy(visitor)

    visitor.page.evaluate("window.isTheSamePage = true")
    for number in (first, second):
        expect(visitor.line(number)).to_contain_text("Buying")
    visitor.sees_the_end("All numbers are yours and live.")
    for number in (first, second):
        expect(visitor.line(number)).to_contain_text("Delivered")
    visitor.sees_amount("Charged", "$3.00")
    assert visitor.page.evaluate("window.isTheSamePage"), "it was told live, without a reload"

    forward(visitor, first)
    place_call(visitor, stack.sandbox_url, first)
    read_call(visitor, first)


def forward(visitor, number):
    """From the order's page to the number's, and there to a phone."""
    visitor.line(number).get_by_role("link", name="Set where it rings").click()
    visitor.sees_heading(number)
    visitor.page.get_by_text("Ring a phone", exact=True).click()
    visitor.page.get_by_label("Phone to ring").fill(PHONE)
    visitor.button("Save").click()
    visitor.sees("Saved. It holds from the next call on.")
    visitor.sees("+1 415-555-0100")


def place_call(visitor, sandbox, number):
    """Call the number from the sandbox's own page."""
    page = visitor.page
    page.goto(sandbox)
    e164 = re.sub(r"[^+\d]", "", number)
    page.get_by_role("combobox", name="To", exact=True).select_option(e164)
    page.get_by_role("button", name="Call", exact=True).click()
    heading = page.get_by_role("heading", name=re.compile(f"→ {re.escape(e164)}"))
    expect(heading).to_contain_text("completed")


def read_call(visitor, number):
    """Find it in the call log, then on its own page."""
    visitor.goes_to("/calls/")
    row = visitor.main.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("+1 212-555-0123")
    expect(row).to_contain_text("Completed")
    row.get_by_role("link").first.click()
    visitor.sees_heading("Call from +1 212-555-0123")
    legs = visitor.page.get_by_role("region", name="Phones that were rung")
    expect(legs).to_contain_text("+1 415-555-0100")


def test_one_of_three_is_sold_elsewhere_in_the_meantime(shopper, stack):
    visitor = shopper("pm_card_visa")
    visitor.goes_to("/find/")
    visitor.searches("212")
    kept, sold, also_kept = visitor.picks(3)
    visitor.checks_out()
    stack.sandbox("sold", number=re.sub(r"[^+\d]", "", sold))

    visitor.buys()

    visitor.sees_the_end("2 of 3 numbers are yours and live. You were charged for those only")
    visitor.sees("Partly delivered")
    visitor.sees_amount("Asked for", "$4.50")
    visitor.sees_amount("Charged", "$3.00")
    visitor.sees_amount("Let go, not charged", "$1.50")
    expect(visitor.line(sold)).to_contain_text("Not delivered")
    expect(visitor.line(sold).locator(".order-line-error")).to_contain_text(
        "Somebody else bought this number first. It was not charged."
    )
    for number in (kept, also_kept):
        expect(visitor.line(number)).to_contain_text("Delivered")


def test_a_declined_card_buys_nothing_and_says_so(shopper, stack):
    visitor = shopper("pm_card_chargeCustomerFail")
    visitor.goes_to("/find/")
    visitor.searches("212")
    (number,) = visitor.picks(1)
    visitor.checks_out()

    visitor.buys()

    visitor.sees_the_end("Nothing was charged.")
    visitor.sees("The card was declined. Use another card, or ask your bank.")
    visitor.sees_amount("Charged", "$0.00")
    expect(visitor.line(number)).not_to_contain_text("Delivered")
    e164 = re.sub(r"[^+\d]", "", number)
    assert e164 not in {owned["phone_number"] for owned in stack.sandbox("state")["numbers"]}


def test_a_card_that_is_refused_when_added_says_why(shopper):
    visitor = shopper()
    visitor.goes_to("/billing/methods/")

    visitor.adds_card("Insufficient funds")

    visitor.sees("The card was not added")
    visitor.sees("The card has not enough funds. Use another card, or try again later.")
    visitor.sees("No card yet")


def test_a_card_with_3d_secure_leads_to_the_bank_and_back(shopper):
    visitor = shopper("pm_card_threeDSecure2Required")
    visitor.goes_to("/find/")
    visitor.searches("212")
    visitor.picks(1)
    visitor.checks_out()
    visitor.buys()

    visitor.sees_heading("Your bank asks you to confirm")
    visitor.link("Confirm with your bank").click()
    visitor.sees_heading("Your bank asks: was it you?")
    visitor.button("Confirm: it was me").click()

    visitor.sees_heading(re.compile("^Order "))
    visitor.sees_the_end("All numbers are yours and live.")
    visitor.sees_amount("Charged", "$1.50")


def test_a_payment_that_its_owner_refuses_at_the_bank_buys_nothing(shopper):
    visitor = shopper("pm_card_threeDSecure2Required")
    visitor.goes_to("/find/")
    visitor.searches("212")
    visitor.picks(1)
    visitor.checks_out()
    visitor.buys()

    visitor.link("Confirm with your bank").click()
    visitor.button("Refuse: it was not me").click()

    visitor.sees_the_end("Nothing was charged.")
    visitor.sees("The payment was not confirmed with the card's bank.")
    visitor.sees_amount("Charged", "$0.00")
