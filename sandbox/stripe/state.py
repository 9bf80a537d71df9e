"""What the sandbox says of the payments to a person or a test, outside of Stripe's own API."""

from typing import Any

from sandbox.store import Document, Store


def payments_state(store: Store) -> list[dict[str, Any]]:
    """Every PaymentIntent, oldest first, with its money in minor units.

    authorized: what the bank has approved, also after the capture or the cancellation;
    held: the part of it that still waits for a capture; captured and refunded: what
    moved. Money that was held and let go counts neither as captured nor as refunded.
    """
    refunded = refunded_by_intent(store)
    return [
        {
            "id": intent["id"],
            "amount": intent["amount"],
            "authorized": authorized_amount(store, intent),
            "held": intent["amount_capturable"],
            "captured": intent["amount_received"],
            "refunded": refunded.get(intent["id"], 0),
            "currency": intent["currency"],
            "status": intent["status"],
            "customer": intent["customer"],
            "metadata": intent["metadata"],
            "created": intent["created"],
        }
        for intent in store.all("stripe.payment_intent")
    ]


def authorized_amount(store: Store, intent: Document) -> int:
    """What the bank approved for this intent, 0 when its last charge failed or there is none."""
    charge = store.get("stripe.charge", intent["latest_charge"] or "")
    return charge["amount"] if charge is not None and charge["paid"] else 0


def refunded_by_intent(store: Store) -> dict[str, int]:
    """Minor units given back, by PaymentIntent; released holds and failed refunds left out."""
    sums: dict[str, int] = {}
    for refund in store.all("stripe.refund"):
        if refund["status"] in ("pending", "succeeded") and not refund.get("_released"):
            intent = refund["payment_intent"]
            sums[intent] = sums.get(intent, 0) + refund["amount"]
    return sums
