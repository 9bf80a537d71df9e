"""Payments: each verb at any time, twice, with its answer lost; the money moves once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import gateway, payments
from billing.models import Payment
from billing.tests.conftest import stripe_down
from didshop.tests.sandboxes import Sandbox
from didshop.transitions import IllegalTransition, move

pytestmark = pytest.mark.django_db
Payer = Callable[..., Payment]
AUTHORISE, CAPTURE, CANCEL = "/v1/payment_intents", "*/capture", "*/cancel"


def fresh(payment: Payment) -> Payment:
    """The payment as another worker reads it."""
    return Payment.objects.get(pk=payment.pk)


def statuses(payment: Payment) -> list[str]:
    return [row.new for row in payment.transitions]


def at_stripe(sandbox: Sandbox) -> dict[str, Any]:
    """The one payment that Stripe knows."""
    [payment] = sandbox.state()["payments"]
    found: dict[str, Any] = payment
    return found


def made_long_ago(payment: Payment) -> Payment:
    """As if Stripe had forgotten its keys by now."""
    Payment.objects.filter(pk=payment.pk).update(
        created_at=timezone.now() - payments.KEY_LIFE - timedelta(hours=2)
    )
    return fresh(payment)


# ---------------------------------------------------------------- authorise
def test_an_intent_is_written_down_before_stripe_hears_of_it(pay: Payer, sandbox: Sandbox) -> None:
    payment = pay()
    assert (payment.status, payment.intent_id) == ("CREATED", None)
    assert sandbox.state()["payments"] == []


def test_the_amount_is_held(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    assert statuses(payment) == ["CREATED", "UNKNOWN", "AUTHORIZED"]
    intent = at_stripe(sandbox)
    assert intent["id"] == payment.intent_id
    assert (intent["held"], intent["captured"], intent["currency"]) == (450, 0, "usd")
    assert intent["metadata"] == {"payment": str(payment.pk)}


def test_it_is_held_once_however_often_that_is_asked(pay: Payer, sandbox: Sandbox) -> None:
    payment = pay()
    stale = fresh(payment)
    payments.authorise(payment)
    payments.authorise(payment)
    assert payments.authorise(stale).status == "AUTHORIZED"
    assert statuses(payment) == ["CREATED", "UNKNOWN", "AUTHORIZED"]
    assert at_stripe(sandbox)["held"] == 450


def test_a_declined_card(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay("pm_card_chargeCustomerFail"))
    assert (payment.status, payment.error_code) == ("FAILED", "generic_decline")
    assert payment.error == "The card was declined. Use another card, or ask your bank."
    assert payment.intent_id == at_stripe(sandbox)["id"]
    assert payments.authorise(payment).status == "FAILED"
    assert at_stripe(sandbox)["held"] == 0


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("kind", ["500", "reset", "garbage"])
def test_an_answer_that_is_lost_leaves_it_unknown_until_the_next_try(
    pay: Payer, sandbox: Sandbox, side: str, kind: str
) -> None:
    payment = pay()
    stripe_down(sandbox, path=AUTHORISE, side=side, kind=kind, count=9)
    assert payments.authorise(payment).status == "UNKNOWN"
    sandbox.clear_faults()

    assert payments.authorise(fresh(payment)).status == "AUTHORIZED"
    assert at_stripe(sandbox)["held"] == 450


def test_a_lost_answer_is_had_again_under_the_same_key(pay: Payer, sandbox: Sandbox) -> None:
    payment = pay()
    stripe_down(sandbox, path=AUTHORISE, side="after", kind="reset", count=3)
    assert payments.authorise(payment).status == "UNKNOWN"
    assert at_stripe(sandbox)["held"] == 450

    payment = payments.authorise(fresh(payment))
    assert (payment.status, payment.intent_id) == ("AUTHORIZED", at_stripe(sandbox)["id"])


def test_when_stripe_has_forgotten_the_key_the_intent_is_looked_for(
    pay: Payer, sandbox: Sandbox
) -> None:
    payment = pay()
    stripe_down(sandbox, path=AUTHORISE, side="after", kind="reset", count=3)
    payments.authorise(payment)
    sandbox.advance_clock(30 * 3600)

    payment = payments.authorise(made_long_ago(payment))

    assert payment.status == "AUTHORIZED"
    assert at_stripe(sandbox)["id"] == payment.intent_id


def test_the_control_without_looking_holds_it_twice(pay: Payer, sandbox: Sandbox) -> None:
    """What the look-up is for: sent blindly, a forgotten key holds the amount again."""
    payment = pay()
    stripe_down(sandbox, path=AUTHORISE, side="after", kind="reset", count=3)
    payments.authorise(payment)
    sandbox.advance_clock(30 * 3600)

    payments.authorise(fresh(payment))

    assert [intent["held"] for intent in sandbox.state()["payments"]] == [450, 450]


def test_what_was_never_sent_is_sent_a_day_later(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(made_long_ago(pay()))
    assert payment.status == "AUTHORIZED"
    assert at_stripe(sandbox)["held"] == 450


def test_a_request_that_stripe_refuses_is_our_fault_and_told_softly(
    pay: Payer, sandbox: Sandbox, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    payment = pay()
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    payments.authorise(payment)
    assert (payment.status, payment.error_code) == ("FAILED", "processing_error")
    assert payment.error == "The card's bank could not answer. Try again in a few minutes."
    assert "payment_refused" in caplog.text
    assert sandbox.state()["payments"] == []


def test_a_key_that_is_refused_later_does_not_hide_a_hold(
    pay: Payer, sandbox: Sandbox, settings: Any
) -> None:
    payment, good = pay(), settings.STRIPE_SECRET_KEY
    stripe_down(sandbox, path=AUTHORISE, side="after", kind="reset", count=3)
    payments.authorise(payment)

    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    assert payments.authorise(fresh(payment)).status == "UNKNOWN"

    settings.STRIPE_SECRET_KEY = good
    assert payments.authorise(fresh(payment)).status == "AUTHORIZED"
    assert payments.cancel(fresh(payment), reason="Not wanted.").status == "CANCELLED"
    assert at_stripe(sandbox)["held"] == 0


# ---------------------------------------------------------------- 3-D Secure
def at_the_bank(payment: Payment, answer: str) -> None:
    requests.post(
        payment.action_url, data={"answer": answer}, allow_redirects=False, timeout=5
    ).raise_for_status()


@pytest.mark.parametrize(
    ("answer", "status"),
    [("confirm", "AUTHORIZED"), ("refuse", "FAILED"), (None, "REQUIRES_ACTION")],
)
def test_what_the_customer_answers_their_bank(
    pay: Payer, sandbox: Sandbox, answer: str | None, status: str
) -> None:
    payment = payments.authorise(pay("pm_card_threeDSecure2Required"))
    assert payment.status == "REQUIRES_ACTION"
    assert payment.action_url.startswith(sandbox.url)
    if answer:
        at_the_bank(payment, answer)

    assert payments.refresh(fresh(payment)).status == status
    assert payments.authorise(fresh(payment)).status == status
    assert at_stripe(sandbox)["held"] == (450 if status == "AUTHORIZED" else 0)


# ---------------------------------------------------------------- capture
@pytest.mark.parametrize("amount", ["4.50", "1.50", "0.50"])
def test_what_was_delivered_is_taken_and_the_rest_given_back(
    pay: Payer, sandbox: Sandbox, amount: str
) -> None:
    payment = payments.capture(payments.authorise(pay()), Decimal(amount))
    assert (payment.status, payment.captured_amount) == ("CAPTURED", Decimal(amount))
    intent = at_stripe(sandbox)
    assert (intent["captured"], intent["held"]) == (int(Decimal(amount) * 100), 0)


def test_it_is_taken_once(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    stale = fresh(payment)
    payments.capture(payment, Decimal("3.00"))
    payments.capture(payment, Decimal("3.00"))
    assert payments.capture(stale, Decimal("3.00")).status == "CAPTURED"
    assert statuses(payment)[-2:] == ["AUTHORIZED", "CAPTURED"]
    assert at_stripe(sandbox)["captured"] == 300


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_capture_whose_answer_is_lost_is_asked_for_again(
    pay: Payer, sandbox: Sandbox, side: str
) -> None:
    payment = payments.authorise(pay())
    stripe_down(sandbox, path=CAPTURE, side=side, kind="reset", count=3)
    assert payments.capture(payment, Decimal("3.00")).status == "AUTHORIZED"

    assert payments.capture(fresh(payment), Decimal("3.00")).status == "CAPTURED"
    assert at_stripe(sandbox)["captured"] == 300


def test_a_capture_that_was_made_and_whose_key_is_forgotten_is_found(
    pay: Payer, sandbox: Sandbox
) -> None:
    payment = payments.authorise(pay())
    stripe_down(sandbox, path=CAPTURE, side="after", kind="reset", count=3)
    payments.capture(payment, Decimal("3.00"))
    sandbox.advance_clock(30 * 3600)

    payment = payments.capture(fresh(payment), Decimal("3.00"))

    assert (payment.status, payment.captured_amount) == ("CAPTURED", Decimal("3.00"))
    assert at_stripe(sandbox)["captured"] == 300


def test_a_hold_that_was_let_go_elsewhere_cannot_be_taken(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    gateway.cancel(str(payment.intent_id), key="by-hand")
    payment = payments.capture(payment, Decimal("3.00"))
    assert (payment.status, payment.captured_amount) == ("CANCELLED", 0)


@pytest.mark.parametrize("status", ["CREATED", "FAILED", "CANCELLED"])
def test_nothing_is_taken_that_is_not_held(pay: Payer, sandbox: Sandbox, status: str) -> None:
    payment = pay("pm_card_chargeCustomerFail")
    if status == "FAILED":
        payments.authorise(payment)
    if status == "CANCELLED":
        payments.cancel(payment, reason="Not wanted.")
    assert payments.capture(payment, Decimal("1.00")).status == status
    assert sum(intent["captured"] for intent in sandbox.state()["payments"]) == 0


def test_more_than_was_held_is_never_written(pay: Payer) -> None:
    payment = payments.authorise(pay())
    with pytest.raises(IntegrityError), transaction.atomic():
        move(payment, Payment.Status.CAPTURED, captured_amount=Decimal("4.51"))
    assert fresh(payment).status == "AUTHORIZED"


# ---------------------------------------------------------------- cancel
def test_what_stripe_has_not_heard_of_is_cancelled_here(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.cancel(pay(), reason="Not wanted.")
    assert statuses(payment) == ["CREATED", "CANCELLED"]
    assert payment.transitions[1].reason == "Not wanted."
    assert sandbox.state()["payments"] == []


def test_all_that_is_held_is_given_back_once(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    stale = fresh(payment)
    payments.cancel(payment, reason="Not wanted.")
    payments.cancel(payment, reason="Not wanted.")
    assert payments.cancel(stale, reason="Not wanted.").status == "CANCELLED"
    assert statuses(payment)[-2:] == ["AUTHORIZED", "CANCELLED"]
    assert (at_stripe(sandbox)["status"], at_stripe(sandbox)["held"]) == ("canceled", 0)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_cancellation_whose_answer_is_lost_is_asked_for_again(
    pay: Payer, sandbox: Sandbox, side: str
) -> None:
    payment = payments.authorise(pay())
    stripe_down(sandbox, path=CANCEL, side=side, kind="500", count=3)
    assert payments.cancel(payment, reason="Not wanted.").status == "AUTHORIZED"
    sandbox.advance_clock(30 * 3600)

    assert payments.cancel(fresh(payment), reason="Not wanted.").status == "CANCELLED"
    assert at_stripe(sandbox)["held"] == 0


def test_one_that_may_exist_is_found_out_and_given_back(pay: Payer, sandbox: Sandbox) -> None:
    payment = pay()
    stripe_down(sandbox, path=AUTHORISE, side="after", kind="reset", count=3)
    payments.authorise(payment)

    assert payments.cancel(fresh(payment), reason="Not wanted.").status == "CANCELLED"
    assert at_stripe(sandbox)["status"] == "canceled"


def test_while_stripe_is_away_one_that_may_exist_stays_unknown(
    pay: Payer, sandbox: Sandbox
) -> None:
    payment = pay()
    stripe_down(sandbox)
    payments.authorise(payment)
    assert payments.cancel(fresh(payment), reason="Not wanted.").status == "UNKNOWN"


def test_what_was_taken_is_not_given_back_by_a_cancellation(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    stale = fresh(payment)
    payments.capture(payment, Decimal("4.50"))
    payment = payments.cancel(stale, reason="Too late.")
    assert (payment.status, payment.captured_amount) == ("CAPTURED", Decimal("4.50"))
    assert at_stripe(sandbox)["captured"] == 450


# ---------------------------------------------------------------- refresh
def test_what_happened_at_stripe_is_read_afresh(pay: Payer) -> None:
    payment = payments.authorise(pay())
    gateway.capture(str(payment.intent_id), amount=Decimal("2.00"), key="by-hand")
    payment = payments.refresh(payment)
    assert (payment.status, payment.captured_amount) == ("CAPTURED", Decimal("2.00"))


def test_reading_changes_nothing_where_nothing_has_changed(pay: Payer, sandbox: Sandbox) -> None:
    payment = payments.authorise(pay())
    before = statuses(payment)
    payments.refresh(payment)
    stripe_down(sandbox)
    assert payments.refresh(payment).status == "AUTHORIZED"
    assert payments.refresh(pay_nothing(payment)).status == "CREATED"
    assert statuses(payment) == before


def pay_nothing(payment: Payment) -> Payment:
    """One that Stripe has not heard of."""
    return Payment(
        organization=payment.organization,
        payment_method=payment.payment_method,
        amount=1,
        currency="USD",
        reference="x",
    )


def test_an_ended_payment_goes_nowhere(pay: Payer) -> None:
    payment = payments.cancel(pay(), reason="Not wanted.")
    for verb in (payments.authorise, payments.refresh):
        assert verb(payment).status == "CANCELLED"
    with pytest.raises(IllegalTransition):
        move(payment, Payment.Status.AUTHORIZED)
