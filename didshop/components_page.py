"""The development page that shows every part of the design with all of its states.

Plain values stand in for models, so that the page needs no database and shows what a real day
seldom does: the longest name, the number that failed, the card that expired.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

START = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)

STATUSES = {
    "Number": ("PENDING", "ACTIVE", "SUSPENDED", "RELEASING", "RELEASED"),
    "Order": ("PENDING", "PROCESSING", "COMPLETED", "PARTIAL", "FAILED", "CANCELLED"),
    "Order line": (
        "PENDING",
        "BUYING",
        "UNKNOWN",
        "NEEDS_REVIEW",
        "ACTIVE",
        "FAILED",
        "CANCELLED",
    ),
    "Payment": (
        "CREATED",
        "REQUIRES_ACTION",
        "AUTHORIZED",
        "UNKNOWN",
        "CAPTURED",
        "REFUNDED",
        "CANCELLED",
        "FAILED",
    ),
    "Call": (
        "INITIATED",
        "RINGING",
        "ANSWERED",
        "COMPLETED",
        "BUSY",
        "NO_ANSWER",
        "FAILED",
        "CANCELLED",
    ),
}


def price(monthly: str, per_minute: str | None = "0.0110") -> dict[str, object]:
    """A price as a search shows it: first charge, month and minute, in USD."""
    return {
        "setup": Decimal(0),
        "monthly": Decimal(monthly),
        "first_charge": Decimal(monthly),
        "inbound_per_minute": Decimal(per_minute) if per_minute else None,
        "currency": "USD",
    }


def offer(phone_number: str, international: str, place: str, **fields: object) -> dict[str, object]:
    """An offer for a number in `place` ("locality, region"), from the United States by default."""
    locality, _, region = place.partition(", ")
    return {
        "phone_number": phone_number,
        "international": international,
        "locality": locality,
        "region": region,
        "country_code": "US",
        "country_name": "United States",
        "number_type_label": "Local",
        "capabilities": ["voice", "sms", "mms"],
        "address_requirement": "none",
        "price": price("1.50"),
        **fields,
    }


OFFERS = [
    offer(
        "+14155550132",
        "+1 415-555-0132",
        "San Francisco, California",
        highlighted=[("+1 ", False), ("415", True), ("-555-0132", False)],
    ),
    offer(
        "+442079460018",
        "+44 20 7946 0018",
        "London",
        country_code="GB",
        country_name="United Kingdom",
        capabilities=["voice"],
        address_requirement="any",
        price=price("1.50", "0.0100"),
    ),
    offer(
        "+4930901820555",
        "+49 30 901820555",
        "Berlin",
        country_code="DE",
        country_name="Germany",
        capabilities=["voice", "fax"],
        address_requirement="local",
        price=price("1.95", None),
    ),
    offer(
        "+18885550199",
        "+1 888-555-0199",
        "",
        number_type_label="Toll-free",
        capabilities=["voice", "sms", "mms", "fax"],
        price=price("2.80", "0.0286"),
    ),
    offer(
        "+6425550000",
        "+64 2 555 0000",
        "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu",
        country_code="NZ",
        country_name="New Zealand",
        number_type_label="Mobile",
        capabilities=["sms"],
        price=price("4.10", None),
    ),
]

TIMELINE = [
    {"at": START, "label": "Placed", "detail": ""},
    {"at": START + timedelta(seconds=1), "label": "Buying", "detail": "Sent to the carrier"},
    {
        "at": START + timedelta(seconds=9),
        "label": "Being looked up",
        "detail": "The carrier did not answer in time, so we look whether it was sold to you.",
    },
    {"at": START + timedelta(seconds=11), "label": "Delivered", "detail": "Bought once, adopted"},
]

STEPS = {
    "Under way": [
        {"label": "Payment authorised", "state": "done", "detail": "$4.50 held"},
        {"label": "Buying numbers", "state": "current", "detail": "1 of 3 delivered"},
        {"label": "Charged", "state": "todo", "detail": ""},
    ],
    "Declined": [
        {"label": "Payment authorised", "state": "failed", "detail": "The card was declined"},
        {"label": "Buying numbers", "state": "todo", "detail": ""},
        {"label": "Charged", "state": "todo", "detail": ""},
    ],
    "Ended": [
        {"label": "Payment authorised", "state": "done", "detail": "$4.50 held"},
        {"label": "Buying numbers", "state": "done", "detail": "3 of 3 delivered"},
        {"label": "Charged", "state": "done", "detail": "$4.50"},
    ],
}

CALLS = [
    SimpleNamespace(
        started_at=START + timedelta(minutes=minute),
        from_number=caller,
        to_number="+1 415-555-0132",
        direction=direction,
        status=status,
        duration=duration,
        duration_text=text,
    )
    for minute, caller, direction, status, duration, text in (
        (3, "+1 212-555-0187", "INBOUND", "RINGING", None, ""),
        (2, "+44 20 7946 0321", "INBOUND", "COMPLETED", 83, "1:23"),
        (1, "anonymous", "INBOUND", "NO_ANSWER", 0, "0:00"),
        (0, "+1 415-555-0132", "OUTBOUND", "FAILED", None, ""),
    )
]

ROUTES = {
    "none": {},
    "forward": {"forward_to": "+4930901820555"},
    "url": {"voice_url": "https://example.com/voice/answer"},
}

SPRITE = settings.BASE_DIR / "static" / "img" / "icons.svg"

CURL = """curl -X POST http://localhost:8000/api/v1/numbers/purchase \\
  -H "Authorization: Bearer $TOKEN" -H "Prefer: wait=10" \\
  -H "Idempotency-Key: order-2026-03-02" \\
  -d '{"phoneNumbers": [{"phoneNumber": "+14155550132"}]}'"""


class ExampleForm(forms.Form):
    """One field of each kind, some of them wrong."""

    name = forms.CharField(label="Name", help_text="Shown to you and your colleagues only.")
    forward_to = forms.CharField(label="Phone", help_text="With its country code, such as +49.")
    area_code = forms.CharField(label="Area code", required=False)
    markup = forms.DecimalField(label="Markup", initial=30)
    country = forms.ChoiceField(
        label="Country", choices=[("US", "United States"), ("DE", "Germany")]
    )
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    direction = forms.ChoiceField(
        label="Direction",
        choices=[("in", "Inbound"), ("out", "Outbound")],
        widget=forms.RadioSelect,
    )
    sms = forms.BooleanField(label="Can receive SMS", required=False)
    locked = forms.CharField(label="Number", initial="+14155550132", disabled=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["markup"].suffix = "per cent"  # type: ignore[attr-defined]


def wrong_form() -> ExampleForm:
    """The example form as it comes back after a mistake."""
    form = ExampleForm({"name": "", "forward_to": "0800", "country": "US", "markup": ""})
    form.add_error("forward_to", "Give the phone with its country code, such as +14155550132.")
    form.add_error(None, "Two things need another look; nothing was saved.")
    return form


def components(request: HttpRequest) -> HttpResponse:
    """GET /dev/components/ (in development only)."""
    messages.success(request, "The number was renamed.")
    messages.error(request, "The carrier did not answer; nothing was changed. Please try again.")
    context = {
        "statuses": STATUSES,
        "offers": OFFERS,
        "timeline": TIMELINE,
        "steps": STEPS,
        "calls": CALLS,
        "curl": CURL,
        "routes": ROUTES,
        "icons": re.findall(r'symbol id="(\w+)"', SPRITE.read_text()),
        "form": ExampleForm(),
        "wrong_form": wrong_form(),
        "series": [4, 7, 3, 9, 12, 8, 15],
        "page": {"previous": "#pages", "next": "#pages"},
    }
    return render(request, "dev/components.html", context)
