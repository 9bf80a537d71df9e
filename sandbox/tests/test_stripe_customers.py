"""Customers and the cards that they keep."""

from collections.abc import Iterator

import pytest
import stripe

from sandbox.tests.stripe_shop import Shop, open_shop, refused


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def test_a_customer_is_created_changed_and_found_by_email(shop: Shop) -> None:
    customers = shop.client.v1.customers
    created = customers.create(
        {"email": "bob@example.com", "name": "Bob", "address": {"country": "DE", "city": "Bonn"}}
    )
    assert created.address is not None
    assert created.address.city == "Bonn"
    customers.update(created.id, {"name": "Robert"})
    found = customers.list({"email": "bob@example.com"}).data
    assert [(one.id, one.name) for one in found] == [(created.id, "Robert")]
    assert customers.list({"email": "BOB@example.com"}).data == []


def test_a_deleted_customer_is_gone_but_known(shop: Shop) -> None:
    customer, payment_method = shop.customer()
    assert shop.client.v1.customers.delete(customer).deleted is True
    assert shop.client.v1.customers.retrieve(customer).deleted is True
    assert refused(lambda: shop.client.v1.customers.delete(customer)).http_status == 404
    assert shop.client.v1.payment_methods.retrieve(payment_method).customer is None
    intents = shop.client.v1.payment_intents
    error = refused(
        lambda: intents.create({"amount": 500, "currency": "usd", "customer": customer})
    )
    assert (error.http_status, error.code) == (400, "resource_missing")


def test_attaching_a_test_id_makes_a_card_of_the_customer(shop: Shop) -> None:
    customer, first = shop.customer("pm_card_visa")
    second = shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    assert second.id.startswith("pm_")
    assert second.id != "pm_card_mastercard"
    assert second.card is not None
    assert (second.card.brand, second.card.last4) == ("mastercard", "4444")
    assert second.card.exp_year > 2026
    methods = shop.client.v1.payment_methods
    assert [one.id for one in methods.list({"customer": customer})] == [second.id, first]
    assert methods.list({"customer": customer, "type": "sepa_debit"}).data == []
    of_customer = shop.client.v1.customers.payment_methods
    assert of_customer.retrieve(customer, first).id == first
    assert len(of_customer.list(customer).data) == 2


@pytest.mark.parametrize(
    ("card", "code", "reason"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
        ),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedFraudulent", "card_declined", "fraudulent"),
        (
            "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
            "card_declined",
            "card_velocity_exceeded",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_the_bank_declines_to_have_a_card_saved(
    shop: Shop, card: str, code: str, reason: str | None
) -> None:
    customer = shop.client.v1.customers.create()
    methods = shop.client.v1.payment_methods
    error = refused(lambda: methods.attach(card, {"customer": customer.id}), stripe.CardError)
    assert (error.http_status, error.code) == (402, code)
    assert (error.error.type, getattr(error.error, "decline_code", None)) == ("card_error", reason)
    assert error.user_message
    assert methods.list({"customer": customer.id}).data == []
    creating = {"payment_method": card, "email": "declined@example.com"}
    refused(lambda: shop.client.v1.customers.create(creating), stripe.CardError)  # type: ignore[arg-type]
    assert shop.client.v1.customers.list({"email": "declined@example.com"}).data == []


@pytest.mark.parametrize("card", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
def test_cards_that_fail_later_can_be_saved(shop: Shop, card: str) -> None:
    customer, payment_method = shop.customer(card)
    assert shop.client.v1.payment_methods.retrieve(payment_method).customer == customer


def test_attach_needs_a_customer_and_a_card(shop: Shop) -> None:
    methods = shop.client.v1.payment_methods
    assert refused(lambda: methods.attach("pm_card_visa", {})).code == "parameter_missing"
    error = refused(lambda: methods.attach("pm_card_visa", {"customer": "cus_none"}))
    assert (error.http_status, error.param) == (400, "customer")
    customer = shop.client.v1.customers.create()
    error = refused(lambda: methods.attach("pm_none", {"customer": customer.id}))
    assert (error.http_status, error.code) == (404, "resource_missing")
    assert str(error.user_message) == "No such PaymentMethod: 'pm_none'"


def test_a_card_has_one_customer(shop: Shop) -> None:
    alice, card = shop.customer()
    charlie, _ = shop.customer()
    methods = shop.client.v1.payment_methods
    assert methods.attach(card, {"customer": alice}).customer == alice
    error = refused(lambda: methods.attach(card, {"customer": charlie}))
    assert "already been attached" in error.user_message
    assert methods.retrieve(card).customer == alice


def test_a_detached_card_is_spent_and_no_default_any_more(shop: Shop) -> None:
    customer, card = shop.customer()
    customers = shop.client.v1.customers
    customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    methods = shop.client.v1.payment_methods
    assert methods.detach(card).customer is None
    kept = customers.retrieve(customer).invoice_settings
    assert kept is not None
    assert kept.default_payment_method is None
    assert (
        "may not be used again"
        in refused(lambda: methods.attach(card, {"customer": customer})).user_message
    )
    error = refused(lambda: methods.detach(card))
    assert error.code == "payment_method_unexpected_state"
    types = [event.type for event in shop.client.v1.events.list({"limit": 2})]
    assert "payment_method.detached" in types


def test_a_default_must_be_the_customers_own(shop: Shop) -> None:
    alice, _ = shop.customer()
    _, of_charlie = shop.customer()
    settings = {"invoice_settings": {"default_payment_method": of_charlie}}
    error = refused(lambda: shop.client.v1.customers.update(alice, settings))  # type: ignore[arg-type]
    assert error.code == "resource_missing"


def test_a_card_can_be_changed(shop: Shop) -> None:
    _, card = shop.customer()
    changed = shop.client.v1.payment_methods.update(
        card, {"card": {"exp_month": 3, "exp_year": 2035}, "metadata": {"label": "main"}}
    )
    assert changed.card is not None
    assert (changed.card.exp_month, changed.card.exp_year, changed.card.last4) == (3, 2035, "4242")
    event = shop.client.v1.events.list({"type": "payment_method.updated"}).data[0]
    assert event.data.previous_attributes is not None
    assert set(event.data.previous_attributes.to_dict()) == {"card", "metadata"}
