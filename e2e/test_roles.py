"""Who may only look, and who only pays, find nothing on any page that then refuses them."""

import uuid
from urllib.parse import urlsplit, urlunsplit

import pytest

from e2e.client import Customer
from e2e.mailbox import mailed_link
from e2e.visitor import PASSWORD

# What can be followed and pressed, as it stands on the page with every menu open.
WHAT_CAN_BE_PRESSED = """() => {
    for (const menu of document.querySelectorAll("details")) menu.open = true;
    const seen = (element) => element.checkVisibility({ visibilityProperty: true });
    const links = [...document.querySelectorAll("a[href]")].filter(seen).map((link) => link.href);
    const forms = [...document.forms]
        .filter((form) => [...form.elements].some((it) => it.type === "submit" && seen(it)))
        .map((form) => ({
            url: form.action,
            method: form.method,
            fields: Object.fromEntries(new FormData(form)),
        }));
    return { links, forms };
}"""
# Their own account is everybody's to end; ending it would end the walk.
OWN_ACCOUNT = ("/accounts/", "/team/leave/", "/team/new/", "/team/switch/")
MOST_PAGES = 80


@pytest.fixture(scope="module")
def firm(stack):
    """The owner's address: a firm that has a card, two orders, a number and a call."""
    owner = Customer(stack.url)
    owner.confirms_address(mailed_link(stack, owner.email, "/confirm-email/"))
    owner.adds_card()
    (number,) = owner.finds(areaCode="646")[:1]
    owner.buys(number)
    stack.sandbox("calls", **{"from": "+12125550123", "to": number})
    stack.until(lambda: owner.get("calls").json()["results"], "the call in the log")
    return owner.email


@pytest.fixture
def joins(stack, firm):
    """Brings somebody into the firm: `joins("VIEWER")`; their address."""

    def join(role):
        email = f"{role.lower()}-{uuid.uuid4().hex[:8]}@example.com"
        stack.shell(
            "from accounts.models import Membership, User;"
            f"user = User.objects.create_user({email!r}, {PASSWORD!r}, first_name='Vera');"
            "Membership.objects.filter(user=user).delete();"
            f"place = Membership.objects.get(user__email={firm!r});"
            "Membership.objects.create("
            f"user=user, organization=place.organization, role={role!r})"
        )
        return email

    return join


def walk(visitor):
    """Open every page that a link leads to; paths in order, and the forms by where they go."""
    shop = urlsplit(visitor.shop).netloc
    waiting, opened, forms = ["/"], [], {}
    while waiting:
        path = waiting.pop(0)
        opened.append(path)
        answer = visitor.page.goto(f"{visitor.shop}{path}")
        assert answer.status < 400, f"{path}: {answer.status}, linked from what was opened before"
        found = visitor.page.evaluate(WHAT_CAN_BE_PRESSED)
        for form in found["forms"]:
            forms.setdefault((form["method"], urlsplit(form["url"]).path), form)
        for url in map(urlsplit, found["links"]):
            path = urlunsplit(("", "", url.path, url.query, ""))
            is_new = url.netloc == shop and path not in (*opened, *waiting)
            if is_new and not _is_of_one_kind(path, (*opened, *waiting)):
                waiting.append(path)
        assert len(opened) < MOST_PAGES, opened
    return opened, forms


def _is_of_one_kind(path, known):
    """One search stands for all searches."""
    page, _, query = path.partition("?")
    return bool(query) and any(it.startswith(f"{page}?") for it in known)


def presses(visitor, forms):
    """Send every form of the firm as it stands; (path, status) of each."""
    for (method, path), form in forms.items():
        if path.startswith(OWN_ACCOUNT):
            continue
        send = visitor.page.request.post if method == "post" else visitor.page.request.get
        how = {"form" if method == "post" else "params": form["fields"]}
        answer = send(form["url"], headers={"Referer": visitor.shop}, max_redirects=0, **how)
        yield path, answer.status


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    ("role", "may_send"),
    [("VIEWER", set()), ("BILLING", {"/billing/methods/"})],
)
def test_nothing_that_is_shown_refuses(enters, joins, role, may_send, width):
    visitor = enters(width=width)
    visitor.signs_in(joins(role), PASSWORD)

    opened, forms = walk(visitor)

    for page in ("/", "/find/", "/numbers/", "/calls/", "/orders/", "/team/"):
        assert page in opened
    assert ("/billing/methods/" in opened) == (role == "BILLING")
    assert not [path for path in opened if path.startswith(("/checkout/", "/keys/", "/audit/"))]
    sent = {path for (method, path) in forms if method == "post"}
    assert {path for path in sent if not path.startswith(OWN_ACCOUNT)} >= may_send
    pressed = dict(presses(visitor, forms))
    assert not [path for path, status in pressed.items() if status >= 400], pressed
    if role == "VIEWER":
        assert not [path for path in sent if not path.startswith(OWN_ACCOUNT)]


@pytest.mark.parametrize("width", [375, 1280])
def test_who_may_not_is_told_who_may(enters, joins, watchers, width):
    visitor = enters(width=width)
    visitor.signs_in(joins("VIEWER"), PASSWORD)

    visitor.goes_to("/find/?q=646")
    visitor.sees("To buy, ask an owner, an administrator or a member of")
    visitor.goes_to("/checkout/")
    visitor.sees_heading("This is not open to you")
    visitor.sees("As Viewer of")
    visitor.sees("Ask an owner or an administrator.")
    visitor.link("Go to the home page").click()
    visitor.sees_heading("Good to see you, Vera")
    for watcher in watchers:
        watcher.forgive("403")
