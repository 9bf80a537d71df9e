"""One attempt to take a PaymentIntent's money: by the bank, by its owner, or not at all."""

from sandbox.store import Document
from sandbox.stripe.cards import AUTHENTICATION_REQUIRED, Decline
from sandbox.stripe.charges import decline, new_charge
from sandbox.stripe.context import Context
from sandbox.stripe.errors import FailedAttempt
from sandbox.stripe.events import emit
from sandbox.stripe.intents import ask_the_owner, attempt_error
from sandbox.stripe.objects import public
from sandbox.stripe.payment_methods import attach_to, card_of

OWNER_REFUSED = Decline(
    code="payment_intent_authentication_failure",
    reason=None,
    message=(
        "The provided PaymentMethod has failed authentication. You can provide "
        "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again."
    ),
)


def attempt(
    context: Context,
    intent: Document,
    payment_method: Document,
    *,
    off_session: bool,
    return_url: str | None,
    fail_on_action: bool,
) -> None:
    """Take the money, or ask the card's owner first. Raises FailedAttempt."""
    intent["payment_method"] = payment_method["id"]
    if not owner_is_asked(payment_method, off_session=off_session):
        take(context, intent, payment_method, off_session=off_session)
    elif off_session or fail_on_action:
        fail(
            context,
            intent,
            payment_method,
            AUTHENTICATION_REQUIRED,
            off_session=off_session,
        )
    else:
        ask_the_owner(context, intent, return_url)
        emit(context, "payment_intent.requires_action", intent)


def owner_is_asked(payment_method: Document, *, off_session: bool) -> bool:
    """Whether the bank lets this payment pass only after 3-D Secure."""
    card = card_of(payment_method)
    if not off_session:
        return card.on_session
    return card.off_session == "fails" or (
        card.off_session == "needs_setup" and not payment_method["_set_up"]
    )


def take(
    context: Context, intent: Document, payment_method: Document, *, off_session: bool
) -> None:
    """Ask the bank for the money: held for a manual capture, else taken. Raises FailedAttempt."""
    declined = card_of(payment_method).decline_at_charge(context.now - payment_method["created"])
    if declined is not None:
        fail(context, intent, payment_method, declined, off_session=off_session)
    keep_or_spend(context, intent, payment_method)
    charge = new_charge(context, intent, payment_method, off_session=off_session)
    context.save(charge)
    held = intent["amount"] if intent["capture_method"] == "manual" else 0
    intent |= {
        "amount_capturable": held,
        "amount_received": intent["amount"] - held,
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "status": "requires_capture" if held else "succeeded",
    }
    context.save(intent)
    emit(context, "charge.succeeded", charge)
    happened = "amount_capturable_updated" if held else "succeeded"
    emit(context, f"payment_intent.{happened}", intent)


def keep_or_spend(context: Context, intent: Document, payment_method: Document) -> None:
    """A PaymentMethod of nobody becomes the customer's where that is wished, else it is used up."""
    if payment_method["customer"] is not None:
        return
    if intent["setup_future_usage"] and intent["customer"]:
        payment_method["_set_up"] = intent["setup_future_usage"] == "off_session"
        attach_to(context, payment_method, intent["customer"])
    else:
        payment_method["_spent"] = True
        context.save(payment_method)


def fail(
    context: Context,
    intent: Document,
    payment_method: Document,
    declined: Decline,
    *,
    off_session: bool,
) -> None:
    """Record the failed charge and wait for another PaymentMethod. Raises FailedAttempt always."""
    charge = decline(new_charge(context, intent, payment_method, off_session=off_session), declined)
    context.save(charge)
    intent["latest_charge"] = charge["id"]
    error = attempt_error(declined, payment_method, error_type="card_error", charge=charge["id"])
    wait_for_another(context, intent, error, failed_charge=charge)
    raise FailedAttempt.told_by(error, payment_intent=public(intent))


def wait_for_another(
    context: Context,
    intent: Document,
    error: Document,
    *,
    failed_charge: Document | None = None,
) -> None:
    """The attempt is over: say why and ask for another PaymentMethod."""
    intent |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    context.save(intent)
    if failed_charge is not None:
        emit(context, "charge.failed", failed_charge)
    emit(context, "payment_intent.payment_failed", intent)


def go_on_after_owner(context: Context, intent: Document, *, confirmed: bool) -> None:
    """The card's owner has answered their bank. The outcome stands in the intent."""
    payment_method = context.store.get("stripe.payment_method", intent["payment_method"])
    assert payment_method is not None, "PaymentMethods are never deleted"
    if not confirmed:
        error = attempt_error(OWNER_REFUSED, payment_method, error_type="invalid_request_error")
        wait_for_another(context, intent, error)
        return
    try:
        take(context, intent, payment_method, off_session=False)
    except FailedAttempt:
        # The owner's browser is told by redirect_status; the error stands in the intent.
        return
