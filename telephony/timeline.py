"""One call with its story: what happened to it and to each phone that was rung, in order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import Organization
from didshop.errors import NotFound
from didshop.models import Transition
from telephony.models import CallLog


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. `detail` may be empty."""

    at: datetime
    label: str
    detail: str


def find(organization: Organization, call_id: UUID) -> CallLog:
    """The organisation's call with its number and, in the order they rang, its legs.

    NotFound CALL_NOT_FOUND if it has no such call; a leg is found under its call only.
    """
    legs = Prefetch("legs", CallLog.objects.select_related("number").order_by("id"))
    calls = CallLog.objects.of(organization).select_related("number").prefetch_related(legs)
    call = calls.filter(pk=call_id).first()
    if call is None:
        raise NotFound("There is no such call.", code="CALL_NOT_FOUND")
    return call


def timeline(call: CallLog) -> list[Moment]:
    """Every change of the call and of its legs, oldest first."""
    calls = {each.pk: each for each in (call, *call.legs.all())}
    transitions = Transition.objects.filter(subject_kind=CallLog.KIND, subject_id__in=calls)
    return [_moment(each, calls[each.subject_id]) for each in transitions.order_by("id")]


def _moment(transition: Transition, call: CallLog) -> Moment:
    label = str(CallLog.Status(transition.new).label)
    detail = f"Forwarded to {call.to_text}." if call.parent_id else transition.reason
    return Moment(transition.created_at, label, detail)
