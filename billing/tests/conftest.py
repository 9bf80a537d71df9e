"""Alice's organisation and what it pays with, on the sandbox."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization, User
from billing import payments
from billing.cards import add_card
from billing.models import Payment, PaymentMethod
from didshop.fields import new_id
from didshop.tests.sandboxes import Sandbox

CardAdder = Callable[..., PaymentMethod]


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's SDK tries again as often as ever, but at once."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)


@pytest.fixture
def home(alice: User) -> Organization:
    """Alice's organisation."""
    return alice.organizations.get()


@pytest.fixture
def add(sandbox: Sandbox, alice: User, home: Organization) -> CardAdder:
    """Puts a card on Alice's file."""

    def adding(payment_method_id: str = "pm_card_visa") -> PaymentMethod:
        return add_card(home, payment_method_id, actor=alice)

    return adding


@pytest.fixture
def pay(add: CardAdder, alice: User) -> Callable[..., Payment]:
    """Writes down the intent to hold an amount on a new card."""

    def paying(payment_method_id: str = "pm_card_visa", amount: str = "4.50") -> Payment:
        return payments.create(
            method=add(payment_method_id),
            amount=Decimal(amount),
            currency="USD",
            reference=f"order-{new_id()}",
            return_url="https://shop.example/orders/1/",
            actor=alice,
        )

    return paying


def stripe_down(sandbox: Sandbox, **how: Any) -> None:
    """Stripe answers nothing but trouble."""
    fault = {"service": "stripe", "method": "", "path": "/v1/", "side": "before", "kind": "500"}
    sandbox.fault(**{**fault, "count": 99, **how})
