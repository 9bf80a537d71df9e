"""PaymentMethods: cards, made from Stripe's test ids. (Stripe: PaymentMethods)"""

from datetime import UTC, datetime
from typing import Any

from sandbox.store import Document
from sandbox.stripe.cards import CARDS, Card
from sandbox.stripe.context import Context
from sandbox.stripe.errors import CardError, StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import find, find_customer, list_page, merge_metadata, unset

CARD_YEARS = 4
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
SPENT = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
    "attachment, shared with a connected account without Customer attachment, or was detached "
    "from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must "
    "attach it to a Customer first."
)


def materialise(context: Context, object_id: str, *, param: str, in_url: bool = False) -> Document:
    """The PaymentMethod; a test id makes a new one of its card. Raises StripeError."""
    card = CARDS.get(object_id)
    if card is None:
        return find(context, "payment_method", object_id, param=param, in_url=in_url)
    document = new_payment_method(context, object_id, card)
    context.save(document)
    return document


def new_payment_method(context: Context, test_id: str, card: Card) -> Document:
    """A PaymentMethod of a test card that belongs to nobody yet."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": dict(NO_ADDRESS),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "card": card_details(context, test_id, card),
        "created": context.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "radar_options": {},
        "type": "card",
        "_card": test_id,
        "_set_up": False,
        "_spent": False,
    }


def card_details(context: Context, test_id: str, card: Card) -> Document:
    """The `card` of a PaymentMethod. The same card has the same fingerprint."""
    today = datetime.fromtimestamp(context.now, UTC)
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": card.country,
        "display_brand": "american_express" if card.brand == "amex" else card.brand,
        "exp_month": today.month,
        "exp_year": today.year + CARD_YEARS,
        "fingerprint": f"sandbox{card.brand}{card.last4}",
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": test_id != "pm_card_threeDSecureNotSupported"},
        "wallet": None,
    }


def card_of(payment_method: Document) -> Card:
    """The test card that it was made of."""
    return CARDS[payment_method["_card"]]


def check_usable(payment_method: Document, customer: str | None) -> None:
    """Refuse one that is spent, another customer's, or not named with its customer."""
    if payment_method["_spent"]:
        raise StripeError(SPENT, param="payment_method")
    owner = payment_method["customer"]
    if owner is not None and customer is None:
        raise StripeError(
            f"The PaymentMethod {payment_method['id']} belongs to the Customer {owner}. Please "
            "include the Customer in the `customer` parameter.",
            param="payment_method",
        )
    if owner is not None and owner != customer:
        raise StripeError(
            f"The customer does not have a payment method with the ID {payment_method['id']}. The "
            "payment method must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )


def attach_to(context: Context, payment_method: Document, customer: str) -> Document:
    """Give it to the customer; nothing changes when it is theirs already.

    The bank is asked. Raises CardError when it declines, StripeError when it is
    another's or spent.
    """
    if payment_method["customer"] == customer:
        return payment_method
    if payment_method["customer"] is not None:
        raise StripeError(
            "The payment method you provided has already been attached to a customer."
        )
    if payment_method["_spent"]:
        raise StripeError(SPENT)
    declined = card_of(payment_method).saving
    if declined is not None:
        raise CardError(declined.message, code=declined.code, decline_code=declined.reason)
    payment_method["customer"] = customer
    context.save(payment_method)
    emit(context, "payment_method.attached", payment_method)
    return payment_method


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One PaymentMethod. (Stripe: PaymentMethods)"""
    return materialise(context, object_id, param="payment_method", in_url=True)


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change details of one that a customer has. (Stripe: PaymentMethods)"""
    payment_method = find(context, "payment_method", object_id, param="payment_method", in_url=True)
    if payment_method["customer"] is None:
        raise StripeError(
            "You must save this PaymentMethod to a customer before you can update it."
        )
    before = dict(payment_method)
    card = params.get("card") or {}
    payment_method["card"] = {**payment_method["card"], **card}
    details = params.get("billing_details") or {}
    changed = {name: unset(value) for name, value in details.items()}
    payment_method["billing_details"] = {**payment_method["billing_details"], **changed}
    payment_method["metadata"] = merge_metadata(payment_method["metadata"], params.get("metadata"))
    context.save(payment_method)
    previous = {name: before[name] for name in before if before[name] != payment_method[name]}
    emit(context, "payment_method.updated", payment_method, previous=previous)
    return payment_method


def attach(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Give it to a customer. (Stripe: PaymentMethods)"""
    if "customer" not in params:
        raise StripeError(
            "Missing required param: customer.",
            code="parameter_missing",
            param="customer",
            kept=False,
        )
    customer = find_customer(context, params["customer"])
    payment_method = materialise(context, object_id, param="payment_method", in_url=True)
    return attach_to(context, payment_method, customer["id"])


def detach(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Take it from its customer, for good. (Stripe: PaymentMethods)"""
    payment_method = find(context, "payment_method", object_id, param="payment_method", in_url=True)
    if payment_method["customer"] is None:
        raise StripeError(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible.",
            code="payment_method_unexpected_state",
        )
    return detach_from_customer(context, payment_method)


def detach_from_customer(context: Context, payment_method: Document) -> Document:
    """It belongs to nobody from now on and cannot be used again."""
    owner = payment_method["customer"]
    payment_method |= {"customer": None, "_spent": True}
    context.save(payment_method)
    forget_default(context, owner, payment_method["id"])
    emit(context, "payment_method.detached", payment_method, previous={"customer": owner})
    return payment_method


def forget_default(context: Context, customer: str, object_id: str) -> None:
    """A PaymentMethod that is gone is no customer's default any more."""
    document = context.store.get("stripe.customer", customer)
    if document is None or document.get("deleted"):
        return
    settings = document["invoice_settings"]
    if settings["default_payment_method"] == object_id:
        settings["default_payment_method"] = None
        context.save(document)


def list_(context: Context, params: dict[str, Any], customer: str = "") -> Document:
    """A customer's PaymentMethods; without a customer none. (Stripe: PaymentMethods)"""
    url = f"/v1/customers/{customer}/payment_methods" if customer else "/v1/payment_methods"
    owner = customer or params.get("customer")
    found: list[Document] = []
    if owner:
        find_customer(context, owner, in_url=bool(customer))
        found = context.store.all("stripe.payment_method", customer=owner)
    wanted = params.get("type")
    matching = [one for one in found if wanted is None or one["type"] == wanted]
    return list_page(matching, params, url=url, noun="PaymentMethod")


def retrieve_of_customer(
    context: Context, params: dict[str, Any], customer: str, object_id: str
) -> Document:
    """One PaymentMethod of a customer. (Stripe: Customers)"""
    payment_method = find(context, "payment_method", object_id, param="payment_method", in_url=True)
    check_usable(payment_method, customer)
    return payment_method
