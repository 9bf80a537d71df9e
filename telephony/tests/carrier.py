"""The carrier's side of a webhook, for tests: what it sends, signed as it signs."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.test import Client
from twilio.request_validator import RequestValidator

from didshop import inbox
from didshop.models import WebhookEvent

VOICE = "/api/v1/webhooks/twilio/voice"
STATUS = "/api/v1/webhooks/twilio/status"
DIAL = "/api/v1/webhooks/twilio/dial"
FORM = "application/x-www-form-urlencoded"
CALL_SID = "CA" + "1a" * 16
LEG_SID = "CA" + "2b" * 16
CALLER = "+12025550123"
PHONE = "+442079460123"

# One for all, since each has to load the middleware first. It checks CSRF, as for anybody.
_client = Client(enforce_csrf_checks=True)


def a_call(to: str, **changes: str) -> dict[str, str]:
    """The parameters of a voice webhook for a call to `to`; names to change as keywords."""
    return {
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": CALL_SID,
        "CallStatus": "ringing",
        "CallToken": "%7B%22parentCallInfoToken%22%3A%22x%22%7D",
        "Called": to,
        "Caller": CALLER,
        "CallerName": "Zoë & Söhne",
        "Direction": "inbound",
        "From": CALLER,
        "FromCity": "",
        "FromCountry": "US",
        "StirVerstat": "TN-Validation-Passed-A",
        "To": to,
        "ToCity": "SAN FRANCISCO",
        "ToCountry": "US",
        "ToState": "CA",
        "ToZip": "94105",
        **changes,
    }


def signature(path: str, parameters: dict[str, Any]) -> str:
    """What Twilio puts into `X-Twilio-Signature`."""
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    form = QueryDict(urlencode(parameters, doseq=True))
    return validator.compute_signature(f"{settings.PUBLIC_BASE_URL}{path}", form)


def post(path: str, parameters: dict[str, Any], **headers: str) -> Any:
    """Post a form to the shop as anybody can."""
    body = urlencode(parameters, doseq=True)
    return _client.post(path, body, content_type=FORM, headers=headers)


def send(path: str, parameters: dict[str, Any]) -> Any:
    """Post a form to the shop as the carrier does."""
    return post(path, parameters, **{"X-Twilio-Signature": signature(path, parameters)})


def work_off_inbox() -> None:
    """Do what the worker does with whatever has come in."""
    for event in WebhookEvent.objects.filter(status="RECEIVED").order_by("id"):
        inbox.process(event.pk)
