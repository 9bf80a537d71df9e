"""Stripe's decline codes in plain words. Never why a bank suspects anything."""

_SENTENCES = {
    "insufficient_funds": "The card has not enough funds. Use another card, or try again later.",
    "expired_card": "The card has expired. Add its new dates or use another card.",
    "incorrect_cvc": "The card's security code is not right. Add the card again.",
    "incorrect_number": "The card's number is not right. Add the card again.",
    "processing_error": "The card's bank could not answer. Try again in a few minutes.",
    "authentication_required": "The card's bank wants you to confirm the payment.",
    "payment_intent_authentication_failure": (
        "The payment was not confirmed with the card's bank. Try again, or use another card."
    ),
}
_OTHERWISE = "The card was declined. Use another card, or ask your bank."


def in_words(code: str) -> str:
    """What to tell the customer about a decline."""
    return _SENTENCES.get(code, _OTHERWISE)
