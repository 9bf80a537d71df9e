"""Amounts and currencies: minor units, and what Stripe takes at least and at most."""

from decimal import Decimal

from sandbox.stripe.errors import StripeError

HIGHEST_AMOUNT = 99_999_999
# Stripe's smallest charge by currency, in minor units; its documents list these.
LOWEST_AMOUNTS = {
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "usd": 50,
}
WITHOUT_MINOR_UNITS = ("jpy",)


def check_amount(amount: int, currency: str) -> None:
    """Raises StripeError for an amount that cannot be charged."""
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    if amount < LOWEST_AMOUNTS[currency]:
        lowest = spoken(LOWEST_AMOUNTS[currency], currency)
        raise StripeError(
            f"Amount must be at least {lowest} {currency}",
            code="amount_too_small",
            param="amount",
        )
    if amount > HIGHEST_AMOUNT:
        highest = spoken(HIGHEST_AMOUNT, currency)
        raise StripeError(
            f"Amount must be no more than {highest}",
            code="amount_too_large",
            param="amount",
        )


def read_currency(currency: str) -> str:
    """The currency's code in lower case. Raises StripeError for one that is not taken."""
    code = currency.lower()
    if code not in LOWEST_AMOUNTS:
        raise StripeError(
            f"Invalid currency: {code}. Stripe currently supports these currencies: "
            f"{', '.join(LOWEST_AMOUNTS)}",
            param="currency",
        )
    return code


def spoken(amount: int, currency: str) -> str:
    """An amount for people, such as $0.50."""
    value = Decimal(amount) if currency in WITHOUT_MINOR_UNITS else Decimal(amount) / 100
    sign = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency, "")
    return f"{sign}{value:,}" if currency in WITHOUT_MINOR_UNITS else f"{sign}{value:,.2f}"
