"""One's own account: from signing up to the second step, passkeys, and sign-ins that end."""

import base64
import hmac
import re
import struct
import time
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.keyboard import Keyboard
from e2e.mailbox import mailed_link
from e2e.test_every_page import ALL_STANDS_STILL, COLOUR_RULES, findings
from e2e.visitor import PASSWORD, Visitor

NEW_PASSWORD = "another-horse-3-stable"
# Seconds for which an app shows a code, and as many as a slow machine takes to type it.
PERIOD, ENOUGH = 30, 15


@pytest.fixture
def member(stack) -> str:
    """The address of somebody who has an account, and has confirmed it."""
    email = f"mia-{uuid.uuid4().hex[:10]}@example.com"
    stack.shell(
        "from accounts.models import User; "
        f"User.objects.create_user({email!r}, {PASSWORD!r}, first_name='Mia', last_name='Moor')"
    )
    return email


@pytest.fixture
def mia(enters, member) -> Callable[..., Visitor]:
    """Brings the member in, signed in: `mia(width=375)`."""

    def enter(**options) -> Visitor:
        visitor = enters(**options)
        visitor.signs_in(member, PASSWORD)
        return visitor

    return enter


def code_of(secret: str) -> str:
    """What an authenticator app shows (RFC 6238), at a moment that leaves time to type it."""
    late = time.time() % PERIOD
    if late > PERIOD - ENOUGH:
        time.sleep(PERIOD - late + 0.1)
    counter = struct.pack(">Q", int(time.time()) // PERIOD)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06d}"


def looks_good(visitor: Visitor) -> None:
    """No page that needs a story to come to it is less accessible than the others."""
    page = visitor.page
    page.emulate_media(color_scheme="light")
    page.evaluate(ALL_STANDS_STILL)
    found = findings(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(ALL_STANDS_STILL)
    found += findings(page, *COLOUR_RULES)
    page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def proves(visitor: Visitor) -> None:
    """Give the password once more, where a page asks for it."""
    visitor.sees_heading("Is it you?")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.button("Confirm").click()


def turns_on_the_app(visitor: Visitor) -> tuple[str, list[str]]:
    """The secret that the app was given, and the recovery codes that came with it."""
    visitor.goes_to("/accounts/2fa/")
    visitor.link("Set it up").click()
    proves(visitor)
    visitor.sees_heading("Set up the authenticator app")
    secret = visitor.page.locator("#secret").inner_text()
    visitor.page.get_by_label("Code").fill(code_of(secret))
    visitor.button("Turn it on").click()
    visitor.sees_heading("Recovery codes")
    return secret, visitor.page.locator(".codes code").all_inner_texts()


def logs_out(visitor: Visitor) -> None:
    visitor.goes_to("/accounts/logout/")
    visitor.button("Log out").click()
    expect(visitor.page.get_by_role("link", name="Sign in").first).to_be_visible()


def gives_the_password(visitor: Visitor, email: str, password: str = PASSWORD) -> None:
    visitor.goes_to("/accounts/login/")
    visitor.page.get_by_label("Email").fill(email)
    visitor.page.get_by_label("Password").fill(password)
    visitor.button(re.compile("^Sign in$")).click()


def is_in(visitor: Visitor) -> None:
    visitor.sees_heading(re.compile("Good to see you"))


@pytest.mark.parametrize("width", [1280, 375])
def test_from_sign_up_to_the_second_step_with_the_keyboard_alone(enters, stack, width):
    visitor = enters(width=width)
    page, keys = visitor.page, Keyboard(visitor.page)
    email = f"kim-{uuid.uuid4().hex[:10]}@example.com"

    visitor.goes_to("/accounts/signup/")
    for label, text in (("First name", "Kim"), ("Email", email), ("Password", PASSWORD)):
        keys.tabs_to(page.get_by_label(label))
        keys.types(text)
    keys.tabs_to(visitor.button("Create the account"))
    keys.presses_enter()
    visitor.sees_heading("Look in your mail")
    page.goto(mailed_link(stack, email, "/confirm-email/"))
    keys.tabs_to(visitor.button("Yes, confirm it"))
    keys.presses_enter()
    is_in(visitor)

    opens_the_menu(page, keys, "Account and security")
    visitor.sees_heading("Your account")
    keys.tabs_to(visitor.link("Set it up"))
    keys.presses_enter()
    visitor.sees_heading("Two-step sign-in")
    keys.tabs_to(visitor.link("Set it up"))
    keys.presses_enter()
    visitor.sees_heading("Is it you?")
    looks_good(visitor)
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(PASSWORD)
    keys.presses_enter()
    visitor.sees_heading("Set up the authenticator app")
    looks_good(visitor)
    secret = page.locator("#secret").inner_text()
    expect(page.get_by_label("Code")).to_be_focused()
    keys.types(code_of(secret))
    keys.presses_enter()
    visitor.sees_heading("Recovery codes")
    looks_good(visitor)

    opens_the_menu(page, keys, "Log out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    # A code is good once; the app shows the next one soon.
    time.sleep(PERIOD - time.time() % PERIOD + 0.1)
    visitor.goes_to("/accounts/login/")
    keys.tabs_to(page.get_by_label("Email"))
    keys.types(email)
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(PASSWORD)
    keys.presses_enter()
    visitor.sees_heading("Second step")
    looks_good(visitor)
    expect(page.get_by_label("Code")).to_be_focused()
    keys.types(code_of(secret))
    keys.presses_enter()
    is_in(visitor)


def opens_the_menu(page, keys, name):
    keys.tabs_to(page.locator(".topbar details.menu > summary"))
    keys.presses_enter()
    item = page.locator(".topbar .menu-list").get_by_text(name, exact=True)
    keys.tabs_to(item)
    keys.presses_enter()


def test_a_recovery_code_stands_in_for_the_device_once(mia, member):
    visitor = mia()
    _, codes = turns_on_the_app(visitor)
    assert len(codes) == 10

    logs_out(visitor)
    gives_the_password(visitor, member)
    visitor.page.get_by_label("Code").fill(codes[0])
    visitor.button("Sign in").click()
    is_in(visitor)

    logs_out(visitor)
    gives_the_password(visitor, member)
    visitor.page.get_by_label("Code").fill(codes[0])
    visitor.button("Sign in").click()
    visitor.sees("This is not right, or was used already.")


def test_a_download_holds_the_codes(mia):
    visitor = mia()
    _, codes = turns_on_the_app(visitor)

    with visitor.page.expect_download() as download:
        visitor.link("Download them").click()

    assert set(codes) <= set(download.value.path().read_text().split())


def test_the_app_is_turned_off_again(mia, member):
    visitor = mia()
    turns_on_the_app(visitor)

    visitor.goes_to("/accounts/2fa/")
    visitor.link("Turn it off").click()
    visitor.sees_heading("Turn off the authenticator app?")
    looks_good(visitor)
    visitor.button("Turn it off").click()
    visitor.sees("You get ten of them with your first passkey or app")

    logs_out(visitor)
    gives_the_password(visitor, member)
    is_in(visitor)


# ---------------------------------------------------------------- passkeys
def brings_a_device(visitor: Visitor) -> None:
    """A device that keeps passkeys and vouches for its owner, as a phone does."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def adds_a_passkey(visitor: Visitor, name: str) -> None:
    visitor.goes_to("/accounts/2fa/")
    visitor.link("Add a passkey").click()
    proves(visitor)
    visitor.sees_heading("Add a passkey")
    looks_good(visitor)
    visitor.page.get_by_label("Name").fill(name)
    visitor.button("Add it").click()
    # The first second factor brings them.
    visitor.sees_heading("Recovery codes")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_passkey_is_added_signs_in_and_is_removed(mia, member, width):
    visitor = mia(width=width)
    page = visitor.page
    brings_a_device(visitor)
    adds_a_passkey(visitor, "Work laptop")
    visitor.goes_to("/accounts/2fa/")
    visitor.sees("Work laptop")
    looks_good(visitor)

    logs_out(visitor)
    visitor.goes_to("/accounts/login/")
    visitor.button("Sign in with a passkey").click()
    is_in(visitor)

    logs_out(visitor)
    gives_the_password(visitor, member)
    visitor.sees_heading("Second step")
    looks_good(visitor)
    visitor.button("Use your passkey").click()
    is_in(visitor)

    visitor.goes_to("/accounts/2fa/")
    visitor.link("Remove Work laptop").click()
    visitor.sees_heading("Is it you?")
    visitor.link("Use a passkey").click()
    visitor.button("Use your passkey").click()
    visitor.sees_heading("Remove Work laptop?")
    looks_good(visitor)
    visitor.button("Remove it").click()
    visitor.sees_heading("Passkeys")
    visitor.sees("No passkey yet")
    expect(page.locator(".manage-nav [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_a_passkey_with_the_keyboard_alone(mia):
    visitor = mia(width=375)
    page, keys = visitor.page, Keyboard(visitor.page)
    brings_a_device(visitor)
    visitor.goes_to("/accounts/2fa/webauthn/add/")
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(PASSWORD)
    keys.presses_enter()
    visitor.sees_heading("Add a passkey")
    keys.tabs_to(visitor.button("Add it"))
    keys.presses_space()
    visitor.sees_heading("Recovery codes")
    opens_the_menu(page, keys, "Log out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    visitor.goes_to("/accounts/login/")
    keys.tabs_to(visitor.button("Sign in with a passkey"))
    keys.presses_enter()

    is_in(visitor)


def test_a_passkey_is_renamed(mia):
    visitor = mia()
    brings_a_device(visitor)
    adds_a_passkey(visitor, "Laptop")
    visitor.goes_to("/accounts/2fa/webauthn/")
    visitor.link("Rename Laptop").click()
    looks_good(visitor)

    visitor.page.get_by_label("Name").fill("Old laptop")
    visitor.button("Save").click()

    visitor.sees("Old laptop")


NOTHING_COMES = """() => {
  navigator.credentials.create = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""


def test_without_a_device_the_page_says_so(mia):
    visitor = mia()
    visitor.goes_to("/accounts/2fa/webauthn/add/")
    proves(visitor)
    visitor.page.evaluate(NOTHING_COMES)

    visitor.button("Add it").click()

    visitor.sees("Nothing came from the device")


def test_by_its_number_the_shop_offers_no_passkey(enters, stack, watchers):
    visitor = enters()
    by_number = stack.url.replace("localhost", "127.0.0.1")
    visitor.page.goto(f"{by_number}/accounts/login/")
    expect(visitor.button("Sign in")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="passkey")).to_have_count(0)
    for watcher in watchers:
        watcher.forgive("another host")


# ---------------------------------------------------------------- sign-ins, address, password
def test_another_sign_in_is_ended(mia):
    here, there = mia(width=375), mia()
    here.goes_to("/accounts/sessions/")
    looks_good(here)

    here.button(re.compile("^End the sign-in of Chrome on Linux")).click()

    here.sees("That sign-in has ended.")
    there.goes_to("/numbers/")
    there.sees_heading("Sign in")


def test_a_new_password_ends_the_other_sign_ins(mia, member):
    here, there = mia(), mia()
    here.goes_to("/accounts/password/change/")
    here.page.get_by_label("Current password").fill(PASSWORD)
    here.page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    here.page.get_by_label("New password again").fill(NEW_PASSWORD)
    here.button("Change it").click()
    here.sees_heading("Change the password")
    expect(here.page.get_by_text("The password is changed")).to_be_visible()

    there.goes_to("/numbers/")
    there.sees_heading("Sign in")
    gives_the_password(there, member, NEW_PASSWORD)
    is_in(there)


def test_a_new_address_waits_for_its_confirmation(mia, member, stack):
    visitor = mia(width=375)
    page = visitor.page
    new = f"new-{member}"
    visitor.goes_to("/accounts/email/")
    page.get_by_label("Email").fill(new)
    visitor.button("Change the address").click()
    proves(visitor)
    visitor.sees("Waits for you")
    visitor.sees(member)
    looks_good(visitor)

    page.goto(mailed_link(stack, new, "/confirm-email/"))
    visitor.button("Yes, confirm it").click()

    visitor.goes_to("/accounts/email/")
    visitor.sees(new)
    expect(visitor.main.get_by_text("Waits for you")).to_have_count(0)
    logs_out(visitor)
    gives_the_password(visitor, new)
    is_in(visitor)
