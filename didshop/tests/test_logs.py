"""No line of the log holds a secret, a card or a whole phone number."""

import io
import json
import logging
import logging.config
from typing import Any

import pytest
import structlog
from django.conf import settings as shop_settings
from rest_framework.test import APIClient

from didshop.logs import MASK, logging_config, mask, mask_event

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
CANARIES = [
    "+14155550100",
    "14155550100",
    "(415) 555-0100",
    "+44 20 7946 0123",
    "%2B442079460123",
    "4242424242424242",
    TOKEN,
    "sk_test_51abc",
    "dsk_live_abcdef",
    "dsk_DkrXtLYpwWFmZwJ7T4cRBsDLJryLzIp2BX0a1b",
    "%3Ddsk_DkrXtLYpwWFmZwJ7T4cRBsDLJryLzIp2BX0a1b",
    "whsec_abcdef",
]


@pytest.mark.parametrize("canary", CANARIES)
def test_a_secret_is_masked_wherever_it_stands(canary: str) -> None:
    event: dict[str, Any] = {
        "event": f"called {canary} twice",
        "request": f"GET /api/v1/numbers?contains={canary}&x=1",
        "nested": {"list": [canary, {"deep": canary}]},
        "tuple": (canary,),
        "exception": f"Traceback\n  ValueError: {canary}",
    }
    assert canary not in json.dumps(mask_event(None, "", event), ensure_ascii=False)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "accessToken",
        "refresh_token",
        "Authorization",
        "TWILIO_AUTH_TOKEN",
        "api_key",
        "client_secret",
        "X-Twilio-Signature",
        "cookie",
        "otp",
        "csrfmiddlewaretoken",
    ],
)
def test_what_is_named_as_a_secret_is_masked_whatever_it_is(name: str) -> None:
    assert mask({name: "plain"})[name] == MASK
    assert mask_event(None, "", {"event": "x", name: ["plain"]})[name] == MASK


@pytest.mark.parametrize(
    "text",
    [
        "/auth/verify-email?token=abc123",
        "password=hunter2secret",
        '{"refreshToken": "abc123"}',
        "Authorization: Bearer abc123",
        "Basic QUM6YWJjMTIz",
        "/accounts/password/reset/key/1-abc123/",
        "/accounts/confirm-email/abc123/",
        "{'auth_token': 'abc123'}",
        "signature=abc123&x=1",
    ],
)
def test_secrets_inside_of_texts_are_masked(text: str) -> None:
    masked = mask(text)
    assert MASK in masked
    for secret in ("abc123", "hunter2", "QUM6"):
        assert secret not in masked


def test_two_digits_at_each_end_of_a_number_remain() -> None:
    assert mask("from +14155550123") == "from 14…23"


@pytest.mark.parametrize(
    "value",
    [
        "0192d3b4-5c6d-7e8f-9a0b-123456789012",
        "order 261122-K7QXM4 placed",
        "GET /numbers 200",
        "2026-11-22T10:38:00.123456Z",
        42,
        3.5,
        None,
        True,
        "took 412 ms",
        "v1.0.0",
    ],
)
def test_what_is_no_secret_stays(value: Any) -> None:
    assert mask(value) == value


def test_production_writes_one_json_object_a_line(written: io.StringIO) -> None:
    structlog.get_logger("didshop.test").info("bought", number="+14155550100", order="x")
    logging.getLogger("elsewhere").warning("called %s", "+14155550100", extra={"password": "p"})
    first, second = map(json.loads, written.getvalue().splitlines())
    assert first["event"] == "bought"
    assert first["number"] == "14…00"
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")
    assert first["logger"] == "didshop.test"
    assert second["event"] == "called 14…00"
    assert second["password"] == MASK


def test_a_traceback_is_masked_and_stays_on_its_line(written: io.StringIO) -> None:
    try:
        int("+14155550100 with token=abc123")
    except ValueError:
        structlog.get_logger("didshop.test").exception("failed")
    (line,) = written.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]
    assert "14155550100" not in line
    assert "abc123" not in line


@pytest.mark.urls("didshop.tests.urls")
def test_a_request_leaves_no_canary(written: io.StringIO, api: APIClient) -> None:
    api.get("/page?token=abc123&to=%2B14155550100", headers={"Authorization": f"Bearer {TOKEN}"})
    api.post("/api/v1/echo", {"voice_url": "hunter2 +14155550100"})
    text = written.getvalue()
    assert "request_finished" in text
    for canary in ("abc123", "14155550100", TOKEN, "hunter2"):
        assert canary not in text


def test_development_is_readable_and_masked_too() -> None:
    stream = io.StringIO()
    config = logging_config(level="INFO", readable=True)
    config["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(config)
    try:
        structlog.get_logger("didshop.test").info("bought", number="+14155550100")
    finally:
        logging.config.dictConfig(shop_settings.LOGGING)
    assert "bought" in stream.getvalue()
    assert "14155550100" not in stream.getvalue()
