"""One shop and one browser for the whole run; every test looks at it through fresh eyes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e import world as worlds
from e2e.client import Customer
from e2e.mailbox import mailed_link
from e2e.pages import Shown
from e2e.stack import Stack
from e2e.visitor import Visitor
from e2e.watching import Watcher
from e2e.world import World

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHTS = {375: 812, 768: 1024, 1280: 900}
# Longer than a page takes on a busy machine, shorter than anybody wants to wait for a failure.
PATIENCE_MS = 15_000

Opens = Callable[..., Page]

expect.set_options(timeout=PATIENCE_MS)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", metavar="DIR", help="save a picture of every page in DIR")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests start a whole shop first: give them time. Pictures are taken on demand only."""
    pictures = [item for item in items if "shots" in getattr(item, "fixturenames", ())]
    if not config.getoption("--shots"):
        config.hook.pytest_deselected(items=pictures)
        items[:] = [item for item in items if item not in pictures]
    for item in items:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium where it has one, else Playwright's."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    """Where pytest-playwright's windows begin."""
    return stack.url


@pytest.fixture(scope="session")
def world(stack: Stack) -> World:
    return worlds.build(stack)


@pytest.fixture(scope="session")
def cookies(browser: Browser, stack: Stack, world: World) -> Any:
    """What a browser keeps in which the world's customer is signed in."""
    context = browser.new_context()
    Visitor(context.new_page(), stack.url).signs_in(world.email, world.password)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def faults(stack: Stack) -> Iterator[Callable[..., Any]]:
    """Makes Twilio or Stripe misbehave until the test ends: `faults(service=…, kind=…)`."""
    yield lambda **fault: stack.sandbox("faults", **fault)
    mend(stack)


def mend(stack: Stack) -> None:
    """Let Twilio and Stripe behave again."""
    requests.delete(f"{stack.sandbox_url}/_sandbox/faults", timeout=10).raise_for_status()


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    """Every browser window of the test; whatever one complains about fails the test."""
    open_ones: list[Watcher] = []
    yield open_ones
    complaints = [complaint for watcher in open_ones for complaint in watcher.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def opens(
    new_context: Callable[..., BrowserContext], stack: Stack, watchers: list[Watcher]
) -> Opens:
    """Opens a watched window: `opens(width=375, color_scheme="dark", storage_state=cookies)`."""

    def open_window(width: int = 1280, **options: Any) -> Page:
        viewport = {"width": width, "height": HEIGHTS[width]}
        context = new_context(viewport=viewport, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MS)
        hosts = {urlsplit(url).netloc for url in (stack.url, stack.sandbox_url)}
        watchers.append(Watcher(context, hosts))
        return context.new_page()

    return open_window


@pytest.fixture
def visitor(opens: Opens, stack: Stack) -> Visitor:
    """A stranger at a desk."""
    return Visitor(opens(), stack.url)


@pytest.fixture
def enters(opens: Opens, stack: Stack) -> Callable[..., Visitor]:
    """Brings in a stranger with a window of their own: `enters(width=375)`."""
    return lambda **options: Visitor(opens(**options), stack.url)


@pytest.fixture
def shopper(enters: Callable[..., Visitor], stack: Stack) -> Callable[..., Visitor]:
    """Brings in a new customer, signed in, with these cards: `shopper("pm_card_visa")`."""

    def enter(*cards: str, **options: Any) -> Visitor:
        customer = Customer(stack.url)
        customer.confirms_address(mailed_link(stack, customer.email, "/confirm-email/"))
        for card in cards:
            customer.adds_card(card)
        visitor = enters(**options)
        visitor.signs_in(customer.email, customer.PASSWORD)
        return visitor

    return enter


@pytest.fixture
def show(opens: Opens, stack: Stack, world: World, cookies: Any) -> Callable[..., Page]:
    """Opens one of `PAGES` in a fresh window: `show(shown, width=375)`.

    `before` gets the window before it goes there.
    """

    def show_page(
        shown: Shown, before: Callable[[Page], None] = lambda page: None, **options: Any
    ) -> Page:
        page = opens(storage_state=cookies if shown.signed_in else None, **options)
        before(page)
        shown.open(page, stack, world)
        return page

    return show_page


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path:
    """Where pictures go."""
    return Path(request.config.getoption("--shots"))
