"""Stripe's test cards, as the sandbox plays them. Never offered with real keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoCard:
    """A test card: Stripe's id, what it is called, what it does."""

    id: str
    label: str
    hint: str


DEMO_CARDS = (
    DemoCard("pm_card_visa", "Visa that works", "Every charge goes through."),
    DemoCard("pm_card_mastercard", "Mastercard that works", "Every charge goes through."),
    DemoCard(
        "pm_card_threeDSecure2Required",
        "Needs 3-D Secure",
        "The bank asks you to confirm each payment.",
    ),
    DemoCard(
        "pm_card_chargeCustomerFail",
        "Declined when charged",
        "Can be added; every charge is declined.",
    ),
    DemoCard(
        "pm_card_chargeDeclinedAtRenewal",
        "Fails at renewal",
        "Works for 20 days by the sandbox's clock, then is declined.",
    ),
    DemoCard(
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "Insufficient funds",
        "The bank refuses it when it is added.",
    ),
    DemoCard("pm_card_visa_chargeDeclined", "Declined", "The bank refuses it when it is added."),
)
