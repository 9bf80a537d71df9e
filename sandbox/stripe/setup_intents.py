"""SetupIntents: a card is saved for payments without its owner. (Stripe: SetupIntents)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.cards import Decline
from sandbox.stripe.context import Context
from sandbox.stripe.errors import FailedAttempt
from sandbox.stripe.events import emit
from sandbox.stripe.ids import client_secret, new_id
from sandbox.stripe.intents import (
    ask_the_owner,
    attempt_error,
    check_only_with_confirm,
    check_return_url,
    check_status,
    unexpected_state,
    ways_to_pay,
)
from sandbox.stripe.objects import (
    find,
    find_customer,
    list_page,
    merge_metadata,
    public,
)
from sandbox.stripe.payment_methods import attach_to, card_of, check_usable, materialise

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
OWNER_REFUSED = Decline(
    code="setup_intent_authentication_failure",
    reason=None,
    message=(
        "The latest attempt to set up the payment method has failed because authentication failed."
    ),
)
NO_PAYMENT_METHOD = (
    "You cannot confirm this SetupIntent because it's missing a payment method. Update the "
    "SetupIntent with a payment method and then confirm it again."
)
# Null in a new SetupIntent, many of them always in the sandbox.
EMPTY_AT_FIRST = (
    "allowed_payment_method_types",
    "application",
    "automatic_payment_methods",
    "cancellation_reason",
    "customer",
    "customer_account",
    "description",
    "excluded_payment_method_types",
    "flow_directions",
    "last_setup_error",
    "latest_attempt",
    "mandate",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "single_use_mandate",
)


def create(context: Context, params: dict[str, Any]) -> Document:
    """A SetupIntent, confirmed at once where `confirm` says so.

    Raises StripeError, and FailedAttempt with the intent when the bank declines.
    """
    check_only_with_confirm(params)
    intent = new_intent(context) | ways_to_pay(params)
    intent["usage"] = params.get("usage", intent["usage"])
    change(context, intent, params)
    context.save(intent)
    emit(context, "setup_intent.created", intent)
    return confirm_intent(context, intent, params) if params.get("confirm") else intent


def new_intent(context: Context) -> Document:
    """A SetupIntent that waits for a PaymentMethod."""
    object_id = new_id("seti")
    return {
        "id": object_id,
        "object": "setup_intent",
        "client_secret": client_secret(object_id),
        "created": context.now,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {
            "card": {
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
        **dict.fromkeys(EMPTY_AT_FIRST),
    }


def change(context: Context, intent: Document, params: dict[str, Any]) -> None:
    """Take over what the parameters say. Raises StripeError."""
    if "description" in params:
        intent["description"] = params["description"]
    intent["metadata"] = merge_metadata(intent["metadata"], params.get("metadata"))
    if "customer" in params:
        intent["customer"] = find_customer(context, params["customer"])["id"]
    if "payment_method" in params:
        payment_method = materialise(context, params["payment_method"], param="payment_method")
        check_usable(payment_method, intent["customer"])
        intent["payment_method"] = payment_method["id"]
        intent |= {"status": "requires_confirmation", "next_action": None}


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change a SetupIntent; who and what is set up only as long as it is open."""
    intent = find_setup_intent(context, object_id)
    for name in ("customer", "payment_method"):
        if name in params and intent["status"] not in OPEN:
            raise unexpected_state(
                intent,
                f"You cannot update {name} on this SetupIntent because it has a status of "
                f"{intent['status']}.",
            )
    change(context, intent, params)
    context.save(intent)
    return intent


def confirm(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Ask the bank to have the card saved. Raises FailedAttempt with the intent."""
    intent = find_setup_intent(context, object_id)
    if intent["status"] == "succeeded":
        raise unexpected_state(
            intent,
            "You cannot confirm this SetupIntent because it has already succeeded.",
        )
    check_status(
        intent,
        OPEN,
        refusal="You cannot confirm this SetupIntent",
        deed="confirmed",
        noun="SetupIntent",
    )
    change(context, intent, params)
    return confirm_intent(context, intent, params)


def confirm_intent(context: Context, intent: Document, params: dict[str, Any]) -> Document:
    """Save the card, or ask its owner first. Raises StripeError."""
    if intent["payment_method"] is None:
        raise unexpected_state(intent, NO_PAYMENT_METHOD)
    payment_method = materialise(context, intent["payment_method"], param="payment_method")
    check_usable(payment_method, intent["customer"])
    return_url = params.get("return_url")
    check_return_url(intent, return_url, noun="SetupIntent", owner_absent=False)
    intent["latest_attempt"] = new_id("setatt")
    if card_of(payment_method).on_session:
        ask_the_owner(context, intent, return_url)
        emit(context, "setup_intent.requires_action", intent)
    else:
        set_up(context, intent, payment_method)
    return intent


def set_up(context: Context, intent: Document, payment_method: Document) -> None:
    """Ask the bank; the card is the customer's afterwards. Raises FailedAttempt."""
    declined = card_of(payment_method).saving
    if declined is not None:
        error = attempt_error(declined, payment_method, error_type="card_error")
        wait_for_another(context, intent, error)
        raise FailedAttempt.told_by(error, setup_intent=public(intent))
    payment_method["_set_up"] = intent["usage"] == "off_session"
    context.save(payment_method)
    if intent["customer"]:
        attach_to(context, payment_method, intent["customer"])
    intent |= {"last_setup_error": None, "next_action": None, "status": "succeeded"}
    context.save(intent)
    emit(context, "setup_intent.succeeded", intent)


def wait_for_another(context: Context, intent: Document, error: Document) -> None:
    """The attempt is over: say why and ask for another PaymentMethod."""
    intent |= {
        "last_setup_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    context.save(intent)
    emit(context, "setup_intent.setup_failed", intent)


def go_on_after_owner(context: Context, intent: Document, *, confirmed: bool) -> None:
    """The card's owner has answered their bank. The outcome stands in the intent."""
    payment_method = find(
        context, "payment_method", intent["payment_method"], param="payment_method"
    )
    if not confirmed:
        error = attempt_error(OWNER_REFUSED, payment_method, error_type="invalid_request_error")
        wait_for_another(context, intent, error)
        return
    try:
        set_up(context, intent, payment_method)
    except FailedAttempt:
        # The owner's browser is told by redirect_status; the error stands in the intent.
        return


def cancel(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Give up on it. (Stripe: SetupIntents)"""
    intent = find_setup_intent(context, object_id)
    check_status(
        intent,
        OPEN,
        refusal="You cannot cancel this SetupIntent",
        deed="canceled",
        noun="SetupIntent",
    )
    reason = params.get("cancellation_reason")
    intent |= {"cancellation_reason": reason, "next_action": None, "status": "canceled"}
    context.save(intent)
    emit(context, "setup_intent.canceled", intent)
    return intent


def find_setup_intent(context: Context, object_id: str) -> Document:
    """The SetupIntent that the URL names. Raises StripeError."""
    return find(context, "setup_intent", object_id, param="intent", in_url=True)


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One SetupIntent."""
    return find_setup_intent(context, object_id)


def list_(context: Context, params: dict[str, Any]) -> Document:
    """SetupIntents, newest first, also of one customer or PaymentMethod."""
    equals = {name: params[name] for name in ("customer", "payment_method") if name in params}
    found = context.store.all("stripe.setup_intent", **equals)
    return list_page(found, params, url="/v1/setup_intents", noun="setupintent")
