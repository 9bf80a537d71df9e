"""Every URL, every method, every kind of caller: nobody gets where they may not, or does it.

The routes come from the URL conf, what they ask for from the views, so that a new page or
endpoint is covered without being listed. What it may mean that a view declares the wrong right
is held by test_dangerous_acts.py, where the most dangerous ones are written out by hand.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tests.matrix.callers import CALLERS, Caller
from accounts.tests.matrix.checking import Walker
from accounts.tests.matrix.declared import PUBLIC
from accounts.tests.matrix.effects import Outside
from accounts.tests.matrix.routes import every_route
from accounts.tests.matrix.world import World, build
from telephony import carrier

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def _counting() -> Iterator[Outside]:
    with Outside() as outside:
        yield outside


@pytest.fixture
def outside(
    _counting: Outside, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    """Where the shop believes Twilio and Stripe to be."""
    # It answers files alone, and takes half of the time that a small request takes.
    settings.MIDDLEWARE = [it for it in settings.MIDDLEWARE if "ServeStatic" not in it]
    settings.TWILIO_API_BASE = settings.STRIPE_API_BASE = _counting.url
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.001)
    carrier.reset()
    yield _counting
    carrier.reset()


@pytest.fixture(autouse=True)
def _in_silence() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.mark.parametrize("caller", CALLERS, ids=str)
def test_who_gets_where(caller: Caller, world: World, outside: Outside) -> None:
    walker = Walker(caller, world, outside)
    complaints = list(walker.complaints(every_route()))
    assert not complaints, "\n" + "\n".join(complaints)


def test_what_is_public_is_there() -> None:
    names = {route.name for route in every_route()}
    gone = {name for name in PUBLIC if name not in names}
    # Those of developers are there with DEBUG alone.
    assert not {name for name in gone if not name.startswith("dev-")}
