"""Alice at her pages, who has just shown that it is her."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD

Visit = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """Makes a browser in which a user is signed in, and has been asked whether it is them."""

    def visiting(user: User) -> Client:
        client = Client()
        client.force_login(user)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return visiting


@pytest.fixture
def alice_pages(visit: Visit, alice: User) -> Client:
    """Alice's browser."""
    return visit(alice)
