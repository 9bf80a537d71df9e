"""Payments: hold an amount, take what was delivered, give the rest back.

Each verb can be called at any time, twice, or by two workers at once. The row is written before
Stripe is called; a call whose outcome is unknown is repeated under the same key, or looked up.
No transaction is open during a call.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.utils import timezone

from accounts.models import User
from billing import gateway
from billing.declines import in_words
from billing.models import BillingAccount, Payment, PaymentMethod
from didshop.transitions import move, record_start

log = structlog.get_logger(__name__)

Status = Payment.Status
# Stripe may forget a key after 24 hours; before that, the intent is looked for instead.
KEY_LIFE = timedelta(hours=23)


def create(
    *,
    method: PaymentMethod,
    amount: Decimal,
    currency: str,
    reference: str,
    return_url: str,
    actor: User,
) -> Payment:
    """Write down the intent to hold `amount`. Stripe hears of it from `authorise`.

    `reference` says what is paid, such as "order-<uuid>"; the customer comes back to
    `return_url` from their bank.
    """
    payment = Payment.objects.create(
        organization=method.organization,
        payment_method=method,
        amount=amount,
        currency=currency,
        reference=reference,
        return_url=return_url,
    )
    record_start(payment, actor=actor)
    return payment


def authorise(payment: Payment) -> Payment:
    """Bring a payment to AUTHORIZED, FAILED or REQUIRES_ACTION, if Stripe can be reached."""
    if payment.status == Status.REQUIRES_ACTION:
        return refresh(payment)
    was_sent_before = payment.status == Status.UNKNOWN
    # From here on Stripe may know of it, whatever becomes of us.
    _step(payment, Status.UNKNOWN, reason="The payment service is asked to hold the amount.")
    if payment.status != Status.UNKNOWN:
        return payment
    try:
        intent = _intent_of(payment) or _send_authorisation(payment)
    except gateway.CardDeclined as decline:
        _fail(payment, decline.code, intent_id=decline.intent_id)
    except gateway.OutcomeUnknown as error:
        log.warning("payment_outcome_unknown", payment=str(payment.pk), error=str(error))
    except (gateway.Refused, gateway.GatewayMisconfigured) as error:
        log.error("payment_refused", payment=str(payment.pk), error=str(error))
        # Who is not let in does not learn what became of the time before.
        if isinstance(error, gateway.Refused) or not was_sent_before:
            _fail(payment, "processing_error")
    else:
        _follow(payment, intent)
    return payment


def refresh(payment: Payment) -> Payment:
    """Read a payment afresh from Stripe, whatever a webhook or a URL said of it."""
    if payment.intent_id and payment.status not in Payment.ENDED:
        try:
            _follow(payment, gateway.fetch_intent(payment.intent_id))
        except gateway.GatewayError as error:
            log.warning("payment_not_read", payment=str(payment.pk), error=str(error))
    return payment


def capture(payment: Payment, amount: Decimal) -> Payment:
    """Take `amount` of what is held. Still AUTHORIZED after it means: call again later."""
    if payment.status != Status.AUTHORIZED:
        return payment
    try:
        intent = gateway.capture(
            str(payment.intent_id), amount=amount, key=f"{payment.reference}-capture"
        )
    except gateway.Refused as error:
        # Captured before, cancelled, or lapsed at the bank: Stripe knows which.
        log.error("capture_refused", payment=str(payment.pk), error=str(error))
        return refresh(payment)
    except gateway.GatewayError as error:
        log.warning("capture_unknown", payment=str(payment.pk), error=str(error))
        return payment
    _follow(payment, intent)
    return payment


def cancel(payment: Payment, *, reason: str) -> Payment:
    """Give back all that is held. Not ended after it means: call again later."""
    if payment.status == Status.CREATED:
        _step(payment, Status.CANCELLED, reason=reason)
    if payment.status == Status.UNKNOWN:
        # It may exist at Stripe: find out first.
        authorise(payment)
    if payment.status in Payment.ENDED or not payment.intent_id:
        return payment
    try:
        intent = gateway.cancel(payment.intent_id, key=f"{payment.reference}-cancel")
    except gateway.Refused:
        return refresh(payment)
    except gateway.GatewayError as error:
        log.warning("cancel_unknown", payment=str(payment.pk), error=str(error))
        return payment
    _follow(payment, intent, reason=reason)
    return payment


def _intent_of(payment: Payment) -> gateway.Intent | None:
    """The intent of a payment whose key Stripe may have forgotten by now."""
    if timezone.now() - payment.created_at < KEY_LIFE:
        return None
    customer_id = _customer_id(payment)
    return gateway.find_intent(customer_id=customer_id, payment_id=str(payment.pk))


def _send_authorisation(payment: Payment) -> gateway.Intent:
    return gateway.authorise(
        amount=payment.amount,
        currency=payment.currency,
        customer_id=_customer_id(payment),
        card_id=payment.payment_method.stripe_id,
        return_url=payment.return_url,
        payment_id=str(payment.pk),
        key=f"{payment.reference}-auth-{payment.attempt}",
    )


def _customer_id(payment: Payment) -> str:
    account = BillingAccount.objects.get(organization=payment.organization_id)
    return str(account.stripe_customer_id)


def _follow(payment: Payment, intent: gateway.Intent, *, reason: str = "") -> None:
    """Write what Stripe says the payment is."""
    match intent.status:
        case "requires_capture":
            _move(payment, Status.AUTHORIZED, intent, reason="The amount is held on the card.")
        case "requires_action":
            _move(
                payment,
                Status.REQUIRES_ACTION,
                intent,
                reason="The card's bank asks for a confirmation.",
                action_url=intent.action_url,
            )
        case "succeeded":
            _move(
                payment,
                Status.CAPTURED,
                intent,
                reason="What was delivered is charged.",
                captured_amount=intent.received,
            )
        case "canceled":
            _move(payment, Status.CANCELLED, intent, reason=reason or "The hold was given back.")
        case "requires_payment_method":
            _fail(payment, intent.error_code or "card_declined", intent_id=intent.id)
        case _:
            log.info("payment_stands", payment=str(payment.pk), stripe_status=intent.status)


def _fail(payment: Payment, code: str, *, intent_id: str = "") -> None:
    sentence = in_words(code)
    _step(
        payment,
        Status.FAILED,
        reason=sentence,
        error_code=code,
        error=sentence,
        intent_id=intent_id or payment.intent_id,
    )


def _move(payment: Payment, to: str, intent: gateway.Intent, *, reason: str, **fields: Any) -> None:
    _step(payment, to, reason=reason, intent_id=intent.id, **fields)


def _step(payment: Payment, to: str, *, reason: str, **fields: Any) -> None:
    """Move if that is a step forward. Stripe's answers may come twice, late, or to two of us."""
    if to not in Payment.TRANSITIONS.get(payment.status, frozenset()):
        return
    if not move(payment, to, reason=reason, **fields):
        payment.refresh_from_db()
