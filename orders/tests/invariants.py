"""What must hold of orders, numbers and money whatever has happened, here and outside."""

from decimal import Decimal

from billing.models import Payment
from dids.models import Number
from didshop.models import Transition
from didshop.money import to_minor
from didshop.tests.sandboxes import Sandbox
from didshop.transitions import Stateful
from orders.models import Order, OrderLine

# With the carrier: bought and not given back.
OWNED = (Number.Status.ACTIVE, Number.Status.SUSPENDED, Number.Status.RELEASING)
# Of these nobody knows yet whether the carrier has sold their number to us.
IN_THE_AIR = (OrderLine.Status.BUYING, OrderLine.Status.UNKNOWN, OrderLine.Status.NEEDS_REVIEW)


def check_invariants(sandbox: Sandbox) -> None:
    """Compare orders, lines, numbers and payments with each other, Twilio and Stripe."""
    state = sandbox.state()
    orders = list(Order.objects.select_related("payment").prefetch_related("lines__number"))
    for order in orders:
        check_total(order)
        if not order.is_open:
            check_ending(order)
    check_claims()
    check_carrier(state["numbers"])
    check_stripe(state["payments"])
    for kind in (Order, OrderLine, Payment, Number):
        for subject in kind._default_manager.all():
            check_story(subject)


def check_ended(order: Order) -> None:
    """The order has come to its end."""
    order.refresh_from_db()
    assert not order.is_open, f"order {order} is still {order.status}"


def delivered(order: Order) -> Decimal:
    """What the delivered lines of the order cost."""
    lines = order.lines.filter(status=OrderLine.Status.ACTIVE)
    return sum((line.first_charge for line in lines), Decimal(0))


def check_total(order: Order) -> None:
    """The order asks for what its lines cost, those left out that failed from the start."""
    lines = [line for line in order.lines.all() if line.transitions[0].new != "FAILED"]
    asked = sum((line.first_charge for line in lines), Decimal(0))
    assert order.total_amount == order.payment.amount == asked


def check_ending(order: Order) -> None:
    """An ended order has ended in all its parts, and charged what it delivered."""
    lines = list(order.lines.all())
    assert {line.status for line in lines} <= OrderLine.ENDED
    assert order.payment.status in Payment.ENDED
    assert order.payment.captured_amount == delivered(order)
    live = sum(line.status == OrderLine.Status.ACTIVE for line in lines)
    endings = {0: {"FAILED", "CANCELLED"}, len(lines): {"COMPLETED"}}
    assert order.status in endings.get(live, {"PARTIAL"})
    assert order.completed_at is not None


def check_claims() -> None:
    """A number is claimed only by a line that is open or that a person looks at."""
    for number in Number.objects.filter(status=Number.Status.PENDING):
        line = OrderLine.objects.get(number=number)
        is_open = line.status not in OrderLine.ENDED
        assert is_open or line.status == OrderLine.Status.NEEDS_REVIEW, line
    for line in OrderLine.objects.filter(status__in=["FAILED", "CANCELLED"]):
        assert line.number is None
    for line in OrderLine.objects.filter(status=OrderLine.Status.ACTIVE):
        assert line.number is not None
        assert line.number.phone_number == line.phone_number
        assert line.number.status in (*OWNED, Number.Status.RELEASED)


def check_carrier(at_carrier: list[dict[str, str]]) -> None:
    """The carrier's inventory is ours, but for numbers whose purchase is in the air."""
    owned = sorted(number["phone_number"] for number in at_carrier)
    assert len(set(owned)) == len(owned), "a number was bought twice"
    in_the_air = set(
        OrderLine.objects.filter(status__in=IN_THE_AIR).values_list("phone_number", flat=True)
    )
    ours = dict(Number.objects.filter(status__in=OWNED).values_list("phone_number", "twilio_sid"))
    sids = {number["phone_number"]: number["sid"] for number in at_carrier}
    assert {number: sid for number, sid in sids.items() if number not in in_the_air} == ours


def check_stripe(at_stripe: list[dict[str, object]]) -> None:
    """Stripe holds and has taken what our payments say, and nothing besides."""
    payments = {str(payment.pk): payment for payment in Payment.objects.select_related("order")}
    seen: list[str] = []
    for intent in at_stripe:
        metadata = intent["metadata"]
        assert isinstance(metadata, dict)
        payment = payments[metadata["payment"]]
        seen.append(metadata["payment"])
        if payment.status in Payment.ENDED:
            assert intent["held"] == 0, "an authorisation is left open"
            assert intent["captured"] == to_minor(payment.captured_amount)
            assert intent["refunded"] == 0
    assert len(set(seen)) == len(seen), "a payment was authorised twice"


def check_story(subject: Stateful) -> None:
    """Every change of status has its row, from the first status to the one it has now."""
    rows = list(Transition.objects.filter(subject_id=subject.pk).order_by("id"))
    assert {row.subject_kind for row in rows} == {subject.KIND}
    assert [row.old for row in rows] == ["", *(row.new for row in rows[:-1])]
    assert rows[-1].new == subject.status
