"""Refunds, and holds let go, which Stripe records as refunds too. (Stripe: Refunds)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.amounts import spoken
from sandbox.stripe.cards import CARDS, Card
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import find, list_page, merge_metadata


def create(context: Context, params: dict[str, Any]) -> Document:
    """Give money back, all that is left or an amount. (Stripe: Refunds)

    Raises StripeError when there is nothing, or less, to give back.
    """
    charge = charge_to_refund(context, params)
    amount = amount_to_refund(charge, params)
    refund = new_refund(context, charge, amount)
    refund["reason"] = params.get("reason")
    refund["metadata"] = merge_metadata({}, params.get("metadata"))
    refund["status"] = "pending" if card_of(context, charge).refund == "pending" else "succeeded"
    book(context, charge, refund)
    emit(context, "charge.refunded", charge)
    emit(context, "refund.created", refund)
    answer = dict(refund)
    play_the_bank(context, charge, refund)
    return answer


def charge_to_refund(context: Context, params: dict[str, Any]) -> Document:
    """The charge that the parameters mean. Raises StripeError."""
    if ("charge" in params) == ("payment_intent" in params):
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
            param="payment_intent",
            kept=False,
        )
    if "charge" in params:
        charge = find(context, "charge", params["charge"], param="charge")
    else:
        intent = find(context, "payment_intent", params["payment_intent"], param="payment_intent")
        charge = context.store.get("stripe.charge", intent["latest_charge"] or "") or {}
    if not charge or not charge["captured"]:
        raise StripeError(
            f"This PaymentIntent ({charge.get('payment_intent') or params.get('payment_intent')}) "
            "does not have a successful charge to refund.",
            param="payment_intent",
        )
    return charge


def amount_to_refund(charge: Document, params: dict[str, Any]) -> int:
    """Minor units to give back, the rest by default. Raises StripeError."""
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    amount: int = params.get("amount", left)
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
            kept=False,
        )
    if amount > left:
        currency = charge["currency"]
        raise StripeError(
            f"Refund amount ({spoken(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({spoken(left, currency)})",
            param="amount",
        )
    return amount


def new_refund(context: Context, charge: Document, amount: int) -> Document:
    """A refund of so much of a charge."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": context.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def book(context: Context, charge: Document, refund: Document) -> None:
    """Keep the refund and count it on its charge."""
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    context.save(refund)
    context.save(charge)


def release(context: Context, charge: Document, amount: int, *, reason: str | None = None) -> None:
    """Let go of a hold or of the rest of one; Stripe books that as a refund of what it held."""
    if amount == 0:
        return
    refund = new_refund(context, charge, amount) | {"reason": reason, "_released": True}
    refund["destination_details"]["card"]["type"] = "reversal"
    book(context, charge, refund)


def play_the_bank(context: Context, charge: Document, refund: Document) -> None:
    """What the bank does after Stripe has answered: the late refund arrives, the bad one fails."""
    outcome = card_of(context, charge).refund
    if outcome == "pending":
        refund["status"] = "succeeded"
        context.save(refund)
        emit(context, "refund.updated", refund, previous={"status": "pending"})
    elif outcome == "failed":
        refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        context.save(refund)
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        context.save(charge)
        emit(context, "refund.updated", refund, previous={"status": "succeeded"})
        emit(context, "refund.failed", refund)


def card_of(context: Context, charge: Document) -> Card:
    """The test card that was charged."""
    payment_method = context.store.get("stripe.payment_method", charge["payment_method"])
    assert payment_method is not None, "PaymentMethods are never deleted"
    return CARDS[payment_method["_card"]]


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One refund. (Stripe: Refunds)"""
    return find(context, "refund", object_id, param="id", in_url=True)


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change a refund's metadata. (Stripe: Refunds)"""
    refund = find(context, "refund", object_id, param="id", in_url=True)
    before = refund["metadata"]
    refund["metadata"] = merge_metadata(before, params.get("metadata"))
    context.save(refund)
    emit(context, "refund.updated", refund, previous={"metadata": before})
    return refund


def list_(context: Context, params: dict[str, Any]) -> Document:
    """Refunds, newest first, also of a charge or a PaymentIntent. (Stripe: Refunds)"""
    equals = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    found = context.store.all("stripe.refund", **equals)
    return list_page(found, params, url="/v1/refunds", noun="refund")
