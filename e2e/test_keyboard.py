"""The whole purchase with Tab, Space and Enter, from the home page to the ended order."""

import re

import pytest
from playwright.sync_api import expect

from e2e.keyboard import Keyboard
from e2e.mailbox import mailed_link
from e2e.visitor import PASSWORD


@pytest.mark.parametrize("width", [1280, 375])
def test_the_whole_purchase_with_the_keyboard_alone(enters, stack, width):
    visitor = enters(width=width)
    page, keys = visitor.page, Keyboard(visitor.page)
    visitor.goes_to("/")

    keys.tabs_to(page.get_by_role("link", name="Sign up", exact=True).first)
    keys.presses_enter()
    visitor.sees_heading("Sign up")
    email = fills_in_the_sign_up(visitor, keys)
    visitor.sees_heading("Look in your mail")
    page.goto(mailed_link(stack, email, "/confirm-email/"))
    keys.tabs_to(visitor.button("Yes, confirm it"))
    keys.presses_enter()
    visitor.sees_heading(re.compile("Good to see you"))

    keys.tabs_to(visitor.link("Find a number"))
    keys.presses_enter()
    visitor.sees_heading("Find a number")
    keys.tabs_to(visitor.main.get_by_role("searchbox"))
    keys.types("415")
    keys.presses_enter()
    visitor.sees_heading(re.compile(r"\d+ numbers?"))
    for place in range(2):
        box = page.get_by_role("checkbox", name=re.compile("415-")).nth(place)
        keys.tabs_to(box)
        keys.presses_space()
        expect(box).to_be_checked()
    keys.tabs_to(visitor.button("Check out"))
    keys.presses_enter()
    visitor.sees_heading("Check out")

    keys.tabs_to(visitor.link("Add a card"))
    keys.presses_enter()
    visitor.sees_heading("Add a card")
    keys.tabs_to(visitor.button("Add this card"))
    keys.presses_enter()
    visitor.sees_heading("Check out")
    keys.tabs_to(visitor.button(re.compile("^Buy for")))
    keys.presses_space()
    visitor.sees_heading(re.compile("^Order "))
    visitor.sees_the_end("All numbers are yours and live.")


def fills_in_the_sign_up(visitor, keys):
    page = visitor.page
    keys.tabs_to(page.get_by_label("First name"))
    keys.types("Kay")
    keys.tabs_to(page.get_by_label("Email"))
    email = f"kay-{page.viewport_size['width']}@example.com"
    keys.types(email)
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(PASSWORD)
    keys.tabs_to(visitor.button("Create the account"))
    keys.presses_enter()
    return email


def test_the_skip_link_passes_the_navigation(enters, cookies):
    visitor = enters(storage_state=cookies)
    visitor.goes_to("/numbers/")

    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")

    expect(visitor.link("Find a number")).to_be_focused()


def test_slash_leads_to_the_search(enters, cookies):
    visitor = enters(storage_state=cookies)
    visitor.goes_to("/numbers/")

    visitor.page.keyboard.press("/")

    expect(visitor.page.get_by_role("searchbox", name="Find a number")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(enters, cookies, world):
    visitor = enters(storage_state=cookies)
    visitor.goes_to(world.number)
    keys = Keyboard(visitor.page)
    release = visitor.link("Release this number")

    keys.tabs_to(release)
    keys.presses_enter()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Keep it")).to_be_focused()
    visitor.page.keyboard.press("Escape")

    expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    expect(release).to_be_focused()
