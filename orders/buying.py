"""Buying the lines of an order at the carrier, each exactly once.

A line is claimed (BUYING, until `claimed_until`) before the carrier is asked. An answer that is
lost makes it UNKNOWN; then the carrier's inventory is looked up, and the number adopted if it
is there under our reference. If it is not, we try once more; after that a person looks at it.

`attempts` tells one claim from the next: a worker that comes back late, to a line that another
has taken over since, may deliver it but not fail it, lose it or buy it again.
"""

import contextvars
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from dids import configuration, lifecycle
from dids.models import Number
from didshop.dates import months_after
from didshop.errors import Conflict
from didshop.transitions import move
from orders.models import Order, OrderLine
from telephony import carrier

log = structlog.get_logger(__name__)

Status = OrderLine.Status
MOST_ATTEMPTS = 2
# How often a carrier that is too busy is asked again, with growing pauses (seconds).
BUSY_PAUSES = (0.5, 1.0, 2.0, 4.0)
LONGEST_PAUSE = 5.0
# An outcome that nobody can tell us for so long is for a person.
LOOK_UP_FOR = timedelta(minutes=30)

TAKEN = "Somebody else bought this number first. It was not charged."
NOT_SOLD = "The carrier does not sell this number. It was not charged."
OUR_FAULT = "We could not buy this number because of a fault on our side. It was not charged."
BUSY = "The carrier was too busy to sell this number. It was not charged; try it again."
NEEDS_PAPERWORK = "The carrier asks for an address or papers for this number. It was not charged."


def reference_of(line: OrderLine) -> str:
    """The name that the number gets at the carrier, by which we know it again."""
    return f"didshop {line.pk}"


def buy_lines(order: Order) -> None:
    """Buy every line that can be worked on now, all at the same time."""
    now = timezone.now()
    waiting = order.lines.filter(
        Q(status__in=(Status.PENDING, Status.UNKNOWN))
        | Q(status=Status.BUYING, claimed_until__lt=now)
    )
    ids = list(waiting.values_list("pk", flat=True))
    if len(ids) == 1:
        _buy(ids[0])
    elif ids:
        with ThreadPoolExecutor(settings.CARRIER_CONCURRENCY) as pool:
            for done in [pool.submit(_in_thread(_buy), line_id) for line_id in ids]:
                done.result()


def give_up_waiting(order: Order, *, reason: str, code: str) -> None:
    """Cancel the lines that nobody has begun to buy, and free their numbers."""
    for line in order.lines.filter(status=Status.PENDING):
        end_undelivered(line, Status.CANCELLED, error=reason, code=code)


def end_undelivered(
    line: OrderLine, to: str, *, error: str, code: str = "", actor: User | None = None
) -> bool:
    """End a line without its number, and free the number for others."""
    claim = line.number
    with transaction.atomic():
        ended = _move_claim(
            line,
            to,
            reason=error,
            actor=actor,
            error=error,
            error_code=code,
            number=None,
        )
        if ended and claim is not None:
            lifecycle.unclaim(claim)
    return ended


def _in_thread(work: Callable[[UUID], None]) -> Callable[[UUID], None]:
    """`work` for a thread: with the log's context, and giving its connection back."""
    context = contextvars.copy_context()

    def run(line_id: UUID) -> None:
        try:
            context.copy().run(work, line_id)
        finally:
            connection.close()

    return run


def _buy(line_id: UUID) -> None:
    line = OrderLine.objects.select_related("number", "order__placed_by").get(pk=line_id)
    with structlog.contextvars.bound_contextvars(line=str(line.pk)):
        if line.status == Status.BUYING and not _take_over(line):
            return
        if line.status == Status.UNKNOWN:
            _resolve(line)
        elif line.status == Status.PENDING:
            _attempt(line)


def _take_over(line: OrderLine) -> bool:
    """Whether the line's worker is overdue, and we are the one who looks after it now."""
    is_overdue = line.claimed_until is None or line.claimed_until < timezone.now()
    return is_overdue and _lost(line, "The worker did not come back.")


def _attempt(line: OrderLine) -> None:
    """Claim the line, ask the carrier for the number, and write down what became of it."""
    until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    if not _move_claim(line, Status.BUYING, claimed_until=until, attempts=line.attempts + 1):
        return
    try:
        owned = _ask_carrier(line)
    except carrier.OutcomeUnknown as error:
        log.warning("purchase_outcome_unknown", error=str(error))
        if _lost(line, "The carrier gave no clear answer. We look the number up."):
            _resolve(line)
    except carrier.NumberUnavailable:
        _unavailable(line)
    except carrier.CarrierRefused as error:
        log.error("purchase_refused", code=error.code, error=str(error))
        if _lost(line, f"The carrier refused with a code that we do not know ({error.code})."):
            _resolve(line, try_again=False)
    except carrier.CarrierError as error:
        _refused(line, error)
    else:
        _deliver(line, owned)


def _ask_carrier(line: OrderLine) -> carrier.OwnedNumber:
    """Buy; where the carrier is too busy to have heard us, ask again after a pause."""
    wanted = configuration.settings_for(_claim_of(line))
    # Ten lines that wait for the carrier must not keep ten connections from everybody else.
    if not connection.in_atomic_block:  # only a test's own transaction is open here
        connection.close()
    for pause in (*BUSY_PAUSES, None):
        try:
            return carrier.buy(line.phone_number, reference=reference_of(line), settings=wanted)
        except carrier.CarrierBusy as busy:
            if pause is None:
                raise
            time.sleep(min(busy.retry_after or 0, LONGEST_PAUSE) + pause * random.random())  # noqa: S311
    raise AssertionError("unreachable: the last pause raises or returns")


def _unavailable(line: OrderLine) -> None:
    """Sold to somebody else; but after a lost answer, perhaps to ourselves."""
    if line.attempts > 1:
        try:
            owned = carrier.find_owned(line.phone_number)
        except carrier.CarrierError:
            _lost(line, "The carrier says that it is gone. We look whether to us.")
            return
        if owned is not None and _is_ours(line, owned):
            _deliver(line, owned)
            return
    end_undelivered(line, Status.FAILED, error=TAKEN, code="NUMBER_NOT_AVAILABLE")


def _refused(line: OrderLine, error: carrier.CarrierError) -> None:
    sentence, code = OUR_FAULT, "CARRIER_ACCOUNT"
    match error:
        case carrier.InvalidNumber():
            sentence, code = NOT_SOLD, "NUMBER_INVALID"
        case carrier.RequirementUnmet():
            sentence, code = NEEDS_PAPERWORK, "REQUIREMENT_UNMET"
        case carrier.CarrierBusy():
            sentence, code = BUSY, "CARRIER_BUSY"
        case _:
            log.error("carrier_misconfigured", code=error.code, error=str(error))
    end_undelivered(line, Status.FAILED, error=sentence, code=code)


def _move_claim(line: OrderLine, to: str, **fields: Any) -> bool:
    """`move`, but only where the line stands at the attempt that we know of."""
    with transaction.atomic():
        known = OrderLine.objects.filter(pk=line.pk, attempts=line.attempts)
        # This locks the row and changes nothing.
        return bool(known.update(attempts=line.attempts)) and move(line, to, **fields)


def _lost(line: OrderLine, reason: str) -> bool:
    """From BUYING to UNKNOWN. False if somebody else has moved the line since."""
    return _move_claim(line, Status.UNKNOWN, reason=reason, claimed_until=None)


def _resolve(line: OrderLine, *, try_again: bool = True) -> None:
    """Look up whether the number is ours by now: adopt it, try once more, or ask a person."""
    try:
        owned = carrier.find_owned(line.phone_number)
    except carrier.CarrierError as error:
        log.warning("look_up_failed", error=str(error))
        if timezone.now() - line.updated_at > LOOK_UP_FOR:
            _ask_person(line, "The carrier could not tell whether it sold this number.")
        return
    if owned is not None and _is_ours(line, owned):
        _deliver(line, owned)
    elif owned is not None:
        _ask_person(line, "The number is in the carrier account under another name.")
    elif try_again and line.attempts < MOST_ATTEMPTS:
        _attempt(line)
    elif try_again:
        _ask_person(line, "The carrier did not sell this number in two attempts.")
    else:
        _ask_person(line, "The carrier refused, and the number is not in its account.")


def _is_ours(line: OrderLine, owned: carrier.OwnedNumber) -> bool:
    """Whether this line bought it, and no other number of ours claims it."""
    claimed = Number.objects.filter(twilio_sid=owned.sid).exclude(pk=_claim_of(line).pk)
    return owned.friendly_name == reference_of(line) and not claimed.exists()


def _ask_person(line: OrderLine, reason: str) -> None:
    sentence = f"{reason} A person looks at it; it is not charged."
    fields = {"error": sentence, "error_code": "NEEDS_REVIEW"}
    if _move_claim(line, Status.NEEDS_REVIEW, reason=reason, **fields):
        log.error("line_needs_review", reason=reason)


def _deliver(line: OrderLine, owned: carrier.OwnedNumber) -> None:
    """The number is bought: it goes live and the line with it, together."""
    try:
        _go_live(line, owned)
    except Conflict as conflict:
        log.error("delivery_conflict", error=conflict.message)
        line.refresh_from_db()
        if line.status == Status.UNKNOWN or _lost(line, conflict.message):
            _ask_person(line, conflict.message)


def _go_live(line: OrderLine, owned: carrier.OwnedNumber) -> None:
    with transaction.atomic():
        delivered = move(
            line,
            Status.ACTIVE,
            reason="The number is live.",
            claimed_until=None,
            error="",
            error_code="",
        )
        if delivered:
            lifecycle.activate(
                _claim_of(line),
                owned=owned,
                paid_through=months_after(timezone.now().date(), 1),
                reason=f"Bought with order {line.order.order_number}.",
            )


def _claim_of(line: OrderLine) -> Number:
    if line.number is None:
        raise AssertionError(f"line {line.pk} lost its claim on the number")
    return line.number
