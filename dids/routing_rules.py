"""Which routing a customer may set: every field is checked here, for the API and pages alike."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from phonenumbers import PhoneNumberType

from dids.models import Number
from dids.presentation import country_name
from didshop.errors import Invalid
from didshop.texts import is_plain

LONGEST_NAME = 100
LONGEST_URL = 500
# Expensive numbers hide behind ordinary ones: premium rate, shared cost, satellite, pagers.
FORWARD_TYPES = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.TOLL_FREE,
    }
)


def clean(changes: Mapping[str, Any], *, phone_number: str) -> dict[str, str]:
    """The changes, checked; of forward_to and voice_url the one that is set ends the other.

    phone_number: E.164 of the number that is configured. None stands for empty. Raises Invalid
    with every field at fault.
    """
    cleaned: dict[str, str] = {}
    problems: list[dict[str, str]] = []
    for name, value in changes.items():
        try:
            cleaned[name] = CHECKS[name](value or "")
        except ValidationError as error:
            problems.append({"field": name, "message": error.messages[0]})
    if cleaned.get("forward_to") and cleaned.get("voice_url"):
        sentence = "A number either forwards or calls a voice URL: set one of the two."
        problems.append({"field": "forward_to", "message": sentence})
    elif cleaned.get("forward_to"):
        problems += _loops(cleaned["forward_to"], phone_number)
        cleaned["voice_url"] = ""
    elif cleaned.get("voice_url"):
        cleaned["forward_to"] = ""
    if problems:
        raise Invalid("Validation error", details=problems)
    return cleaned


def _loops(forward_to: str, phone_number: str) -> list[dict[str, str]]:
    """Why calls would go round in circles, if they would."""
    sentence = ""
    if forward_to == phone_number:
        sentence = "A number cannot forward to itself."
    elif Number.objects.live().filter(phone_number=forward_to).exists():
        sentence = "This number is in service here; forwarding to it could go round in circles."
    return [{"field": "forward_to", "message": sentence}] if sentence else []


def check_name(text: str) -> str:
    """A name of at most 100 characters that can be printed. Raises ValidationError."""
    text = text.strip()
    if len(text) > LONGEST_NAME:
        raise ValidationError(f"A name has at most {LONGEST_NAME} characters.")
    if not is_plain(text):
        raise ValidationError("A name has no control characters or line breaks.")
    return text


def check_url(text: str) -> str:
    """A URL that the carrier or we may call: https in production, no credentials in it."""
    schemes = ["http", "https"] if settings.DEBUG else ["https"]
    if not text:
        return ""
    if len(text) > LONGEST_URL:
        raise ValidationError(f"A URL has at most {LONGEST_URL} characters.")
    URLValidator(schemes=schemes, message=f"Give a full {' or '.join(schemes)} URL.")(text)
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise ValidationError("Leave user names and passwords out of the URL.")
    try:
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise ValidationError("Give a port of at most 65535.") from error
    shop = urlsplit(settings.PUBLIC_BASE_URL)
    if (parts.hostname, parts.port) == (shop.hostname, shop.port):
        raise ValidationError("This is the shop's own address; a call would go round in circles.")
    return text


def check_method(text: str) -> str:
    """GET or POST, which is also what empty stands for."""
    if text not in ("", *Number.HttpMethod.values):
        raise ValidationError("Choose GET or POST.")
    return text or Number.HttpMethod.POST.value


def check_forward(text: str) -> str:
    """A phone that calls may be forwarded to, as E.164. Raises ValidationError."""
    if not text:
        return ""
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise ValidationError("Give the number with its country, such as +14155550123.") from error
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise ValidationError("There is no such number.")
    # The calling code alone would let expensive islands pass for the United States.
    country = phonenumbers.region_code_for_number(parsed)
    if country not in settings.FORWARD_COUNTRIES:
        place = country_name(country) if country else "such numbers"
        raise ValidationError(f"Calls cannot be forwarded to {place}.")
    if phonenumbers.number_type(parsed) not in FORWARD_TYPES:
        raise ValidationError("Calls can be forwarded to ordinary phones only, not to this kind.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


CHECKS: dict[str, Callable[[str], str]] = {
    "friendly_name": check_name,
    "forward_to": check_forward,
    "voice_url": check_url,
    "voice_method": check_method,
    "voice_fallback_url": check_url,
    "status_callback": check_url,
}
