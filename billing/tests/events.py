"""Stripe's events as its webhook brings them, signed."""

import json
import time
from typing import Any

import stripe
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

WEBHOOK = "/api/v1/webhooks/stripe/payment"


def event(event_id: str, kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    """An event about `thing`."""
    return {
        "id": event_id,
        "object": "event",
        "api_version": stripe.api_version,
        "created": int(time.time()),
        "type": kind,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": thing},
    }


def intent_event(event_id: str, kind: str, payment_id: Any, **fields: Any) -> dict[str, Any]:
    """An event about the PaymentIntent of one of our payments."""
    intent = {"id": "pi_1", "object": "payment_intent", "metadata": {"payment": str(payment_id)}}
    return event(event_id, f"payment_intent.{kind}", {**intent, **fields})


def signature(payload: bytes, *, secret: str = "", at: float | None = None) -> str:
    """The header with which Stripe would send the payload."""
    return stripe.WebhookSignature.generate_signature_header(
        payload.decode(),
        secret or settings.STRIPE_WEBHOOK_SECRET,
        int(time.time() if at is None else at),
    )


def send(payload: bytes, header: str | None) -> HttpResponse:
    """POST the raw body under a signature, or without one."""
    headers = {} if header is None else {"Stripe-Signature": header}
    answer: HttpResponse = Client().post(
        WEBHOOK, data=payload, content_type="application/json", headers=headers
    )
    return answer


def deliver(body: dict[str, Any]) -> HttpResponse:
    """Send an event as Stripe does."""
    payload = json.dumps(body).encode()
    return send(payload, signature(payload))
