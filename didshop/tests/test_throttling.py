"""Limits: counted by user or address, told on every answer, the same for all processes."""

from typing import Any

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisDown
from rest_framework.test import APIClient

from didshop import throttling
from didshop.tests.threads import all_at_once
from didshop.throttling import count_request, rate_of

pytestmark = pytest.mark.urls("didshop.tests.urls")


@pytest.fixture(autouse=True)
def _in_the_middle_of_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no window ends while a test counts."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_030.5)


def test_rates_are_read_from_settings(settings: Any) -> None:
    assert rate_of("search") == (60, 60)
    settings.RATE_LIMIT_SCALE = 10
    assert rate_of("search") == (600, 60)
    settings.RATE_LIMIT_SCALE = 0.001
    assert rate_of("search") == (1, 60)


def test_every_answer_tells_what_is_left(api: APIClient) -> None:
    answers = [api.post("/api/v1/echo", {}) for _ in range(2)]
    told = [
        (it["RateLimit-Limit"], it["RateLimit-Remaining"], it["RateLimit-Reset"]) for it in answers
    ]
    assert told == [("60", "59", "30"), ("60", "58", "30")]


def test_above_the_limit_it_is_a_429_that_says_when(api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 0.05
    statuses = [api.post("/api/v1/echo", {}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = api.post("/api/v1/echo", {})
    assert refused.json()["code"] == "TOO_MANY_REQUESTS"
    assert refused["Retry-After"] == refused["RateLimit-Reset"] == "30"
    assert refused["RateLimit-Remaining"] == "0"


def test_the_next_window_begins_afresh(
    api: APIClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    assert [api.post("/api/v1/echo", {}).status_code for _ in range(2)] == [200, 429]
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_060.0)
    assert api.post("/api/v1/echo", {}).status_code == 200


def test_scopes_and_addresses_are_counted_apart(api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    assert api.post("/api/v1/echo", {}).status_code == 200
    assert api.post("/api/v1/echo", {}).status_code == 429
    assert api.get("/api/v1/errors/unmet").status_code == 422
    assert api.post("/api/v1/echo", {}, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_an_ipv6_customer_has_all_of_a_64(api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]
    statuses = [
        api.post("/api/v1/echo", {}, REMOTE_ADDR=address).status_code for address in addresses
    ]
    assert statuses == [200, 429, 200]


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(
    api: APIClient, settings: Any
) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    forged = [{"X-Forwarded-For": f"203.0.113.{last}"} for last in (1, 2)]
    assert [api.post("/api/v1/echo", {}, headers=it).status_code for it in forged] == [200, 429]


@pytest.mark.django_db
def test_users_are_counted_apart_wherever_they_come_from(
    alice_api: APIClient, charlie_api: APIClient, settings: Any
) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 300
    assert alice_api.get("/api/v1/who").status_code == 200
    assert charlie_api.get("/api/v1/who").status_code == 200
    assert alice_api.get("/api/v1/who", REMOTE_ADDR="198.51.100.7").status_code == 429


@pytest.mark.django_db
def test_whoever_tries_tokens_is_limited_too(api: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 2 / 300
    headers = {"Authorization": "Bearer rubbish"}
    answers = [api.get("/api/v1/who", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]


def test_no_request_goes_uncounted_when_many_come_at_once() -> None:
    allowances = all_at_once(*[lambda: count_request("search", "address:x")] * 20)
    assert sorted(allowance.remaining for allowance in allowances) == list(range(40, 60))


def test_without_the_cache_the_shop_goes_on(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RedisDown("gone")

    monkeypatch.setattr(type(cache._connections["default"]), "add", fail)  # type: ignore[attr-defined]
    assert api.post("/api/v1/echo", {}).status_code == 200
