"""PaymentIntents: created, changed, confirmed, found. (Stripe: PaymentIntents)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.amounts import check_amount, read_currency
from sandbox.stripe.capturing import expire_if_due, find_intent
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.ids import client_secret, new_id
from sandbox.stripe.intents import (
    check_only_with_confirm,
    check_return_url,
    unexpected_state,
    ways_to_pay,
)
from sandbox.stripe.objects import find_customer, list_page, merge_metadata, unset
from sandbox.stripe.paying import attempt
from sandbox.stripe.payment_methods import check_usable, materialise

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
PLAIN_FIELDS = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
)
# What can be changed as long as no money is held or taken; the rest can be at any time.
ONLY_WHILE_OPEN = (
    "amount",
    "currency",
    "customer",
    "payment_method",
    "setup_future_usage",
)
NO_PAYMENT_METHOD = (
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either "
    "update the PaymentIntent with a payment method and then confirm it again, or confirm it again "
    "directly with a payment method or ConfirmationToken."
)
# Null in a new PaymentIntent, many of them always in the sandbox.
EMPTY_AT_FIRST = (
    "allowed_payment_method_types",
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "customer_account",
    "description",
    "excluded_payment_method_types",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)


def create(context: Context, params: dict[str, Any]) -> Document:
    """A PaymentIntent, confirmed at once where `confirm` says so.

    Raises StripeError, and FailedAttempt with the intent when the bank declines.
    """
    check_only_with_confirm(params)
    intent = new_intent(context, params["amount"], read_currency(params["currency"]))
    check_amount(intent["amount"], intent["currency"])
    intent |= ways_to_pay(params)
    intent["capture_method"] = params.get("capture_method", intent["capture_method"])
    change(context, intent, params)
    context.save(intent)
    emit(context, "payment_intent.created", intent)
    return confirm_intent(context, intent, params) if params.get("confirm") else intent


def new_intent(context: Context, amount: int, currency: str) -> Document:
    """A PaymentIntent over so many minor units that waits for a PaymentMethod."""
    object_id = new_id("pi")
    return {
        "id": object_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": client_secret(object_id),
        "confirmation_method": "automatic",
        "created": context.now,
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **dict.fromkeys(EMPTY_AT_FIRST),
    }


def change(context: Context, intent: Document, params: dict[str, Any]) -> None:
    """Take over what the parameters say. Raises StripeError."""
    for name in PLAIN_FIELDS:
        if name in params:
            intent[name] = unset(params[name])
    intent["metadata"] = merge_metadata(intent["metadata"], params.get("metadata"))
    if "customer" in params:
        intent["customer"] = find_customer(context, params["customer"])["id"]
    if "payment_method" in params:
        payment_method = materialise(context, params["payment_method"], param="payment_method")
        check_usable(payment_method, intent["customer"])
        intent["payment_method"] = payment_method["id"]
        intent |= {"status": "requires_confirmation", "next_action": None}


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change a PaymentIntent; its money only while none is held or taken."""
    intent = find_intent(context, object_id)
    if intent["status"] not in OPEN:
        check_nothing_locked(intent, params)
    else:
        if "currency" in params:
            intent["currency"] = read_currency(params["currency"])
        intent["amount"] = params.get("amount", intent["amount"])
        check_amount(intent["amount"], intent["currency"])
    change(context, intent, params)
    context.save(intent)
    return intent


def check_nothing_locked(intent: Document, params: dict[str, Any]) -> None:
    """Raises StripeError for a change that comes too late."""
    for name in ONLY_WHILE_OPEN:
        if name in params:
            raise unexpected_state(
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent['status']}. You may only update the {name} of a PaymentIntent with one "
                f"of the following statuses: {', '.join(OPEN)}.",
            )


def confirm(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Try to take the money. Raises FailedAttempt with the intent when the bank declines."""
    intent = find_intent(context, object_id)
    if intent["status"] == "succeeded":
        raise unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being "
            "previously confirmed.",
        )
    if intent["status"] not in OPEN:
        raise unexpected_state(
            intent,
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. "
            f"Only a PaymentIntent with one of the following statuses may be confirmed: "
            f"{', '.join(OPEN)}.",
        )
    change(context, intent, params)
    intent["capture_method"] = params.get("capture_method", intent["capture_method"])
    return confirm_intent(context, intent, params)


def confirm_intent(context: Context, intent: Document, params: dict[str, Any]) -> Document:
    """Attempt the payment with the PaymentMethod that the intent has. Raises StripeError."""
    if intent["payment_method"] is None:
        raise unexpected_state(intent, NO_PAYMENT_METHOD)
    payment_method = materialise(context, intent["payment_method"], param="payment_method")
    check_usable(payment_method, intent["customer"])
    off_session = bool(params.get("off_session"))
    if off_session and params.get("setup_future_usage"):
        raise StripeError(
            "You cannot provide `setup_future_usage` when `off_session` is true.",
            param="setup_future_usage",
        )
    return_url = params.get("return_url")
    check_return_url(intent, return_url, noun="PaymentIntent", owner_absent=off_session)
    attempt(
        context,
        intent,
        payment_method,
        off_session=off_session,
        return_url=return_url,
        fail_on_action=bool(params.get("error_on_requires_action")),
    )
    return intent


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One PaymentIntent."""
    return find_intent(context, object_id)


def list_(context: Context, params: dict[str, Any]) -> Document:
    """PaymentIntents, newest first, also of one customer."""
    for intent in context.store.all("stripe.payment_intent", status="requires_capture"):
        expire_if_due(context, intent)
    equals = {"customer": params["customer"]} if "customer" in params else {}
    found = context.store.all("stripe.payment_intent", **equals)
    return list_page(found, params, url="/v1/payment_intents", noun="payment_intent")
