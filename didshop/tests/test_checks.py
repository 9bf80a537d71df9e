"""Production does not start with what would be unsafe there."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from didshop import checks

SAFE: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "a-secret-that-nobody-else-knows-and-nobody-guesses",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "real",
    "TWILIO_API_BASE": "",
    "STRIPE_SECRET_KEY": "sk_live_real",
    "STRIPE_WEBHOOK_SECRET": "whsec_real",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_real",
    "STRIPE_API_BASE": "",
    "REDIS_URL": "redis://redis/0",
    "RATE_LIMIT_SCALE": 1.0,
    "ALLOWED_HOSTS": ["shop.example"],
    "PUBLIC_BASE_URL": "https://shop.example",
    "EMAIL_URL": "smtp://mail.example:25",
    "ALLOW_SANDBOX_IN_PRODUCTION": False,
}


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in SAFE.items():
        setattr(settings, name, value)
    engine = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", engine)
    return settings


def found() -> list[str]:
    return [number for number, _ in checks.problems()]


def test_a_safe_production_starts(production: Any) -> None:
    assert found() == []
    checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("SECRET_KEY", "development-only-secret-key-that-production-refuses", "E001"),
        ("SECRET_KEY", "short", "E001"),
        ("TWILIO_ACCOUNT_SID", "", "E002"),
        ("TWILIO_AUTH_TOKEN", "", "E002"),
        ("STRIPE_SECRET_KEY", "", "E002"),
        ("STRIPE_WEBHOOK_SECRET", "", "E002"),
        ("REDIS_URL", "", "E004"),
        ("RATE_LIMIT_SCALE", 1.01, "E005"),
        ("ALLOWED_HOSTS", [], "E006"),
        ("ALLOWED_HOSTS", ["*"], "E006"),
        ("TWILIO_API_BASE", "http://127.0.0.1:8001", "E007"),
        ("STRIPE_API_BASE", "http://127.0.0.1:8001", "E007"),
        ("TWILIO_ACCOUNT_SID", "AC" + "5a" * 16, "E008"),
        ("TWILIO_AUTH_TOKEN", "sandbox-auth-token", "E008"),
        ("STRIPE_SECRET_KEY", "sk_test_sandbox", "E008"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_sandbox", "E008"),
        ("PUBLIC_BASE_URL", "http://shop.example", "E009"),
        ("EMAIL_URL", "", "E010"),
        ("STRIPE_PUBLISHABLE_KEY", "", "E011"),
    ],
)
def test_an_unsafe_one_does_not(production: Any, name: str, value: Any, number: str) -> None:
    setattr(production, name, value)
    assert found() == [number]
    assert [error.id for error in checks.check_production(None)] == [f"didshop.{number}"]
    with pytest.raises(ImproperlyConfigured):
        checks.refuse_unsafe_start()


def test_sqlite_is_for_the_embedded_default(
    production: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = {"ENGINE": "django.db.backends.sqlite3"}
    monkeypatch.setitem(production.DATABASES, "default", engine)
    assert found() == ["E003"]


def test_a_demonstration_may_have_the_sandbox_if_it_says_so(production: Any) -> None:
    production.TWILIO_API_BASE = production.STRIPE_API_BASE = "http://sandbox:8001"
    production.PUBLIC_BASE_URL = "http://demo.example"
    assert found() == ["E007", "E009"]
    production.ALLOW_SANDBOX_IN_PRODUCTION = True
    assert found() == []


def test_development_may_do_anything(production: Any) -> None:
    production.DEBUG = True
    production.SECRET_KEY = "short"
    assert found() == []


@pytest.mark.stack
@pytest.mark.parametrize(
    "command",
    [["-m", "celery", "-A", "didshop", "report"], ["-c", "import django; django.setup()"]],
)
def test_neither_worker_nor_web_starts_unsafely(command: list[str], tmp_path: Any) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "didshop.settings",
        "DIDSHOP_VAR": str(tmp_path),
        "DEBUG": "false",
    }
    ended = subprocess.run(
        [sys.executable, *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ended.returncode != 0
    assert "didshop does not start like this: SECRET_KEY must be a secret" in ended.stderr
