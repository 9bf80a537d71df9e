"""The search page at work: the list changes in place, and what was ticked is not lost."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def visitor(visitor):
    """A stranger who has found numbers in San Francisco."""
    visitor.goes_to("/")
    visitor.searches("415")
    return visitor


def total(visitor):
    return visitor.page.locator("[data-sum]")


def test_the_sum_follows_what_is_ticked(visitor):
    first, _ = visitor.picks(2)
    expect(total(visitor)).to_have_text("2 selected · $3.00 now · $3.00 each month")

    visitor.page.locator(".offer label").filter(has_text=first).click()

    expect(total(visitor)).to_have_text("1 selected · $1.50 now · $1.50 each month")


def test_what_is_ticked_survives_the_next_search(visitor):
    (kept,) = visitor.picks(1)
    visitor.page.evaluate("window.isTheSamePage = true")

    visitor.page.get_by_role("textbox", name="City", exact=True).fill("Oakland")
    visitor.page.get_by_role("textbox", name="Area code", exact=True).fill("510")
    visitor.page.get_by_role("searchbox").fill("")
    expect(visitor.page.locator(".offer").first).to_contain_text("510-")

    assert visitor.page.evaluate("window.isTheSamePage"), "the list is swapped in place"
    expect(visitor.page).to_have_url(re.compile("area_code=510"))
    expect(visitor.page.get_by_role("checkbox", name=kept)).to_be_checked()
    expect(total(visitor)).to_contain_text("1 selected")


def test_ten_are_the_most(visitor):
    visitor.picks(10)

    expect(total(visitor)).to_contain_text("the most in one order")
    expect(visitor.page.locator(".offer input:disabled")).to_have_count(10)


def test_a_stranger_comes_back_to_the_choice_after_signing_up(visitor):
    (number,) = visitor.picks(1)

    visitor.button("Check out").click()
    visitor.link("Sign up").click()
    visitor.confirms_address(visitor.signs_up())

    visitor.sees_heading("Check out")
    visitor.sees(number)


def test_a_number_is_copied_with_one_click(opens, visitor):
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    visitor.page.get_by_role("button", name=re.compile("^Copy ")).first.click()

    expect(visitor.page.locator("#announce")).to_contain_text(re.compile(r"Copied \+1415\d{7}"))
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"\+1415\d{7}", copied)


def test_nothing_found_offers_what_is_close(visitor):
    visitor.goes_to("/find/?country=US&area_code=415&contains=9999999")

    visitor.sees_heading("No number fits all of this")
    visitor.link("The same with any digits").click()

    visitor.sees_heading(re.compile(r"\d+ numbers?"))


def test_a_mistake_is_told_beside_its_field(visitor):
    field = visitor.page.get_by_role("textbox", name="Area code", exact=True)

    field.fill("abc")

    visitor.sees("Something in the search cannot be understood")
    expect(field).to_be_focused()
