"""An order from its placing to its end, on the sandbox, over HTTP."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Payment
from dids.models import Number
from didshop.dates import months_after
from didshop.errors import Conflict, Invalid
from orders.models import Order, OrderLine
from orders.provisioning import advance
from orders.tests.conftest import expire_leases

pytestmark = pytest.mark.django_db(transaction=True)

BUY = {"service": "twilio", "method": "POST", "path": "IncomingPhoneNumbers"}


def payments_at_stripe(sandbox) -> list[dict]:
    return sandbox.state()["payments"]


def owned_at_carrier(sandbox) -> list[str]:
    return sorted(number["phone_number"] for number in sandbox.state()["numbers"])


def test_all_numbers_go_live_and_are_charged(shopper, numbers, sandbox):
    order = shopper.buys(*numbers[:3])

    assert order.status == Order.Status.COMPLETED
    assert owned_at_carrier(sandbox) == sorted(numbers[:3])
    live = Number.objects.of(shopper.organization)
    assert {number.status for number in live} == {Number.Status.ACTIVE}
    assert {number.paid_through for number in live} == {months_after(timezone.now().date(), 1)}
    [payment] = payments_at_stripe(sandbox)
    assert payment["captured"] == int(order.total_amount * 100) > 0
    assert order.payment.captured_amount == order.total_amount
    assert order.completed_at is not None


def test_nothing_outside_is_called_while_an_order_is_placed(shopper, numbers, sandbox):
    shopper.gives_card()
    sandbox.fault(service="twilio", method="POST", path="/", side="before", kind="500", count=99)
    sandbox.fault(service="stripe", method="POST", path="/", side="before", kind="500", count=99)

    order = shopper.places(*numbers[:2])

    assert order.status == Order.Status.PENDING
    assert order.payment.status == Payment.Status.CREATED
    assert payments_at_stripe(sandbox) == []


def test_one_sold_out_of_three_is_not_charged(shopper, numbers, sandbox):
    order = shopper.places(*numbers[:3])
    sandbox.sold_elsewhere(numbers[1])

    order = advance(order.pk)

    assert order.status == Order.Status.PARTIAL
    first, gone, third = order.lines.order_by("position")
    assert (first.status, gone.status, third.status) == ("ACTIVE", "FAILED", "ACTIVE")
    assert gone.error_code == "NUMBER_NOT_AVAILABLE"
    assert "not charged" in gone.error
    [payment] = payments_at_stripe(sandbox)
    delivered = first.first_charge + third.first_charge
    assert payment["captured"] == int(delivered * 100)
    assert order.payment.captured_amount == delivered < order.total_amount
    assert not Number.objects.filter(phone_number=numbers[1]).exists()


def test_all_sold_out_gives_the_hold_back(shopper, numbers, sandbox):
    order = shopper.places(*numbers[:2])
    for number in numbers[:2]:
        sandbox.sold_elsewhere(number)

    order = advance(order.pk)

    assert order.status == Order.Status.FAILED
    assert order.payment.status == Payment.Status.CANCELLED
    [payment] = payments_at_stripe(sandbox)
    assert (payment["status"], payment["captured"]) == ("canceled", 0)


@pytest.mark.parametrize("kind", ["timeout", "reset", "500", "garbage"])
def test_a_number_sold_with_its_answer_lost_is_adopted(kind, shopper, numbers, sandbox, settings):
    settings.TWILIO_TIMEOUT_SECONDS = 0.5
    order = shopper.places(numbers[0])
    sandbox.fault(**BUY, side="after", kind=kind, count=1, seconds=2)

    order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    line = order.lines.get()
    assert line.attempts == 1
    assert owned_at_carrier(sandbox) == [numbers[0]]
    assert [row.new for row in line.transitions] == ["PENDING", "BUYING", "UNKNOWN", "ACTIVE"]


def test_an_answer_lost_before_the_sale_is_tried_once_more(shopper, numbers, sandbox):
    order = shopper.places(numbers[0])
    sandbox.fault(**BUY, side="before", kind="reset", count=1)

    order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    assert order.lines.get().attempts == 2
    assert owned_at_carrier(sandbox) == [numbers[0]]


def test_after_two_lost_answers_a_person_looks(shopper, numbers, sandbox):
    order = shopper.places(numbers[0])
    sandbox.fault(**BUY, side="before", kind="reset", count=2)

    order = advance(order.pk)

    line = order.lines.get()
    assert line.status == OrderLine.Status.NEEDS_REVIEW
    assert order.status == Order.Status.FAILED
    assert payments_at_stripe(sandbox)[0]["captured"] == 0
    # Nobody else can be sold it before a person has looked.
    assert Number.objects.get(phone_number=numbers[0]).status == Number.Status.PENDING


def test_a_busy_carrier_is_asked_again(shopper, numbers, sandbox, monkeypatch):
    monkeypatch.setattr("orders.buying.BUSY_PAUSES", (0.01, 0.01))
    monkeypatch.setattr("orders.buying.LONGEST_PAUSE", 0.01)
    order = shopper.places(numbers[0])
    sandbox.fault(**BUY, side="before", kind="429", count=2)

    order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    assert order.lines.get().attempts == 1


def test_a_carrier_that_stays_busy_fails_the_line_uncharged(shopper, numbers, sandbox, monkeypatch):
    monkeypatch.setattr("orders.buying.BUSY_PAUSES", (0.01,))
    monkeypatch.setattr("orders.buying.LONGEST_PAUSE", 0.01)
    order = shopper.places(numbers[0])
    sandbox.fault(**BUY, side="before", kind="429", count=50)

    order = advance(order.pk)

    assert order.status == Order.Status.FAILED
    assert order.lines.get().error_code == "CARRIER_BUSY"
    assert payments_at_stripe(sandbox)[0]["captured"] == 0


def test_a_declined_card_buys_nothing(shopper, numbers, sandbox):
    shopper.gives_card("pm_card_chargeCustomerFail")

    order = shopper.buys(*numbers[:2])

    assert order.status == Order.Status.FAILED
    assert order.payment.status == Payment.Status.FAILED
    assert "declined" in order.payment.error
    assert {line.status for line in order.lines.all()} == {"CANCELLED"}
    assert owned_at_carrier(sandbox) == []
    assert not Number.objects.exists()


def test_a_worker_that_dies_while_buying_is_made_up_for(shopper, numbers, sandbox):
    """The line is left BUYING with the number sold: the next one finds it and adopts it."""
    order = shopper.places(*numbers[:2])

    def dies(*args, **kwargs):
        raise SystemExit("killed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.buying._deliver", dies)
        with pytest.raises(SystemExit):
            advance(order.pk)
    assert {line.status for line in order.lines.all()} == {"BUYING"}
    advance(order.pk)
    assert {line.status for line in order.lines.all()} == {"BUYING"}, "the lease is still good"
    expire_leases()

    order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    assert owned_at_carrier(sandbox) == sorted(numbers[:2])
    assert {line.attempts for line in order.lines.all()} == {1}


def test_advancing_an_ended_order_does_nothing(shopper, numbers, sandbox):
    order = shopper.buys(numbers[0])
    before = list(order.transitions)

    advance(order.pk)

    assert list(order.transitions) == before
    assert len(payments_at_stripe(sandbox)) == 1


def test_stripe_losing_its_answers_holds_and_charges_once(shopper, numbers, sandbox):
    shopper.gives_card()
    order = shopper.places(numbers[0])
    for path in ("/v1/payment_intents", "*/capture"):
        sandbox.fault(
            service="stripe", method="POST", path=path, side="after", kind="reset", count=1
        )

    order = advance(order.pk)
    if order.is_open:
        order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    [payment] = payments_at_stripe(sandbox)
    assert payment["captured"] == int(order.total_amount * 100)


def test_a_number_can_be_in_one_live_order_only(shopper, numbers):
    shopper.places(numbers[0])

    with pytest.raises(Conflict):
        shopper.places(numbers[0])

    assert Order.objects.count() == 1


def test_a_line_that_is_taken_does_not_spoil_the_others(shopper, numbers):
    shopper.places(numbers[0])

    order = shopper.places(numbers[0], numbers[1])

    taken, free = order.lines.order_by("position")
    assert (taken.status, free.status) == ("FAILED", "PENDING")
    assert order.total_amount == order.payment.amount == free.first_charge


def test_an_order_names_each_number_once_and_ten_at_most(shopper, numbers):
    with pytest.raises(Invalid):
        shopper.places(numbers[0], numbers[0])
    with pytest.raises(Invalid):
        shopper.places(*numbers, "+14155550100")
    with pytest.raises(Invalid):
        shopper.places()
    assert Order.objects.count() == 0


def test_the_total_is_what_the_lines_cost(shopper, numbers):
    order = shopper.places(*numbers[:4])

    assert order.total_amount == sum(line.first_charge for line in order.lines.all())
    assert order.total_amount > Decimal(0)


@pytest.mark.parametrize("side", ["before", "after"])
def test_an_authorisation_that_cannot_be_read_is_asked_for_again(side, shopper, numbers, sandbox):
    """A 200 that is no JSON says nothing: the hold may stand, so it is neither lost nor doubled."""
    shopper.gives_card()
    order = shopper.places(numbers[0])
    path = "/v1/payment_intents"
    sandbox.fault(service="stripe", method="POST", path=path, side=side, kind="garbage", count=1)

    order = advance(order.pk)
    if order.is_open:
        order = advance(order.pk)

    assert order.status == Order.Status.COMPLETED
    [payment] = payments_at_stripe(sandbox)
    assert payment["captured"] == int(order.total_amount * 100)
