"""While the carrier does not answer, the search says so, and everything else goes on."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import mend


@pytest.fixture
def carrier_down(faults):
    """Every call to Twilio is answered with 500, from now on."""
    faults(service="twilio", kind="500", count=0)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_search_says_so_and_can_be_tried_again(enters, cookies, stack, carrier_down, scripts):
    visitor = enters(storage_state=cookies, java_script_enabled=scripts)
    visitor.goes_to("/find/")
    box = visitor.main.get_by_role("searchbox")
    box.fill("646")
    box.press("Enter")

    visitor.sees_heading("No answer to this search")
    visitor.sees("The carrier gave no clear answer. Please try again.")
    mend(stack)
    visitor.link("Search again").click()

    visitor.sees_heading("20 numbers")


def test_the_other_pages_still_work(enters, cookies, world, carrier_down):
    visitor = enters(storage_state=cookies)

    for path, heading in {
        "/": "Good to see you, Test",
        "/numbers/": "Numbers",
        world.number: "Route",
        "/calls/": "Calls",
        world.call: "What happened",
        "/orders/": "Orders",
        world.completed: "Money",
        "/billing/methods/": "Cards",
        "/accounts/email/": "Email address",
    }.items():
        visitor.goes_to(path)
        expect(visitor.page.get_by_role("heading", name=heading).first).to_be_visible()


def test_a_stranger_still_sees_the_home_page(visitor, carrier_down):
    visitor.goes_to("/")

    visitor.sees_heading("A phone number of your own")


def test_a_change_of_route_is_kept_and_reaches_the_carrier_later(
    enters, cookies, stack, world, carrier_down
):
    visitor = enters(storage_state=cookies)
    visitor.goes_to(world.unrouted_number)
    visitor.page.get_by_text("Ask my own voice URL", exact=True).click()
    visitor.page.get_by_role("textbox", name="Voice URL").fill("https://voice.example.com/answer")
    visitor.button("Save").click()
    visitor.sees("Telling the carrier")

    mend(stack)

    def reached_the_carrier():
        numbers = stack.sandbox("state")["numbers"]
        return [n for n in numbers if n["voice_url"] == "https://voice.example.com/answer"]

    stack.until(reached_the_carrier, "the new route at the carrier")
