"""What the tests of who may do what share."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tests.matrix.effects import Outside
from accounts.tests.matrix.world import World, build
from telephony import carrier


@pytest.fixture(scope="session")
def _nobody_helps() -> Iterator[Outside]:
    with Outside() as outside:
        yield outside


@pytest.fixture
def outside(
    _nobody_helps: Outside, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    """Where the shop believes Twilio and Stripe to be, for walks of thousands of requests."""
    settings.TWILIO_API_BASE = settings.STRIPE_API_BASE = _nobody_helps.url
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.001)
    # It answers files alone, and takes half of the time that a small request takes.
    settings.MIDDLEWARE = [it for it in settings.MIDDLEWARE if "ServeStatic" not in it]
    carrier.reset()
    # Thousands of refusals are not worth a line each.
    logging.disable(logging.CRITICAL)
    yield _nobody_helps
    logging.disable(logging.NOTSET)
    carrier.reset()


@pytest.fixture
def matrix_world(db: None) -> World:
    """Alice's organisation with one of everything, and everybody who may or may not touch it."""
    return build()
