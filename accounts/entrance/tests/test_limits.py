"""How many attempts anybody has, and that their end is told truly: Retry-After on a 429."""

import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django_redis.exceptions import ConnectionInterrupted
from rest_framework.test import APIClient

from accounts.audit import Act
from accounts.entrance.known_addresses import is_known
from accounts.models import AuditEntry, Session, User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

API, PAGE = "/api/v1/auth/login", "/accounts/login/"
COOL_OFF = 5 * 60
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """The time that limits and the cache in the process go by; it moves by hand alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(time, "time", lambda: self.now)

    def advance(self, seconds: float) -> None:
        self.now += seconds


def by_api(password: str = PASSWORD, email: str = "alice@example.com", at: str = HOME) -> Any:
    return APIClient(REMOTE_ADDR=at).post(API, {"email": email, "password": password})


def by_page(password: str = PASSWORD, email: str = "alice@example.com", at: str = HOME) -> Any:
    client = Client(REMOTE_ADDR=at)
    answer = client.post(PAGE, {"login": email, "password": password})
    answer.is_in = "_auth_user_id" in client.session  # type: ignore[attr-defined]
    return answer


def owner_was_at(user: User, address: str) -> None:
    """As if `user` had signed in from there before."""
    AuditEntry.objects.create(act=Act.SIGNED_IN, actor=user, ip_address=address)


# ---------------------------------------------------------------- 1,000 wrong passwords
@pytest.mark.timeout(300)
def test_a_thousand_wrong_passwords(alice: User, clock: Clock) -> None:
    """From many addresses, over the API and the page in turn, a second apart."""
    refused = 0
    for number in range(1000):
        at = f"198.51.100.{number % 200}"
        answer = (by_api if number % 2 else by_page)(f"guess {number}", at=at)
        assert answer.status_code in (200, 401, 429)
        assert number % 2 or not answer.is_in
        if answer.status_code == 429:
            refused += 1
            assert 1 <= int(answer.headers["Retry-After"]) <= COOL_OFF
        clock.advance(1)
    assert not Session.objects.exists()
    # Five in five minutes were looked at, in a thousand seconds.
    assert refused == 1000 - 4 * 5

    assert by_api().status_code == 429
    clock.advance(COOL_OFF)
    assert by_api().status_code == 200
    assert by_page().is_in


def test_retry_after_is_true(alice: User, clock: Clock) -> None:
    for number in range(5):
        by_api(f"guess {number}", at=ELSEWHERE)
        clock.advance(10)
    wait = int(by_api(at=ELSEWHERE).headers["Retry-After"])
    assert 245 <= wait <= 250
    clock.advance(wait - 3)
    assert by_api(at=ELSEWHERE).status_code == 429
    clock.advance(4)
    assert by_api(at=ELSEWHERE).status_code == 200


def test_an_attack_from_elsewhere_does_not_lock_the_owner_out(alice: User, clock: Clock) -> None:
    owner_was_at(alice, HOME)
    for round_of_attack in range(3):
        for number in range(10):
            by_api(f"guess {number}", at=f"198.51.100.{number}")
        assert by_api("guess", at=ELSEWHERE).status_code == 429
        assert by_api(at=HOME).status_code == 200
        assert by_page(at=HOME).is_in
        clock.advance(COOL_OFF * round_of_attack)


def test_at_home_wrong_passwords_are_limited_too(alice: User) -> None:
    owner_was_at(alice, HOME)
    answers = [by_api(f"guess {number}", at=HOME) for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert by_api(at=HOME).status_code == 429


def test_where_somebody_else_signs_in_is_not_where_the_owner_does(alice: User) -> None:
    owner_was_at(UserFactory(email="mallory@example.com"), ELSEWHERE)
    for number in range(5):
        by_api(f"guess {number}", at=f"198.51.100.{number}")
    assert by_api("guess", at=ELSEWHERE).status_code == 429


def test_of_an_ipv6_address_the_network_is_known(alice: User) -> None:
    owner_was_at(alice, "2001:db8:1:2::7")
    for number in range(5):
        by_api(f"guess {number}", at=f"198.51.100.{number}")
    assert by_api(at="2001:db8:1:2:aaaa::1").status_code == 200
    assert by_api(at="2001:db8:1:3::7").status_code == 429


def test_one_query_for_a_known_address_as_for_an_unknown_one(
    alice: User, django_assert_num_queries: Any
) -> None:
    owner_was_at(alice, HOME)
    for email in ("alice@example.com", "nobody@example.com"):
        with django_assert_num_queries(1):
            is_known(email=email, address=HOME)


# ---------------------------------------------------------------- by caller
def test_one_caller_has_ten_failures_a_minute_whatever_the_account(alice: User) -> None:
    answers = [by_page("wrong", f"person{number}@example.com") for number in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert by_page().status_code == 429
    assert by_page(at=ELSEWHERE).is_in


def test_a_success_is_no_failure(alice: User) -> None:
    for _ in range(9):
        assert by_api().status_code == 200
    assert by_page().is_in


def test_the_pages_429_says_when_to_come_back(alice: User) -> None:
    for number in range(5):
        by_page(f"guess {number}")
    answer = by_page()
    assert answer.status_code == 429
    assert "Try again in 5 minutes." in answer.content.decode()
    assert 290 <= int(answer.headers["Retry-After"]) <= 300


def test_signing_up_is_limited_on_the_page_and_over_the_api_together() -> None:
    form = {"first_name": "A", "email": "nobody", "password1": "x"}
    for _ in range(11):
        assert Client().post("/accounts/signup/", form).status_code == 200
    for _ in range(9):
        assert APIClient().post("/api/v1/auth/register", {}).status_code == 400
    page, api = Client().post("/accounts/signup/", form), APIClient().post("/api/v1/auth/register")
    assert page.status_code == api.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert 1 <= int(api.headers["Retry-After"]) <= 60
    assert not User.objects.exists()


def test_a_page_for_who_is_signed_in(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    for _ in range(10):
        answer = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    answer = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= COOL_OFF


# ---------------------------------------------------------------- behind proxies
def forwarded(*addresses: str) -> Any:
    return APIClient(HTTP_X_FORWARDED_FOR=", ".join(addresses), REMOTE_ADDR="10.0.0.1").post(
        API, {"email": f"{cache.incr('n')}@example.com", "password": "wrong"}
    )


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_both_counts_go_by_the_trusted_proxies(
    settings: Any, proxies: int, *, is_believed: bool
) -> None:
    cache.set("n", 0)
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    for number in range(10):
        assert forwarded(f"203.0.113.{number}").status_code == 401
    expected = 401 if is_believed else 429
    assert forwarded("203.0.113.99").status_code == expected


def test_what_the_caller_makes_up_is_not_believed(settings: Any) -> None:
    cache.set("n", 0)
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for number in range(10):
        assert forwarded(f"192.0.2.{number}", HOME).status_code == 401
    assert forwarded("192.0.2.99", HOME).status_code == 429


def test_fewer_proxies_than_trusted_are_no_defect(settings: Any) -> None:
    cache.set("n", 0)
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 2}
    assert forwarded(HOME).status_code == 401


# ---------------------------------------------------------------- settings
def test_the_scale_of_limits_holds_for_allauths_too() -> None:
    told = "from didshop import settings; print(settings.ACCOUNT_RATE_LIMITS['login_failed'])"
    answer = subprocess.run(
        [sys.executable, "-c", told],
        env={"RATE_LIMIT_SCALE": "100", "DEBUG": "true", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "1000/m/ip,500/5m/key"


# ---------------------------------------------------------------- without the cache
def test_without_the_cache_nobody_tries_passwords(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ConnectionInterrupted(connection=None)

    monkeypatch.setattr(type(caches["default"]), "add", fail)
    api, page = by_api(), by_page()
    assert (api.status_code, api.json()["code"]) == (503, "UNAVAILABLE")
    assert page.status_code == 503
    assert api.headers["Retry-After"] == page.headers["Retry-After"] == "30"
    assert "attempts cannot be counted" in page.content.decode()
    assert not page.is_in
    assert not Session.objects.exists()
