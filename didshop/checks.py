"""What production must not start with. `DEBUG=false` is production."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

_SHORTEST_SECRET = 50
_KEYS_OF_SERVICES = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
)


def problems() -> Iterator[tuple[str, str]]:
    """Each reason why this configuration must not serve customers, as (id, sentence)."""
    if settings.DEBUG:
        return
    yield from _secret_problems()
    yield from _service_problems()
    if not settings.ALLOW_SANDBOX_IN_PRODUCTION:
        yield from _sandbox_problems()


def _secret_problems() -> Iterator[tuple[str, str]]:
    secret = settings.SECRET_KEY
    if secret == settings.DEVELOPMENT_SECRET or len(secret) < _SHORTEST_SECRET:
        yield "E001", f"SECRET_KEY must be a secret of at least {_SHORTEST_SECRET} characters."
    for name in _KEYS_OF_SERVICES:
        if not getattr(settings, name):
            yield "E002", f"{name} is missing."


def _service_problems() -> Iterator[tuple[str, str]]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield "E003", "DATABASE_URL must name a PostgreSQL database."
    if not settings.REDIS_URL:
        yield "E004", "REDIS_URL is missing."
    if settings.RATE_LIMIT_SCALE > 1:
        yield "E005", "RATE_LIMIT_SCALE above 1 is for load tests only."
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield "E006", "ALLOWED_HOSTS must name the shop's own hosts."


def _sandbox_problems() -> Iterator[tuple[str, str]]:
    """What only a public demonstration, which sells nothing, may do without."""
    if settings.TWILIO_API_BASE or settings.STRIPE_API_BASE:
        yield (
            "E007",
            "TWILIO_API_BASE and STRIPE_API_BASE must be empty: the sandbox sells nothing.",
        )
    sandbox_values = {
        settings.SANDBOX_TWILIO_SID,
        settings.SANDBOX_TWILIO_TOKEN,
        settings.SANDBOX_STRIPE_KEY,
        settings.SANDBOX_STRIPE_WEBHOOK_SECRET,
    }
    for name in _KEYS_OF_SERVICES:
        if getattr(settings, name) in sandbox_values:
            yield "E008", f"{name} is the sandbox's."
    if not settings.STRIPE_PUBLISHABLE_KEY:
        yield "E011", "STRIPE_PUBLISHABLE_KEY is missing: no card could be added on the page."
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        yield "E009", "PUBLIC_BASE_URL must begin with https://."
    if not settings.EMAIL_URL:
        yield "E010", "EMAIL_URL is missing: mail would be written to files."


@register(Tags.security)
def check_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Django's system check of the same."""
    return [Error(sentence, id=f"didshop.{number}") for number, sentence in problems()]


def refuse_unsafe_start() -> None:
    """ImproperlyConfigured, with every reason, if production would start unsafely."""
    reasons = [sentence for _, sentence in problems()]
    if reasons:
        raise ImproperlyConfigured("didshop does not start like this: " + " ".join(reasons))
