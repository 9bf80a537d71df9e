"""Browsers in which Alice and others are really signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"

Browser = Callable[..., Client]


@pytest.fixture
def browser() -> Browser:
    """Signs somebody in on the page, in a browser of its own."""

    def sign_in(user: User, *, user_agent: str = FIREFOX, address: str = "198.51.100.7") -> Client:
        client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
        answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    return sign_in


@pytest.fixture
def alice_browser(alice: User, browser: Browser) -> Client:
    """Alice's Firefox."""
    return browser(alice)


def is_signed_in(client: Client) -> bool:
    """Whether the shop still knows who it is."""
    answer = client.get("/accounts/profile/")
    assert answer.status_code in (200, 302)
    return answer.status_code == 200
