"""A customer who can buy, the numbers that the carrier has, and what must hold in the end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization, User
from billing.cards import add_card
from billing.models import PaymentMethod
from dids.criteria import Criteria
from dids.search import search
from didshop.tests.sandboxes import Sandbox
from orders.models import Order, OrderLine
from orders.placing import place
from orders.provisioning import advance
from orders.quotes import Item
from orders.tests.invariants import check_invariants


@pytest.fixture(autouse=True)
def _invariants(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that plays with the sandbox, all must add up."""
    if "sandbox" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    sandbox: Sandbox = request.getfixturevalue("sandbox")
    yield
    check_invariants(sandbox)


def expire_leases() -> None:
    """As if the worker that took the lines had been dead for a while."""
    long_ago = timezone.now() - timedelta(hours=1)
    OrderLine.objects.filter(status="BUYING").update(claimed_until=long_ago)


class Shopper:
    """Alice with a card on file, who places orders through the verbs."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.organization: Organization = user.organizations.get()
        self.card: PaymentMethod | None = None

    def gives_card(self, payment_method_id: str = "pm_card_visa") -> PaymentMethod:
        self.card = add_card(self.organization, payment_method_id, actor=self.user)
        return self.card

    def places(self, *numbers: str) -> Order:
        return place(
            organization=self.organization,
            user=self.user,
            items=[Item(number) for number in numbers],
            method=self.card or self.gives_card(),
        )

    def buys(self, *numbers: str) -> Order:
        order = advance(self.places(*numbers).pk)
        order.refresh_from_db()
        return order


@pytest.fixture
def shopper(sandbox, alice) -> Shopper:
    return Shopper(alice)


@pytest.fixture
def numbers(sandbox, db) -> list[str]:
    """Ten numbers that the carrier offers in 415, quoted by us."""
    found = search(Criteria(country_code="US", number_type="LOCAL", area_code="415", limit=10))
    return [offer.phone_number for offer in found.offers]


@pytest.fixture
def card(shopper: Shopper) -> PaymentMethod:
    """The card that Alice has on file."""
    return shopper.gives_card()
