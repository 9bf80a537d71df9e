"""The account's balance: what was taken less what was given back. (Stripe: Balance)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.context import Context
from sandbox.stripe.state import payments_state


def retrieve(context: Context, params: dict[str, Any]) -> Document:
    """Minor units by currency, all of it available at once and without Stripe's fees."""
    sums: dict[str, int] = {"usd": 0}
    for payment in payments_state(context.store):
        taken = payment["captured"] - payment["refunded"]
        sums[payment["currency"]] = sums.get(payment["currency"], 0) + taken
    return {
        "object": "balance",
        "available": [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sums.items()
        ],
        "livemode": False,
        "pending": [
            {"amount": 0, "currency": currency, "source_types": {"card": 0}} for currency in sums
        ],
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }
