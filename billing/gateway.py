"""The only place that knows Stripe: a few calls, our own words for what comes back.

Nothing here reads or writes the database. Every call that changes something carries an
idempotency key (the SDK makes one where we give none), so that it may be sent again; a time-out
means that the outcome is unknown.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import stripe
from django.conf import settings

from didshop.money import from_minor, to_minor

CONNECT_SECONDS, READ_SECONDS = 5, 20
RETRIES = 2

_lock = threading.Lock()
_clients: dict[tuple[str, str], stripe.StripeClient] = {}


class GatewayError(Exception):
    """Stripe did not do what it was asked to."""


class OutcomeUnknown(GatewayError):
    """Time-out, dropped connection, 5xx or a key in flight: it may or may not have happened."""


class GatewayMisconfigured(GatewayError):
    """Our key is wrong or lacks a right: the operator's to mend, never the customer's fault."""


class Refused(GatewayError):
    """Stripe refused the request itself: wrong state, wrong parameter or not there.

    `param` is the parameter that it is about, or empty.
    """

    def __init__(self, message: str, code: str, param: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.param = param


class CardDeclined(GatewayError):
    """The card's bank said no. `code` is Stripe's decline code, or its error code."""

    def __init__(self, message: str, code: str, intent_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.intent_id = intent_id


@dataclass(frozen=True)
class Card:
    """A card as Stripe shows it to us."""

    stripe_id: str
    customer_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class Intent:
    """The state of one PaymentIntent. Amounts in the currency's main unit.

    `status` is Stripe's: requires_payment_method, requires_action, requires_capture, succeeded,
    canceled, processing.
    """

    id: str
    status: str
    amount: Decimal
    received: Decimal
    action_url: str
    error_code: str
    error: str


def create_customer(*, name: str, reference: str) -> str:
    """Make a customer and answer its id. `reference` is ours and keeps it from being made twice."""
    with _translated():
        customer = _client().v1.customers.create(
            params={"name": name, "metadata": {"organization": reference}},
            options={"idempotency_key": f"customer-{reference}"},
        )
    return str(customer.id)


def delete_customer(customer_id: str) -> None:
    """Delete a customer with their cards. One that is gone already is no error."""
    try:
        with _translated():
            _client().v1.customers.delete(customer_id)
    except Refused as refusal:
        if refusal.code != "resource_missing":
            raise


def attach_card(payment_method_id: str, *, customer_id: str) -> Card:
    """Put a card on the customer's file. CardDeclined if its bank refuses."""
    with _translated():
        method = _client().v1.payment_methods.attach(
            payment_method_id, params={"customer": customer_id}
        )
    return _card(method)


def fetch_card(payment_method_id: str) -> Card:
    """Look a card up."""
    with _translated():
        return _card(_client().v1.payment_methods.retrieve(payment_method_id))


def detach_card(payment_method_id: str) -> None:
    """Take a card off the customer's file. One that is gone already is no error."""
    try:
        with _translated():
            _client().v1.payment_methods.detach(payment_method_id)
    except Refused as refusal:
        if refusal.code not in {"resource_missing", "payment_method_unexpected_state"}:
            raise


def start_setup(*, customer_id: str) -> str:
    """Open a SetupIntent for the Payment Element and answer its client secret."""
    with _translated():
        intent = _client().v1.setup_intents.create(
            params={
                "customer": customer_id,
                "usage": "off_session",
                "automatic_payment_methods": {"enabled": True},
            }
        )
    return str(intent.client_secret)


def finished_setup(setup_intent_id: str) -> tuple[str, str] | None:
    """The customer's and the card's id of a SetupIntent that succeeded, else None."""
    if not setup_intent_id.startswith("seti_"):
        # An empty id would ask for the list of them all.
        return None
    with _translated():
        intent = _client().v1.setup_intents.retrieve(setup_intent_id)
    if intent.status != "succeeded" or not intent.payment_method:
        return None
    return _id(intent.customer), _id(intent.payment_method)


def authorise(
    *,
    amount: Decimal,
    currency: str,
    customer_id: str,
    card_id: str,
    return_url: str,
    payment_id: str,
    key: str,
) -> Intent:
    """Hold an amount on a card, to be captured later. CardDeclined if its bank refuses."""
    with _translated():
        intent = _client().v1.payment_intents.create(
            params={
                "amount": to_minor(amount),
                "currency": currency.lower(),
                "customer": customer_id,
                "payment_method": card_id,
                "allowed_payment_method_types": ["card"],
                "capture_method": "manual",
                "confirm": True,
                "return_url": return_url,
                "metadata": {"payment": payment_id},
            },
            options={"idempotency_key": key},
        )
    return _intent(intent)


def fetch_intent(intent_id: str) -> Intent:
    """Look a payment up."""
    with _translated():
        return _intent(_client().v1.payment_intents.retrieve(intent_id))


def find_intent(*, customer_id: str, payment_id: str) -> Intent | None:
    """The customer's intent that carries our payment's id, among the newest hundred."""
    with _translated():
        page = _client().v1.payment_intents.list(params={"customer": customer_id, "limit": 100})
        for intent in page.data:
            if intent.metadata and intent.metadata.to_dict().get("payment") == payment_id:
                return _intent(intent)
    return None


def capture(intent_id: str, *, amount: Decimal, key: str) -> Intent:
    """Take `amount` of what is held and give the rest back."""
    with _translated():
        intent = _client().v1.payment_intents.capture(
            intent_id,
            params={"amount_to_capture": to_minor(amount)},
            options={"idempotency_key": key},
        )
    return _intent(intent)


def cancel(intent_id: str, *, key: str) -> Intent:
    """Give back all that is held."""
    with _translated():
        intent = _client().v1.payment_intents.cancel(intent_id, options={"idempotency_key": key})
    return _intent(intent)


def verified_event(payload: bytes, signature: str) -> dict[str, Any] | None:
    """The event in a webhook's raw body, or None where its signature or its body is bad."""
    try:
        event = stripe.Webhook.construct_event(payload, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (
        stripe.SignatureVerificationError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,  # nested so deeply that nobody reads it
    ):
        return None
    return dict(event.to_dict())


def _client() -> stripe.StripeClient:
    """The client for the settings of now, made once and shared between threads."""
    wanted = (settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    with _lock:
        if wanted not in _clients:
            _clients[wanted] = stripe.StripeClient(
                settings.STRIPE_SECRET_KEY,
                base_addresses={"api": settings.STRIPE_API_BASE}
                if settings.STRIPE_API_BASE
                else None,
                max_network_retries=RETRIES,
                http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
            )
        return _clients[wanted]


@contextmanager
def _translated() -> Iterator[None]:
    """Turn Stripe's exceptions into ours."""
    try:
        yield
    except stripe.CardError as error:
        raise _declined(error) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayMisconfigured(str(error)) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise OutcomeUnknown(str(error)) from error
    except stripe.StripeError as error:
        if _says_nothing(error.http_status):
            raise OutcomeUnknown(str(error)) from error
        raise Refused(
            str(error.user_message or error),
            error.code or "",
            str(_read(error, "error", "param") or ""),
        ) from error


def _says_nothing(status: int | None) -> bool:
    """Whether the outcome stays open.

    A 4xx is a refusal, but for a key in flight. A fault of Stripe's own tells nothing, and
    neither does a 200 whose body cannot be read.
    """
    if status is None or status == HTTPStatus.CONFLICT:
        return True
    return not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _declined(error: stripe.CardError) -> CardDeclined:
    intent = _read(error.error, "payment_intent")
    code = _read(error.error, "decline_code") or error.code or "card_declined"
    return CardDeclined(str(error.user_message or error), str(code), _id(intent) if intent else "")


def _intent(intent: stripe.PaymentIntent) -> Intent:
    failure = _read(intent, "last_payment_error")
    return Intent(
        id=str(intent.id),
        status=str(intent.status),
        amount=from_minor(intent.amount),
        received=from_minor(_read(intent, "amount_received") or 0),
        action_url=str(_read(intent, "next_action", "redirect_to_url", "url") or ""),
        error_code=str(_read(failure, "decline_code") or _read(failure, "code") or ""),
        error=str(_read(failure, "message") or ""),
    )


def _read(thing: Any, *path: str) -> Any:
    """What stands under a path of names, or None: Stripe leaves out what does not apply."""
    for name in path:
        thing = getattr(thing, name, None)
    return thing


def _card(method: stripe.PaymentMethod) -> Card:
    if method.card is None:
        raise Refused("This is not a card.", "not_a_card")
    return Card(
        stripe_id=str(method.id),
        customer_id=_id(method.customer) if method.customer else "",
        brand=str(method.card.brand),
        last4=str(method.card.last4),
        exp_month=int(method.card.exp_month),
        exp_year=int(method.card.exp_year),
    )


def _id(thing: Any) -> str:
    """The id of something that Stripe gives either as its id or in full."""
    return str(thing if isinstance(thing, str) else thing.id)
