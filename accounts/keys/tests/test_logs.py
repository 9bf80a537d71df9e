"""No key stands in the logs, wherever a caller puts it."""

import io
import json

import pytest
import structlog
from django.test import Client
from rest_framework.test import APIClient

from accounts.keys.tests.conftest import MakeKey, key_client
from accounts.models import User
from accounts.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_key_leaves_no_trace(
    alice: User, api: APIClient, make_key: MakeKey, written: io.StringIO
) -> None:
    secret = make_key().secret
    key_client(secret).get("/api/v1/numbers")
    key_client(f"{secret}x").get("/api/v1/numbers")
    api.get(f"/api/v1/numbers?key={secret}&q=%22{secret}&r=%3D{secret}")
    api.get(f"/api/v1/{secret}")
    api.get("/api/v1/numbers", headers={"User-Agent": f"curl {secret}", "X-API-Key": secret})
    api.post("/api/v1/auth/login", {"email": secret, "password": secret})
    structlog.get_logger("didshop.test").warning(f"x{secret}", key=secret)
    browser = Client()
    browser.force_login(alice)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    shown = browser.post("/keys/new/", {"name": "x", "scopes": ["numbers:read"], "expiry": "30"})
    text = written.getvalue()
    assert text.count("request_finished") == 8
    assert json.loads(text.splitlines()[0])
    assert secret[4:] not in text
    assert shown.context["secret"][4:] not in text
