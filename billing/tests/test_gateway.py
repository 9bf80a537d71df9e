"""What Stripe's refusals mean for us."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing import gateway
from billing.declines import in_words
from billing.tests.conftest import stripe_down
from didshop.tests.sandboxes import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def customer(sandbox: Sandbox) -> str:
    return gateway.create_customer(name="Alice's", reference="org-1")


def held(customer: str, card: str = "pm_card_visa", key: str = "k-1", amount: str = "5") -> Any:
    """Put a card on file and hold an amount on it."""
    return gateway.authorise(
        amount=Decimal(amount),
        currency="USD",
        customer_id=customer,
        card_id=gateway.attach_card(card, customer_id=customer).stripe_id,
        return_url="https://shop.example/",
        payment_id="p-1",
        key=key,
    )


CALLS: dict[str, Callable[[], Any]] = {
    "create_customer": lambda: gateway.create_customer(name="x", reference="x"),
    "attach_card": lambda: gateway.attach_card("pm_card_visa", customer_id="cus_1"),
    "fetch_card": lambda: gateway.fetch_card("pm_1"),
    "detach_card": lambda: gateway.detach_card("pm_1"),
    "start_setup": lambda: gateway.start_setup(customer_id="cus_1"),
    "finished_setup": lambda: gateway.finished_setup("seti_1"),
    "fetch_intent": lambda: gateway.fetch_intent("pi_1"),
    "find_intent": lambda: gateway.find_intent(customer_id="cus_1", payment_id="x"),
    "capture": lambda: gateway.capture("pi_1", amount=Decimal(1), key="x"),
    "cancel": lambda: gateway.cancel("pi_1", key="x"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_answer_is_an_unknown_outcome(call: Callable[[], Any], settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    settings.STRIPE_SECRET_KEY = "sk_test_nobody"
    with pytest.raises(gateway.OutcomeUnknown):
        call()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wrong_key_is_the_operators_to_mend(call: Callable[[], Any], settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(gateway.GatewayMisconfigured):
        call()


@pytest.mark.parametrize("kind", ["500", "429", "garbage"])
def test_trouble_of_stripes_own_is_an_unknown_outcome(sandbox: Sandbox, kind: str) -> None:
    stripe_down(sandbox, kind=kind)
    with pytest.raises(gateway.OutcomeUnknown):
        gateway.fetch_intent("pi_1")


def test_what_is_not_there_is_refused(customer: str) -> None:
    for call in (
        lambda: gateway.fetch_card("pm_none"),
        lambda: gateway.fetch_intent("pi_none"),
        lambda: gateway.capture("pi_none", amount=Decimal(1), key="x"),
        lambda: gateway.attach_card("pm_none", customer_id=customer),
        lambda: gateway.finished_setup("seti_none"),
    ):
        with pytest.raises(gateway.Refused) as refusal:
            call()
        assert refusal.value.code == "resource_missing"
    gateway.detach_card("pm_none")
    assert gateway.find_intent(customer_id=customer, payment_id="p-1") is None


def test_a_step_that_the_state_does_not_allow_is_refused(customer: str) -> None:
    intent = held(customer)
    gateway.capture(intent.id, amount=Decimal(5), key="k-2")
    with pytest.raises(gateway.Refused) as refusal:
        gateway.cancel(intent.id, key="k-3")
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_a_decline_says_why_and_which_intent(customer: str) -> None:
    with pytest.raises(gateway.CardDeclined) as decline:
        held(customer, "pm_card_chargeCustomerFail")
    assert decline.value.code == "generic_decline"
    intent = gateway.fetch_intent(decline.value.intent_id)
    assert (intent.status, intent.error_code) == ("requires_payment_method", "generic_decline")


def test_amounts_go_and_come_in_the_main_unit(customer: str) -> None:
    intent = held(customer, amount="12.34")
    assert (intent.status, intent.amount, intent.received) == (
        "requires_capture",
        Decimal("12.34"),
        Decimal("0.00"),
    )
    taken = gateway.capture(intent.id, amount=Decimal("1.07"), key="k-2")
    assert (taken.status, taken.received) == ("succeeded", Decimal("1.07"))


def test_the_same_key_is_the_same_call(customer: str) -> None:
    assert gateway.create_customer(name="Alice's", reference="org-1") == customer
    card = gateway.attach_card("pm_card_visa", customer_id=customer).stripe_id
    how: dict[str, Any] = {
        "currency": "USD",
        "customer_id": customer,
        "card_id": card,
        "return_url": "https://shop.example/",
        "payment_id": "p-1",
        "key": "k-1",
    }
    first = gateway.authorise(amount=Decimal(5), **how)
    assert gateway.authorise(amount=Decimal(5), **how).id == first.id
    with pytest.raises(gateway.Refused):
        gateway.authorise(amount=Decimal(6), **how)
    assert gateway.find_intent(customer_id=customer, payment_id="p-1").id == first.id  # type: ignore[union-attr]


def test_the_bank_is_named_where_it_asks(customer: str, sandbox: Sandbox) -> None:
    intent = held(customer, "pm_card_threeDSecure2Required")
    assert intent.status == "requires_action"
    assert intent.action_url.startswith(sandbox.url)


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "fraudulent", "pickup_card", "", "x"])
def test_what_a_bank_suspects_is_not_told(code: str) -> None:
    assert in_words(code) == "The card was declined. Use another card, or ask your bank."
