"""When a browser was last seen: kept to the minute, and free of charge in between."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import AsyncClient, Client
from django.utils import timezone

from accounts.models import User
from accounts.security.last_seen import EVERY_SECONDS
from accounts.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=3)


def set_back() -> None:
    UserSession.objects.update(last_seen_at=timezone.now() - LONG_AGO)


def is_fresh() -> bool:
    return UserSession.objects.get().last_seen_at > timezone.now() - timedelta(seconds=30)


def test_a_page_says_when_and_from_where(alice_browser: Client) -> None:
    set_back()

    alice_browser.get("/accounts/profile/", REMOTE_ADDR="203.0.113.77")

    assert is_fresh()
    assert UserSession.objects.get().ip == "203.0.113.77"


def test_it_is_written_once_a_minute(alice_browser: Client, django_assert_num_queries: Any) -> None:
    alice_browser.get("/accounts/profile/")
    set_back()

    alice_browser.get("/accounts/profile/")
    assert not is_fresh()
    cache.clear()  # as the minute does
    alice_browser.get("/accounts/profile/")
    assert is_fresh()
    assert EVERY_SECONDS == 60


def test_in_between_it_costs_no_query(
    alice_browser: Client, django_assert_num_queries: Any
) -> None:
    alice_browser.get("/accounts/logout/")
    # Who it is: the session and the user; then what the page's shell shows, the memberships.
    with django_assert_num_queries(3):
        alice_browser.get("/accounts/logout/")


def test_strangers_and_programs_are_not_looked_at(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        client.get("/accounts/login/")


def test_staff_in_a_customers_place_are_not_the_customer(alice: User) -> None:
    """They sign in to the session by another way than the sign-in page, as force_login does."""
    client = Client()
    client.force_login(alice)

    client.get("/accounts/profile/")

    assert not UserSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_works_in_the_async_chain(alice: User) -> None:
    client = AsyncClient()
    async_to_sync(client.post)("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    set_back()

    answer = async_to_sync(client.get)("/accounts/profile/")

    assert answer.status_code == 200
    assert is_fresh()


def test_without_the_cache_pages_work_on(alice_browser: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    assert alice_browser.get("/accounts/profile/").status_code == 200
