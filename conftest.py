"""What all tests share: the cast, the sandbox, and the tasks that wait to be run.

Alice is a customer, Bob her colleague in the same organisation, Charlie an outsider.
"""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as shop_settings
from django.core.cache import cache
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from accounts.models import Membership, User
from accounts.tests.factories import UserFactory, api_client, organization_of
from didshop.tests.sandboxes import Sandbox, running_sandbox
from didshop.tests.workers import Worker, forget_tasks
from didshop.tests.workers import run_tasks as run_waiting_tasks
from telephony import carrier


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on SQLite what needs PostgreSQL's real concurrency."""
    if shop_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    reason = "needs PostgreSQL: set DATABASE_URL to run it"
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _afresh() -> None:
    """Limits, quotes and tasks of the test before must not be met again."""
    cache.clear()
    forget_tasks()


# ---------------------------------------------------------------- the cast
@pytest.fixture
def api() -> APIClient:
    """A client of the API that is signed in as nobody."""
    return APIClient()


@pytest.fixture
def alice(db: None) -> User:
    """A customer with an organisation of her own."""
    return UserFactory(email="alice@example.com", first_name="Alice", last_name="Ames")


@pytest.fixture
def bob(alice: User) -> User:
    """Alice's colleague: a member of her organisation, which is his first."""
    user = UserFactory(email="bob@example.com", first_name="Bob", last_name="Burns")
    Membership.objects.filter(user=user).delete()
    Membership.objects.create(
        user=user, organization=organization_of(alice), role=Membership.Role.MEMBER
    )
    return user


@pytest.fixture
def charlie(db: None) -> User:
    """Another customer, who has nothing to do with Alice."""
    return UserFactory(email="charlie@example.com", first_name="Charlie", last_name="Cole")


@pytest.fixture
def alice_api(alice: User) -> APIClient:
    """A client of the API, signed in as Alice by a bearer token."""
    return api_client(alice)


@pytest.fixture
def bob_api(bob: User) -> APIClient:
    """A client of the API, signed in as Bob by a bearer token."""
    return api_client(bob)


@pytest.fixture
def charlie_api(charlie: User) -> APIClient:
    """A client of the API, signed in as Charlie by a bearer token."""
    return api_client(charlie)


@pytest.fixture
def sign_in() -> Callable[[User], APIClient]:
    """Makes a client of the API for a user: one for each thread."""
    return api_client


# ---------------------------------------------------------------- Twilio and Stripe
@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox process for the whole run of this pytest worker."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """An empty sandbox, to which the shop's carrier and gateway speak."""
    sandbox_process.reset()
    settings.TWILIO_API_BASE = sandbox_process.url
    settings.STRIPE_API_BASE = sandbox_process.url
    settings.PUBLIC_BASE_URL = sandbox_process.shop_url
    _forget_clients()
    yield sandbox_process
    _forget_clients()


def _forget_clients() -> None:
    """The carrier keeps its client; the gateway chooses its own by the settings of now."""
    carrier.reset()


def _reusing_the_port(thread: LiveServerThread, connections_override: Any = None) -> Any:
    """Django's own, but for the port, on which the last test's connections may still be closing."""
    return thread.server_class(
        (thread.host, thread.port),
        QuietWSGIRequestHandler,
        allow_reuse_address=True,
        connections_override=connections_override,
    )


@pytest.fixture
def live_shop(sandbox: Sandbox, transactional_db: None) -> Iterator[str]:
    """The shop over HTTP where the sandbox sends its webhooks; its address."""
    with patch.object(LiveServerThread, "_create_server", _reusing_the_port):
        server = LiveServer(sandbox.shop_url.removeprefix("http://"))
    yield server.url
    server.stop()


# ---------------------------------------------------------------- the worker
@pytest.fixture
def run_tasks() -> Callable[[], list[str]]:
    """Runs the tasks that wait, and those that they wake; returns their names."""
    return run_waiting_tasks


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Worker]:
    """Threads that run tasks as they come. A task's exception fails the test."""
    running = Worker()
    running.start()
    yield running
    running.stop()
    if running.errors:
        raise running.errors[0]
