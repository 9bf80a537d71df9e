"""A key from its making to its end, with the keyboard alone, and in use over HTTP between."""

import re

import pytest
import requests
from playwright.sync_api import expect

from e2e.client import Customer
from e2e.keyboard import Keyboard
from e2e.test_every_page import ALL_STANDS_STILL, COLOUR_RULES, findings


def asks(visitor, secret):
    """What a program is answered that sends the key."""
    headers = {"Authorization": f"Bearer {secret}"}
    return requests.get(f"{visitor.shop}/api/v1/numbers", headers=headers, timeout=30)


@pytest.mark.parametrize("width", [1280, 375])
def test_a_key_is_made_used_and_revoked(shopper, width):
    visitor = shopper(width=width)
    page, keys = visitor.page, Keyboard(visitor.page)
    visitor.goes_to("/keys/")
    visitor.sees("No API key yet")

    keys.tabs_to(visitor.link("Make the first key"))
    keys.presses_enter()
    visitor.sees_heading("Make an API key")
    keys.tabs_to(page.get_by_label("Name"))
    keys.types("Dashboard")
    keys.tabs_to(page.get_by_role("checkbox", name=re.compile("numbers:read")))
    keys.presses_space()
    keys.tabs_to(visitor.button("Make the key"))
    keys.presses_enter()
    visitor.sees_heading("Is it you?")
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(Customer.PASSWORD)
    keys.presses_enter()

    visitor.sees_heading("Dashboard is ready")
    secret = page.locator("#secret").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not findings(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(ALL_STANDS_STILL)
    assert not findings(page, *COLOUR_RULES)
    assert asks(visitor, secret).status_code == 200

    keys.tabs_to(visitor.link("I have kept it"))
    keys.presses_enter()
    visitor.sees_heading("API keys")
    visitor.sees(f"{secret[:10]}…")
    visitor.sees("from 127.0.0.1")
    assert secret not in page.content()
    keys.tabs_to(visitor.link("Revoke Dashboard"))
    keys.presses_enter()
    visitor.sees_heading("Revoke Dashboard?")
    keys.tabs_to(visitor.button("Revoke it"))
    keys.presses_enter()

    visitor.sees("Dashboard is revoked.")
    answer = asks(visitor, secret)
    assert (answer.status_code, answer.json()["code"]) == (401, "KEY_REVOKED")


def test_a_mistake_is_shown_beside_its_field(shopper):
    visitor = shopper()
    page = visitor.page
    visitor.goes_to("/keys/new/")
    page.get_by_label("Name").fill("Dashboard")
    expect(page.get_by_label("Last day")).to_be_hidden()
    page.get_by_label("It ends").select_option("date")
    page.get_by_label("Last day").fill("2020-01-01")
    visitor.button("Make the key").click()

    visitor.sees("Choose at least one thing that the key may do.")
    visitor.sees("Choose today or a later day.")
    expect(page.get_by_label("Last day")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Dashboard")
    assert not findings(page)


def test_the_key_is_copied_with_one_press(shopper, stack):
    visitor = shopper(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    visitor.goes_to("/keys/new/")
    page.get_by_label("Name").fill("Dashboard")
    page.get_by_role("checkbox", name=re.compile("calls:read")).check()
    visitor.button("Make the key").click()
    visitor.sees_heading("Is it you?")
    page.get_by_label("Password").fill(Customer.PASSWORD)
    visitor.button("Confirm").click()
    visitor.sees_heading("Dashboard is ready")

    page.get_by_role("button", name="Copy API key").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#secret").inner_text()
    assert re.fullmatch(r"dsk_[0-9A-Za-z]{38}", copied)
    # Whoever listens hears that it was copied, not the key.
    expect(page.locator("#announce")).not_to_contain_text("dsk_")
