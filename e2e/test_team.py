"""From an invitation to a place in the team: invite, sign up, confirm, join."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from e2e.keyboard import Keyboard
from e2e.mailbox import mailed_link
from e2e.test_every_page import findings
from e2e.visitor import PASSWORD

ACME = "Harbour & Sons"


@pytest.fixture
def owner(stack):
    """The address of somebody who owns an organisation."""
    email = f"owner-{uuid.uuid4().hex[:8]}@example.com"
    stack.shell(
        "from accounts.models import User; User.objects.create_user("
        f"{email!r}, {PASSWORD!r}, first_name='Olga', last_name='Owen', company={ACME!r})"
    )
    return email


def invites(visitor, email, role):
    visitor.goes_to("/team/")
    visitor.page.get_by_label("Email", exact=True).fill(email)
    visitor.main.get_by_role("radio", name=role).check()
    visitor.button("Send the invitation").click()
    visitor.sees(f"The invitation is on its way to {email}.")


@pytest.mark.parametrize("width", [1280, 375])
def test_who_is_invited_signs_up_confirms_and_joins_by_keyboard(enters, stack, owner, width):
    dora = f"dora-{uuid.uuid4().hex[:8]}@example.com"
    boss = enters(width=width)
    boss.signs_in(owner, PASSWORD)
    invites(boss, dora, "Viewer")

    visitor = enters(width=width)
    page, keys = visitor.page, Keyboard(visitor.page)
    page.goto(mailed_link(stack, dora, "/invitations/"))
    visitor.sees_heading(f"Join {ACME}")
    visitor.sees("Olga Owen invites you.")
    assert "inv_" not in page.url
    assert not findings(page)
    keys.tabs_to(visitor.link("Make an account"))
    keys.presses_enter()
    visitor.sees_heading("Sign up")
    signs_up(visitor, keys, dora)
    visitor.sees_heading("Look in your mail")

    page.goto(mailed_link(stack, dora, "/confirm-email/"))
    keys.tabs_to(visitor.button("Yes, confirm it"))
    keys.presses_enter()
    visitor.sees_heading(f"Join {ACME}")
    assert not findings(page)
    keys.tabs_to(visitor.button(f"Join {ACME}"))
    keys.presses_enter()

    visitor.sees(f"Welcome to {ACME}. You are Viewer there.")
    sees_the_team(visitor, dora, owner)
    boss.goes_to("/team/")
    expect(boss.main.get_by_role("row").filter(has_text=dora)).to_contain_text("Viewer")


def signs_up(visitor, keys, email):
    page = visitor.page
    expect(page.get_by_label("Email")).to_have_value(email)
    keys.tabs_to(page.get_by_label("First name"))
    keys.types("Dora")
    keys.tabs_to(page.get_by_label("Password"))
    keys.types(PASSWORD)
    keys.tabs_to(visitor.button("Create the account"))
    keys.presses_enter()


def sees_the_team(visitor, *addresses):
    """A viewer sees everybody, and nothing to press."""
    visitor.goes_to("/team/")
    for address in addresses:
        visitor.sees(address)
    expect(visitor.main.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 375])
def test_an_owner_runs_the_team_by_keyboard(enters, stack, owner, width):
    """Change a role, hand over, rename, open another organisation and come back."""
    add_member(stack, owner)
    visitor = enters(width=width)
    visitor.signs_in(owner, PASSWORD)
    page, keys = visitor.page, Keyboard(visitor.page)
    visitor.goes_to("/team/")

    keys.tabs_to(page.get_by_label("Role of Mia Mills", exact=True))
    keys.types("A")
    keys.tabs_to(visitor.button("Change the role of Mia Mills"))
    keys.presses_enter()
    visitor.sees("Mia Mills: Administrator from now on.")

    visitor.goes_to("/team/settings/")
    keys.tabs_to(page.get_by_role("textbox", name="Name"))
    page.keyboard.press("ControlOrMeta+A")
    keys.types("Harbour & Daughters")
    keys.presses_enter()
    visitor.sees("It is called Harbour & Daughters from now on.")

    keys.tabs_to(visitor.link("New organisation"))
    keys.presses_enter()
    visitor.sees_heading("New organisation")
    keys.tabs_to(page.get_by_role("textbox", name="Name"))
    keys.types("Second Street Bakery")
    keys.presses_enter()
    visitor.sees("Second Street Bakery is open, and you act for it now.")

    menu = page.locator(".sidebar-foot summary" if width == 1280 else ".tabbar summary")
    keys.tabs_to(menu)
    keys.presses_enter()
    keys.tabs_to(page.get_by_role("button", name="Harbour & Daughters", exact=True))
    keys.presses_enter()
    visitor.sees("You act for Harbour & Daughters now.")

    visitor.goes_to("/team/hand-over/")
    keys.tabs_to(page.get_by_role("radio", name=re.compile("Mia Mills")))
    keys.presses_space()
    keys.tabs_to(visitor.button("Hand it over"))
    keys.presses_enter()
    visitor.sees("Mia Mills owns Harbour & Daughters now.")
    visitor.goes_to("/team/leave/")
    keys.tabs_to(visitor.button("Leave it"))
    keys.presses_enter()
    visitor.sees("You have left Harbour & Daughters.")


def add_member(stack, owner):
    email = f"mia-{uuid.uuid4().hex[:8]}@example.com"
    stack.shell(
        "from accounts.models import Membership, User; Membership.objects.create("
        f"user=User.objects.create_user({email!r}, first_name='Mia', last_name='Mills'), "
        f"organization=User.objects.get(email={owner!r}).organizations.get(), role='VIEWER')"
    )
