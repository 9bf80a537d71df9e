"""Stripe's test cards and how each of them behaves. (Stripe: Testing)

A test id such as pm_card_visa stands for a card; using it makes a PaymentMethod of
that card. What a card does is told by the moments at which its bank is asked: when
it is saved (attached or set up), when it is charged, and whether the bank wants to
see its owner (3-D Secure).
"""

from dataclasses import dataclass
from typing import Literal

DAY = 24 * 3600
RENEWAL_AGE = 20 * DAY


@dataclass(frozen=True, kw_only=True)
class Decline:
    """How a bank says no: Stripe's error code, the bank's reason, words for the customer."""

    code: str
    reason: str | None
    message: str


def card_declined(reason: str, message: str = "Your card was declined.") -> Decline:
    """The decline of most banks."""
    return Decline(code="card_declined", reason=reason, message=message)


GENERIC = card_declined("generic_decline")
INSUFFICIENT_FUNDS = card_declined("insufficient_funds", "Your card has insufficient funds.")
LOST = card_declined("lost_card")
STOLEN = card_declined("stolen_card")
FRAUDULENT = card_declined("fraudulent")
VELOCITY = card_declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount "
    "limit.",
)
EXPIRED = Decline(code="expired_card", reason=None, message="Your card has expired.")
INCORRECT_CVC = Decline(
    code="incorrect_cvc", reason=None, message="Your card's security code is incorrect."
)
PROCESSING = Decline(
    code="processing_error",
    reason=None,
    message="An error occurred while processing your card. Try again in a little bit.",
)
AUTHENTICATION_REQUIRED = Decline(
    code="authentication_required",
    reason="authentication_required",
    message="Your card was declined. This transaction requires authentication.",
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One test card.

    saving, charging: the decline at that moment, None when it works; charging_from: the
    age in seconds, counted from when the PaymentMethod was made, from which it declines.
    on_session: whether its owner has to confirm a payment while present, or a set-up.
    off_session: what happens without the owner: it is "fine", it is fine once the card
    "needs_setup" and had it, or it "fails".
    refund: whether money given back arrives, arrives late, or does not.
    """

    last4: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    saving: Decline | None = None
    charging: Decline | None = None
    charging_from: int = 0
    on_session: bool = False
    off_session: Literal["fine", "needs_setup", "fails"] = "fine"
    refund: Literal["succeeded", "pending", "failed"] = "succeeded"

    def decline_at_charge(self, age: int) -> Decline | None:
        """What the bank says to a charge when the PaymentMethod is so many seconds old."""
        return self.charging if age >= self.charging_from else None


def never(last4: str, decline: Decline) -> Card:
    """A card that can neither be saved nor charged."""
    return Card(last4=last4, saving=decline, charging=decline)


CARDS = {
    "pm_card_visa": Card(last4="4242"),
    "pm_card_visa_debit": Card(last4="5556", funding="debit"),
    "pm_card_mastercard": Card(last4="4444", brand="mastercard"),
    "pm_card_mastercard_debit": Card(last4="8210", brand="mastercard", funding="debit"),
    "pm_card_mastercard_prepaid": Card(last4="5100", brand="mastercard", funding="prepaid"),
    "pm_card_amex": Card(last4="0005", brand="amex"),
    "pm_card_discover": Card(last4="1117", brand="discover"),
    "pm_card_diners": Card(last4="0004", brand="diners"),
    "pm_card_jcb": Card(last4="0505", brand="jcb", country="JP"),
    "pm_card_unionpay": Card(last4="0005", brand="unionpay", country="CN"),
    "pm_card_gb": Card(last4="0000", country="GB"),
    "pm_card_de": Card(last4="0016", country="DE"),
    "pm_card_fr": Card(last4="0003", country="FR"),
    "pm_card_ca": Card(last4="0000", country="CA"),
    "pm_card_au": Card(last4="0006", country="AU"),
    "pm_card_chargeDeclined": never("0002", GENERIC),
    "pm_card_chargeDeclinedInsufficientFunds": never("9995", INSUFFICIENT_FUNDS),
    "pm_card_chargeDeclinedLostCard": never("9987", LOST),
    "pm_card_chargeDeclinedStolenCard": never("9979", STOLEN),
    "pm_card_chargeDeclinedExpiredCard": never("0069", EXPIRED),
    "pm_card_chargeDeclinedIncorrectCvc": never("0127", INCORRECT_CVC),
    "pm_card_chargeDeclinedProcessingError": never("0119", PROCESSING),
    "pm_card_chargeDeclinedVelocityLimitExceeded": never("6975", VELOCITY),
    "pm_card_chargeDeclinedFraudulent": never("0019", FRAUDULENT),
    "pm_card_radarBlock": never("0019", FRAUDULENT),
    "pm_card_chargeCustomerFail": Card(last4="0341", charging=GENERIC),
    # The sandbox's own, not Stripe's: good for a first order, empty when the month is over.
    "pm_card_chargeDeclinedAtRenewal": Card(
        last4="0342", charging=INSUFFICIENT_FUNDS, charging_from=RENEWAL_AGE
    ),
    "pm_card_authenticationRequired": Card(last4="3184", on_session=True, off_session="fails"),
    "pm_card_authenticationRequiredOnSetup": Card(
        last4="3155", on_session=True, off_session="needs_setup"
    ),
    "pm_card_authenticationRequiredSetupForOffSession": Card(last4="3178", on_session=True),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        last4="8260", on_session=True, off_session="fails", charging=INSUFFICIENT_FUNDS
    ),
    "pm_card_threeDSecure2Required": Card(last4="3220", on_session=True, off_session="fails"),
    "pm_card_threeDSecureRequired": Card(last4="3063", on_session=True, off_session="fails"),
    "pm_card_threeDSecureRequiredChargeDeclined": Card(
        last4="1629", on_session=True, off_session="fails", charging=GENERIC
    ),
    "pm_card_threeDSecureOptional": Card(last4="3055"),
    "pm_card_threeDSecureNotSupported": Card(last4="0005", brand="amex"),
    "pm_card_pendingRefund": Card(last4="7726", refund="pending"),
    "pm_card_refundFail": Card(last4="5126", refund="failed"),
}
# Stripe's documents write these with the brand, older ones without; both work.
CARDS |= {
    name.replace("pm_card_", "pm_card_visa_"): card
    for name, card in list(CARDS.items())
    if name.startswith("pm_card_chargeDeclined")
}
