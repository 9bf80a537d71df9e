"""PaymentIntents: held, captured, cancelled, declined, and what cannot be done when."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import stripe

from sandbox.tests.stripe_shop import Shop, open_shop, refused

DAY = 24 * 3600


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def charge_of(shop: Shop, intent: stripe.PaymentIntent) -> stripe.Charge:
    """The intent's last charge, as it is now."""
    found = shop.client.v1.payment_intents.retrieve(intent.id)
    return shop.client.v1.charges.retrieve(str(found.latest_charge))


def event_types(shop: Shop, intent: stripe.PaymentIntent) -> list[str]:
    """What has happened to the intent and its charges, oldest first."""
    events = shop.client.v1.events.list({"limit": 100}).data
    return [event.type for event in events[::-1] if intent.id in str(event.data.object)]


def test_a_hold_is_captured_in_part_and_the_rest_let_go(shop: Shop) -> None:
    intent = shop.hold(1000)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1000)
    charge = charge_of(shop, intent)
    assert (charge.captured, charge.amount_captured) == (False, 0)
    captured = shop.client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 700})
    assert (captured.status, captured.amount_received) == ("succeeded", 700)
    assert captured.amount_capturable == 0
    charge = charge_of(shop, intent)
    assert (charge.captured, charge.amount_captured, charge.refunded) == (True, 700, False)
    # Stripe counts what it let go as refunded on the charge.
    assert charge.amount_refunded == 300
    assert event_types(shop, intent) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


def test_automatic_capture_takes_the_money_at_once(shop: Shop) -> None:
    intent = shop.pay(1234)
    assert (intent.status, intent.amount_received) == ("succeeded", 1234)
    assert intent.capture_method == "automatic_async"
    assert charge_of(shop, intent).amount_captured == 1234
    assert event_types(shop, intent)[-1] == "payment_intent.succeeded"


def test_a_cancelled_hold_takes_nothing(shop: Shop) -> None:
    intent = shop.hold(1000)
    cancelled = shop.client.v1.payment_intents.cancel(
        intent.id, {"cancellation_reason": "requested_by_customer"}
    )
    assert (cancelled.status, cancelled.amount_capturable) == ("canceled", 0)
    assert (cancelled.amount_received, cancelled.canceled_at is None) == (0, False)
    charge = charge_of(shop, intent)
    assert (charge.captured, charge.refunded, charge.amount_captured) == (False, True, 0)
    assert event_types(shop, intent)[-2:] == ["charge.refunded", "payment_intent.canceled"]


def test_capture_takes_no_more_than_is_held(shop: Shop) -> None:
    intent = shop.hold(1000)
    intents = shop.client.v1.payment_intents
    error = refused(lambda: intents.capture(intent.id, {"amount_to_capture": 1001}))
    assert (error.http_status, error.code) == (400, "amount_too_large")
    error = refused(lambda: intents.capture(intent.id, {"amount_to_capture": 0}))
    assert error.code == "parameter_invalid_integer"
    assert intents.retrieve(intent.id).amount_capturable == 1000


def test_states_are_guarded(shop: Shop) -> None:
    intents = shop.client.v1.payment_intents
    held = shop.hold()
    captured = intents.capture(shop.hold().id)
    cancelled = intents.cancel(shop.hold().id)
    fresh = intents.create({"amount": 500, "currency": "usd"})
    wrong: list[tuple[stripe.PaymentIntent, Callable[[str], object]]] = [
        (held, intents.confirm),
        (captured, intents.capture),
        (captured, intents.cancel),
        (captured, intents.confirm),
        (cancelled, intents.capture),
        (cancelled, intents.cancel),
        (cancelled, intents.confirm),
        (fresh, intents.capture),
        (fresh, intents.confirm),
        (held, lambda held_id: intents.update(held_id, {"amount": 600})),
        (captured, lambda paid_id: intents.update(paid_id, {"customer": "cus_1"})),
    ]
    for intent, call in wrong:
        error = refused(partial(call, intent.id))
        assert (error.http_status, error.code) == (400, "payment_intent_unexpected_state")
        assert error.error.payment_intent.status == intent.status
        after = intents.retrieve(intent.id)
        assert (after.status, after.amount) == (intent.status, intent.amount)


def test_changes_are_possible_as_long_as_they_make_sense(shop: Shop) -> None:
    intents = shop.client.v1.payment_intents
    fresh = intents.create({"amount": 500, "currency": "usd"})
    customer, card = shop.customer()
    changed = intents.update(
        fresh.id, {"amount": 900, "customer": customer, "payment_method": card}
    )
    assert (changed.status, changed.amount) == ("requires_confirmation", 900)
    held = shop.hold()
    tagged = intents.update(held.id, {"metadata": {"order": "7"}, "description": "Order 7"})
    assert (tagged.metadata.to_dict(), tagged.description) == ({"order": "7"}, "Order 7")
    assert intents.capture(held.id, {"metadata": {"done": "1"}}).metadata.to_dict() == {
        "order": "7",
        "done": "1",
    }


def test_nobody_finds_another_customers_intents(shop: Shop) -> None:
    intents = shop.client.v1.payment_intents
    held = shop.hold()
    shop.hold()
    assert [one.id for one in intents.list({"customer": str(held.customer)})] == [held.id]


DECLINES = [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("pm_card_chargeDeclinedFraudulent", "card_declined", "fraudulent"),
    (
        "pm_card_chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
    ),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
]


@pytest.mark.parametrize(("card", "code", "reason"), DECLINES)
def test_a_decline_leaves_the_intent_open_with_the_reason(
    shop: Shop, card: str, code: str, reason: str | None
) -> None:
    customer = shop.client.v1.customers.create()
    intents = shop.client.v1.payment_intents
    error = refused(
        lambda: intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer.id,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
                "capture_method": "manual",
            }
        ),
        stripe.CardError,
    )
    assert (error.http_status, error.code) == (402, code)
    assert getattr(error.error, "decline_code", None) == reason
    intent = intents.retrieve(error.error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert (intent.amount_capturable, intent.amount_received) == (0, 0)
    assert intent.last_payment_error is not None
    assert (intent.last_payment_error.code, intent.last_payment_error.type) == (code, "card_error")
    assert intent.last_payment_error.message == error.user_message
    charge = charge_of(shop, intent)
    assert (charge.id, charge.status, charge.paid) == (error.error.charge, "failed", False)
    assert (charge.failure_code, charge.captured) == (code, False)
    assert event_types(shop, intent)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_declined_intent_can_be_paid_with_another_card(shop: Shop) -> None:
    customer, card = shop.customer("pm_card_chargeCustomerFail")
    intents = shop.client.v1.payment_intents
    error = refused(
        lambda: intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
            }
        ),
        stripe.CardError,
    )
    good = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    paid = intents.confirm(
        error.error.payment_intent.id, {"payment_method": good.id, "off_session": True}
    )
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_a_card_without_its_owner_asks_for_authentication(shop: Shop) -> None:
    error = refused(lambda: shop.hold(card="pm_card_authenticationRequired"), stripe.CardError)
    assert (error.http_status, error.code) == (402, "authentication_required")
    assert error.error.decline_code == "authentication_required"
    assert error.error.payment_intent.status == "requires_payment_method"
    assert error.error.payment_method.card.last4 == "3184"


def test_a_card_may_be_good_for_the_order_and_fail_at_renewal(shop: Shop) -> None:
    assert shop.pay(card="pm_card_chargeDeclinedAtRenewal").status == "succeeded"
    customer, card = shop.customer("pm_card_chargeDeclinedAtRenewal")
    shop.control("clock", advance=20 * DAY)
    intents = shop.client.v1.payment_intents
    error = refused(
        lambda: intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
            }
        ),
        stripe.CardError,
    )
    assert error.error.decline_code == "insufficient_funds"


@pytest.mark.parametrize(
    ("card", "days"), [("pm_card_visa", 5), ("pm_card_mastercard", 7), ("pm_card_amex", 7)]
)
def test_a_hold_ends_when_nobody_captures_it(shop: Shop, card: str, days: int) -> None:
    intent = shop.hold(card=card)
    intents = shop.client.v1.payment_intents
    shop.control("clock", advance=(days - 1) * DAY)
    assert intents.retrieve(intent.id).status == "requires_capture"
    shop.control("clock", advance=DAY)
    [after] = intents.list({"customer": str(intent.customer)}).data
    assert (after.status, after.cancellation_reason) == ("canceled", "automatic")
    assert refused(lambda: intents.capture(intent.id)).code == "payment_intent_unexpected_state"
    assert event_types(shop, intent)[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_the_card_must_be_the_customers(shop: Shop) -> None:
    alice, card = shop.customer()
    charlie, _ = shop.customer()
    intents = shop.client.v1.payment_intents
    base = {"amount": 500, "currency": "usd", "payment_method": card}
    error = refused(lambda: intents.create({**base, "customer": charlie}))  # type: ignore[typeddict-item]
    assert (error.code, error.param) == ("resource_missing", "payment_method")
    assert "belongs to the Customer" in refused(lambda: intents.create(base)).user_message  # type: ignore[arg-type]
    shop.client.v1.payment_methods.detach(card)
    error = refused(lambda: intents.create({**base, "customer": alice}))  # type: ignore[typeddict-item]
    assert "may not be used again" in error.user_message


def test_a_card_of_nobody_is_kept_on_wish_or_used_up(shop: Shop) -> None:
    customer = shop.client.v1.customers.create()
    kept = shop.client.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "setup_future_usage": "off_session",
            "confirm": True,
            "return_url": "https://shop.example/",
        }
    )
    methods = shop.client.v1.payment_methods
    assert methods.retrieve(str(kept.payment_method)).customer == customer.id
    intents = shop.client.v1.payment_intents
    used = intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "allowed_payment_method_types": ["card"],
        }
    )
    error = refused(
        lambda: intents.create(
            {"amount": 500, "currency": "usd", "payment_method": str(used.payment_method)}
        )
    )
    assert "may not be used again" in error.user_message


@pytest.mark.parametrize("name", ["off_session", "return_url", "error_on_requires_action"])
def test_some_parameters_need_confirm(shop: Shop, name: str) -> None:
    value = "https://shop.example/" if name == "return_url" else "true"
    form = {"amount": "500", "currency": "usd", name: value}
    response = shop.raw("POST", "/v1/payment_intents", data=form)
    assert (response.status_code, response.json()["error"]["param"]) == (400, name)


def test_redirects_need_a_return_url_while_the_owner_is_there(shop: Shop) -> None:
    error = refused(lambda: shop.pay(off_session=None))
    assert error.param == "return_url"
    never = {"enabled": True, "allow_redirects": "never"}
    assert shop.pay(off_session=None, automatic_payment_methods=never).status == "succeeded"
    assert shop.pay(off_session=None, allowed_payment_method_types=["card"]).status == "succeeded"


def test_the_state_of_all_payments_can_be_read(shop: Shop) -> None:
    shop.control("reset")
    held, cancelled, captured = shop.hold(1000), shop.hold(2000), shop.hold(3000)
    refused(lambda: shop.hold(card="pm_card_chargeCustomerFail"), stripe.CardError)
    intents = shop.client.v1.payment_intents
    intents.cancel(cancelled.id)
    intents.capture(captured.id, {"amount_to_capture": 2500, "metadata": {"order": "9"}})
    shop.client.v1.refunds.create({"payment_intent": captured.id, "amount": 400})
    payments = shop.http.get("/_sandbox/state").json()["payments"]
    columns = ("status", "amount", "authorized", "held", "captured", "refunded")
    assert [tuple(payment[name] for name in columns) for payment in payments] == [
        ("requires_capture", 1000, 1000, 1000, 0, 0),
        ("canceled", 2000, 2000, 0, 0, 0),
        ("succeeded", 3000, 3000, 0, 2500, 400),
        ("requires_payment_method", 1000, 0, 0, 0, 0),
    ]
    assert payments[0]["id"] == held.id
    assert payments[2]["metadata"] == {"order": "9"}
    assert shop.client.v1.balance.retrieve().available[0].amount == 2100
