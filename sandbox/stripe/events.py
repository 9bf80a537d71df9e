"""Events: what happened, kept for the list and sent to the shop. (Stripe: Events)"""

from typing import Any

import stripe

from sandbox.store import Document
from sandbox.stripe.context import Context
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import find, list_page, public


def emit(
    context: Context, happened: str, subject: Document, *, previous: Document | None = None
) -> None:
    """Record an event with the object as it is now; the outbox sends it after the commit.

    previous: what the changed fields held before, which Stripe tells for `*.updated`.
    """
    data: Document = {"object": public(subject)}
    if previous is not None:
        data["previous_attributes"] = public(previous)
    event: Document = {
        "id": new_id("evt"),
        "object": "event",
        "account": None,
        "api_version": stripe.api_version,
        "context": None,
        "created": context.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if context.config.stripe_webhook_url else 0,
        "request": {
            "id": context.request_id,
            "idempotency_key": context.idempotency_key,
        },
        "type": happened,
    }
    context.save(event)
    context.outbox.send_stripe_event(event)


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One event. (Stripe: Events)"""
    return find(context, "event", object_id, param="id", in_url=True)


def list_(context: Context, params: dict[str, Any]) -> Document:
    """Events, newest first; `type` may end with `*`, `types` names several. (Stripe: Events)"""
    wanted = [params["type"]] if "type" in params else params.get("types")
    found = [
        event
        for event in context.store.all("stripe.event")
        if wanted is None or any(matches(event["type"], pattern) for pattern in wanted)
    ]
    return list_page(found, params, url="/v1/events", noun="event")


def matches(happened: str, pattern: str) -> bool:
    """Whether a type is meant by a name or by a group such as payment_intent.*."""
    return happened.startswith(pattern[:-1]) if pattern.endswith("*") else happened == pattern
