"""SetupIntents: a card is saved with its bank's consent."""

from collections.abc import Iterator

import pytest
import stripe

from sandbox.tests.stripe_shop import Shop, open_shop, refused

RETURN_URL = "https://shop.example/cards"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def open_intent(shop: Shop) -> stripe.SetupIntent:
    """A SetupIntent of a new customer, as the shop makes one for its page."""
    customer = shop.client.v1.customers.create()
    return shop.client.v1.setup_intents.create(
        {
            "customer": customer.id,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"organization": "1"},
        }
    )


def test_a_card_is_set_up_and_belongs_to_the_customer(shop: Shop) -> None:
    intent = open_intent(shop)
    assert (intent.status, intent.usage) == ("requires_payment_method", "off_session")
    assert intent.client_secret is not None
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    done = shop.client.v1.setup_intents.confirm(
        intent.id, {"payment_method": "pm_card_amex", "return_url": RETURN_URL}
    )
    assert done.status == "succeeded"
    card = shop.client.v1.payment_methods.retrieve(str(done.payment_method))
    assert (card.customer, card.card and card.card.brand) == (intent.customer, "amex")
    happened = {event.type for event in shop.client.v1.events.list({"limit": 4})}
    assert {"setup_intent.created", "payment_method.attached", "setup_intent.succeeded"} < happened


def test_a_declined_card_leaves_the_intent_open_with_the_reason(shop: Shop) -> None:
    intent = open_intent(shop)
    intents = shop.client.v1.setup_intents
    error = refused(
        lambda: intents.confirm(
            intent.id,
            {
                "payment_method": "pm_card_chargeDeclinedInsufficientFunds",
                "return_url": RETURN_URL,
            },
        ),
        stripe.CardError,
    )
    assert (error.http_status, error.code) == (402, "card_declined")
    assert error.error.decline_code == "insufficient_funds"
    assert error.error.setup_intent.id == intent.id
    after = intents.retrieve(intent.id)
    assert (after.status, after.payment_method) == ("requires_payment_method", None)
    assert after.last_setup_error is not None
    assert after.last_setup_error.decline_code == "insufficient_funds"
    assert shop.client.v1.payment_methods.list({"customer": str(intent.customer)}).data == []
    assert shop.client.v1.events.list({"type": "setup_intent.setup_failed"}).data
    again = intents.confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL})
    assert (again.status, again.last_setup_error) == ("succeeded", None)


def test_created_and_confirmed_in_one(shop: Shop) -> None:
    customer = shop.client.v1.customers.create()
    intent = shop.client.v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    assert intent.status == "succeeded"


def test_redirects_need_a_return_url(shop: Shop) -> None:
    intent = open_intent(shop)
    intents = shop.client.v1.setup_intents
    error = refused(lambda: intents.confirm(intent.id, {"payment_method": "pm_card_visa"}))
    assert error.param == "return_url"
    assert intents.retrieve(intent.id).status == "requires_payment_method"
    error = refused(
        lambda: intents.confirm(
            intent.id, {"payment_method": "pm_card_visa", "return_url": "javascript:alert(1)"}
        )
    )
    assert (error.code, error.param) == ("url_invalid", "return_url")


def test_a_return_url_makes_no_sense_without_confirm(shop: Shop) -> None:
    intents = shop.client.v1.setup_intents
    assert refused(lambda: intents.create({"return_url": RETURN_URL})).param == "return_url"


def test_states_are_guarded(shop: Shop) -> None:
    intents = shop.client.v1.setup_intents
    confirming = {"payment_method": "pm_card_visa", "return_url": RETURN_URL}
    intent = open_intent(shop)
    error = refused(lambda: intents.confirm(intent.id, {"return_url": RETURN_URL}))
    assert error.code == "setup_intent_unexpected_state"
    intents.confirm(intent.id, confirming)  # type: ignore[arg-type]
    for call in (
        lambda: intents.confirm(intent.id, confirming),  # type: ignore[arg-type]
        lambda: intents.cancel(intent.id),
        lambda: intents.update(intent.id, {"payment_method": "pm_card_visa"}),
    ):
        error = refused(call)
        assert (error.http_status, error.code) == (400, "setup_intent_unexpected_state")
        assert error.error.setup_intent.status == "succeeded"


def test_a_cancelled_intent_stays_so(shop: Shop) -> None:
    intents = shop.client.v1.setup_intents
    intent = open_intent(shop)
    cancelled = intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    confirming = {"payment_method": "pm_card_visa", "return_url": RETURN_URL}
    error = refused(lambda: intents.confirm(intent.id, confirming))  # type: ignore[arg-type]
    assert error.code == "setup_intent_unexpected_state"


def test_found_by_customer_and_changed(shop: Shop) -> None:
    intents = shop.client.v1.setup_intents
    intent = open_intent(shop)
    intents.update(intent.id, {"description": "Main card", "metadata": {"step": "2"}})
    [found] = intents.list({"customer": str(intent.customer)}).data
    assert (found.id, found.description) == (intent.id, "Main card")
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"organization": "1", "step": "2"}


def test_another_customers_card_is_refused(shop: Shop) -> None:
    _, card_of_charlie = shop.customer()
    intent = open_intent(shop)
    confirming = {"payment_method": card_of_charlie, "return_url": RETURN_URL}
    error = refused(lambda: shop.client.v1.setup_intents.confirm(intent.id, confirming))  # type: ignore[arg-type]
    assert (error.code, error.param) == ("resource_missing", "payment_method")
