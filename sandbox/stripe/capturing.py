"""The end of a PaymentIntent: captured, cancelled, or its hold run out."""

from typing import Any

from sandbox.store import Document
from sandbox.stripe import refunds
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.intents import check_status, unexpected_state
from sandbox.stripe.objects import find, merge_metadata

CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


def find_intent(
    context: Context, object_id: str, *, param: str = "intent", in_url: bool = True
) -> Document:
    """The PaymentIntent as it is by now: a hold past its time is gone. Raises StripeError."""
    intent = find(context, "payment_intent", object_id, param=param, in_url=in_url)
    expire_if_due(context, intent)
    return intent


def expire_if_due(context: Context, intent: Document) -> None:
    """End a hold that nobody captured in time, as the bank does."""
    if intent["status"] != "requires_capture":
        return
    charge = find(context, "charge", intent["latest_charge"], param="charge")
    if context.now < charge["payment_method_details"]["card"]["capture_before"]:
        return
    refunds.release(context, charge, charge["amount"], reason="expired_uncaptured_charge")
    emit(context, "charge.expired", charge)
    end(context, intent, reason="automatic")


def capture(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Take what is held, or a part of it and let the rest go. (Stripe: PaymentIntents)"""
    intent = find_intent(context, object_id)
    check_capturable(intent)
    amount = amount_to_capture(intent, params)
    charge = find(context, "charge", intent["latest_charge"], param="charge")
    charge |= {"amount_captured": amount, "captured": True}
    context.save(charge)
    refunds.release(context, charge, charge["amount"] - amount)
    intent |= {"amount_capturable": 0, "amount_received": amount, "status": "succeeded"}
    intent["metadata"] = merge_metadata(intent["metadata"], params.get("metadata"))
    context.save(intent)
    emit(context, "charge.captured", charge)
    emit(context, "payment_intent.succeeded", intent)
    return intent


def check_capturable(intent: Document) -> None:
    """Raises StripeError unless there is a hold."""
    if intent["status"] == "succeeded":
        raise unexpected_state(
            intent,
            "This PaymentIntent could not be captured because it has already been captured.",
        )
    check_status(
        intent,
        ("requires_capture",),
        refusal="This PaymentIntent could not be captured",
        deed="captured",
        noun="PaymentIntent",
    )


def amount_to_capture(intent: Document, params: dict[str, Any]) -> int:
    """Minor units to take, everything by default. Raises StripeError."""
    held: int = intent["amount_capturable"]
    amount: int = params.get("amount_to_capture", held)
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount_to_capture",
            kept=False,
        )
    if amount > held:
        raise StripeError(
            "The requested capture amount is greater than the amount you can capture for this "
            "charge.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    return amount


def cancel(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Give up on it; what is held is let go. (Stripe: PaymentIntents)"""
    intent = find_intent(context, object_id)
    check_status(
        intent,
        CANCELABLE,
        refusal="You cannot cancel this PaymentIntent",
        deed="canceled",
        noun="PaymentIntent",
    )
    if intent["status"] == "requires_capture":
        charge = find(context, "charge", intent["latest_charge"], param="charge")
        refunds.release(context, charge, charge["amount"])
        emit(context, "charge.refunded", charge)
    end(context, intent, reason=params.get("cancellation_reason"))
    return intent


def end(context: Context, intent: Document, *, reason: str | None) -> None:
    """The intent is cancelled for good."""
    intent |= {
        "amount_capturable": 0,
        "canceled_at": context.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    context.save(intent)
    emit(context, "payment_intent.canceled", intent)
