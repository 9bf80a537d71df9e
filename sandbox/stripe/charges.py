"""Charges: each attempt to take money, good or failed. (Stripe: Charges)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.cards import DAY, Decline
from sandbox.stripe.context import Context
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import find, list_page, merge_metadata

HOLD = 7 * DAY
# Visa's term for a payment that its owner did not start is 5 days less 6 hours.
HOLD_VISA_OFF_SESSION = 5 * DAY - 6 * 3600
SHOWN_OF_CARD = (
    "brand",
    "checks",
    "country",
    "exp_month",
    "exp_year",
    "fingerprint",
    "funding",
    "last4",
    "regulated_status",
    "wallet",
)
APPROVED = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 12,
    "seller_message": "Payment complete.",
    "type": "authorized",
}
# Null in a charge that went well, most of them always in the sandbox.
EMPTY_AT_FIRST = (
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "receipt_number",
    "receipt_url",
    "review",
    "source",
    "source_transfer",
    "transfer_data",
    "transfer_group",
)


def new_charge(
    context: Context, intent: Document, payment_method: Document, *, off_session: bool
) -> Document:
    """A charge that the bank approved, captured at once unless the intent says later."""
    manual = intent["capture_method"] == "manual"
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0 if manual else intent["amount"],
        "amount_refunded": 0,
        "billing_details": payment_method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": not manual,
        "created": context.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": dict(APPROVED),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": payment_method["id"],
        "payment_method_details": card_used(
            context, intent, payment_method, off_session=off_session
        ),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded",
        **dict.fromkeys(EMPTY_AT_FIRST),
    }


def card_used(
    context: Context, intent: Document, payment_method: Document, *, off_session: bool
) -> Document:
    """The card as the charge shows it, with the time until which a hold can be captured."""
    card = payment_method["card"]
    short = off_session and card["brand"] == "visa"
    details = {name: card[name] for name in SHOWN_OF_CARD}
    details |= {
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "three_d_secure": None,
    }
    if intent["capture_method"] == "manual":
        details["capture_before"] = context.now + (HOLD_VISA_OFF_SESSION if short else HOLD)
    return {"card": details, "type": "card"}


def decline(charge: Document, declined: Decline) -> Document:
    """The same charge as the bank declined it."""
    outcome = {
        **APPROVED,
        "advice_code": "try_again_later",
        "network_status": "declined_by_network",
        "reason": declined.reason or declined.code,
        "seller_message": declined.message,
        "type": "issuer_declined",
    }
    return charge | {
        "amount_captured": 0,
        "captured": False,
        "failure_code": declined.code,
        "failure_message": declined.message,
        "outcome": outcome,
        "paid": False,
        "status": "failed",
    }


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One charge. (Stripe: Charges)"""
    return find(context, "charge", object_id, param="id", in_url=True)


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change a charge's description or metadata. (Stripe: Charges)"""
    charge = find(context, "charge", object_id, param="id", in_url=True)
    charge["description"] = params.get("description", charge["description"])
    charge["metadata"] = merge_metadata(charge["metadata"], params.get("metadata"))
    context.save(charge)
    return charge


def list_(context: Context, params: dict[str, Any]) -> Document:
    """Charges, newest first, also of a customer or a PaymentIntent. (Stripe: Charges)"""
    equals = {name: params[name] for name in ("customer", "payment_intent") if name in params}
    found = context.store.all("stripe.charge", **equals)
    return list_page(found, params, url="/v1/charges", noun="charge")
