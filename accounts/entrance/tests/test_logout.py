"""POST auth/logout."""

import pytest
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/logout"


@pytest.fixture
def alice() -> User:
    return UserFactory()


def test_logging_out_ends_the_session_and_no_other(alice: User) -> None:
    here, there = sessions.start(alice), sessions.start(alice)
    answer = APIClient().post(URL, {"refreshToken": here.refresh_token})
    assert (answer.status_code, answer.content) == (204, b"")
    assert Session.objects.filter(is_revoked=True).count() == 1

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {here.access_token}")
    refused = client.get("/api/v1/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "SESSION_ENDED")
    refused = APIClient().post("/api/v1/auth/refresh", {"refreshToken": here.refresh_token})
    assert (refused.status_code, refused.json()["code"]) == (401, "SESSION_ENDED")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {there.access_token}")
    assert client.get("/api/v1/auth/me").status_code == 200


def test_logging_out_twice_is_no_error(alice: User) -> None:
    tokens = sessions.start(alice)
    for _ in range(2):
        answer = APIClient().post(URL, {"refreshToken": tokens.refresh_token})
        assert answer.status_code == 204


def test_a_token_that_is_none(alice: User) -> None:
    sessions.start(alice)
    answer = APIClient().post(URL, {"refreshToken": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    assert not Session.objects.filter(is_revoked=True).exists()
