"""Placing an order: everything is written in one transaction, and nobody outside is called."""

import secrets
from collections.abc import Sequence
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.entrance import confirming
from accounts.models import Organization, User
from billing import payments
from billing.models import PaymentMethod
from dids import lifecycle
from dids.models import Number
from didshop.addresses import public_url
from didshop.errors import Conflict, Forbidden, Invalid
from didshop.fields import new_id
from didshop.idempotency import Claim
from didshop.transitions import record_start
from orders.models import Order, OrderLine
from orders.provisioning import wake_for
from orders.quotes import Item, QuotedItem, quote_items

log = structlog.get_logger(__name__)

MOST_LINES = 10
# No letters that look like digits.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def place(
    *,
    organization: Organization,
    user: User,
    items: Sequence[Item],
    method: PaymentMethod,
    claim: Claim | None = None,
) -> Order:
    """Place an order for up to ten numbers, to be paid by `method`, and wake the worker.

    A number that is gone becomes a line that has failed and costs nothing; Conflict if none can
    be had. Other obstacles (see `quote_items`) refuse the order, as does Forbidden
    EMAIL_NOT_CONFIRMED where the shop asks for a confirmed address. The quotes may need one
    look-up at the carrier; nothing else outside is called. An idempotency key's `claim` learns
    in the same transaction which order it made.
    """
    _check_buyer(user)
    _check_items(items)
    _check_claims(organization, len(items))
    quote = quote_items(items)
    if not quote.offers:
        raise _none_left(quote.items)
    with transaction.atomic():
        order = _write(organization, user, quote.items, method)
        if claim:
            claim.keep(str(order.pk))
        wake_for(order.pk)
    log.info("order_placed", order=str(order.pk), lines=len(items), total=str(order.total_amount))
    return order


def _check_buyer(user: User) -> None:
    if confirming.waits(user):
        raise Forbidden(
            "Confirm your e-mail address first: open the link that we have mailed you, or have "
            "it mailed again. Nothing was ordered or charged.",
            code="EMAIL_NOT_CONFIRMED",
        )


def _check_items(items: Sequence[Item]) -> None:
    if not 1 <= len(items) <= MOST_LINES:
        raise Invalid(f"An order has 1 to {MOST_LINES} numbers; this one has {len(items)}.")
    if len({item.phone_number for item in items}) < len(items):
        raise Invalid("A number stands in the order twice. Name each number once.")


def _check_claims(organization: Organization, wanted: int) -> None:
    """Nobody keeps more numbers from others, by orders that wait, than one may buy at a time."""
    claimed = Number.objects.of(organization).filter(status=Number.Status.PENDING).count()
    if claimed + wanted > settings.MOST_CLAIMS:
        raise Conflict(
            f"{claimed} numbers of yours are being bought already, and at most "
            f"{settings.MOST_CLAIMS} can be at a time. Wait until those orders have ended.",
            code="TOO_MANY_CLAIMS",
        )


def _write(
    organization: Organization, user: User, items: Sequence[QuotedItem], method: PaymentMethod
) -> Order:
    claims = _claim_all(organization, user, items)
    lines = [
        _line(position, quoted, claims[quoted.item.phone_number])
        for position, quoted in enumerate(items)
    ]
    total = sum((line.first_charge for line in lines if line.number), Decimal(0))
    if not total:
        raise _none_left([QuotedItem(quoted.item, problem=_taken()) for quoted in items])
    order = _order(organization, user, method, total)
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    for line in lines:
        record_start(line, actor=user, reason=line.error)
    return order


def _claim_all(
    organization: Organization, user: User, items: Sequence[QuotedItem]
) -> dict[str, Number | None]:
    """Our claim on each number, by its digits.

    They are laid in the order of the digits: two customers who want the same numbers wait for
    each other at the first of them, and never both for one that the other has.
    """
    in_order = sorted(items, key=lambda quoted: quoted.item.phone_number)
    return {quoted.item.phone_number: _claim(organization, user, quoted) for quoted in in_order}


def _claim(organization: Organization, user: User, quoted: QuotedItem) -> Number | None:
    """Our claim on the number, or None where it cannot be had any more."""
    if quoted.offer is None:
        return None
    item = quoted.item
    try:
        with transaction.atomic():
            return lifecycle.claim(
                organization=organization,
                user=user,
                offer=quoted.offer,
                friendly_name=item.friendly_name,
                voice_url=item.voice_url,
                voice_method=item.voice_method,
                status_callback=item.status_callback,
            )
    except Conflict:
        return None


def _line(position: int, quoted: QuotedItem, claim: Number | None) -> OrderLine:
    """The line of an item: waiting if we could claim its number, else failed from the start."""
    line = OrderLine(
        position=position,
        phone_number=quoted.item.phone_number,
        number=claim,
        offer=quoted.offer.to_dict() if quoted.offer else {},
        setup_price=quoted.offer.price.setup if quoted.offer else 0,
        monthly_price=quoted.offer.price.monthly if quoted.offer else 0,
    )
    if claim is None:
        problem = quoted.problem or _taken()
        line.status = OrderLine.Status.FAILED
        line.error, line.error_code = problem.message, problem.code
    return line


def _order(organization: Organization, user: User, method: PaymentMethod, total: Decimal) -> Order:
    order_id = new_id()
    payment = payments.create(
        method=method,
        amount=total,
        currency=settings.CURRENCY,
        reference=f"order-{order_id}",
        return_url=public_url(reverse("orders:detail", args=[order_id])),
        actor=user,
    )
    order = Order.objects.create(
        id=order_id,
        organization=organization,
        placed_by=user,
        order_number=_order_number(),
        total_amount=total,
        currency=settings.CURRENCY,
        payment=payment,
    )
    record_start(order, actor=user)
    return order


def _order_number() -> str:
    """Such as 261122-K7QXM4: the day, and enough chance that two never meet."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return f"{timezone.now():%y%m%d}-{tail}"


def _none_left(items: Sequence[QuotedItem]) -> Conflict:
    """None of the numbers can be had: say so for each."""
    details = [
        {"field": quoted.item.phone_number, "message": quoted.problem.message}
        for quoted in items
        if quoted.problem
    ]
    sentence = "None of these numbers can be bought any more. Search again for others."
    if len(details) == 1:
        sentence = details[0]["message"]
    return Conflict(sentence, code="NUMBER_NOT_AVAILABLE", details=details)


def _taken() -> Conflict:
    return Conflict("Somebody else is buying this number.", code="NUMBER_TAKEN")
