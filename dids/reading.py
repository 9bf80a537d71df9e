"""Reading numbers, for the API and pages alike: which are meant, and what stands beside them."""

import re
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organization
from dids.models import Number, NumberQuerySet
from didshop.errors import NotFound

FEWEST_DIGITS = 2


def containing(numbers: NumberQuerySet, text: str) -> NumberQuerySet:
    """Those with the text in their name or town, or with its digits in the number itself."""
    found = Q(friendly_name__icontains=text) | Q(locality__icontains=text)
    digits = re.sub(r"[\s().+-]", "", text)
    if digits.isascii() and digits.isdigit() and len(digits) >= FEWEST_DIGITS:
        found |= Q(phone_number__contains=digits)
    return numbers.filter(found)


def with_calls_and_order(numbers: NumberQuerySet) -> QuerySet[Number]:
    """Each number with `call_count` (legs not counted) and its order.

    Calls and orders live in rooms above this one, so they are reached through the relation only.
    """
    counted = (
        Number.objects.filter(pk=OuterRef("pk"))
        .order_by()
        .values("pk")
        .annotate(found=Count("calls", filter=Q(calls__parent=None)))
        .values("found")
    )
    return numbers.annotate(call_count=Subquery(counted)).select_related("order_line__order")


def own_number(organization: Organization, number_id: UUID) -> Number:
    """The organisation's number. NotFound if it is not there, or somebody else's."""
    number = with_calls_and_order(Number.objects.of(organization)).filter(pk=number_id).first()
    if number is None:
        raise NotFound("There is no such number.", code="NUMBER_NOT_FOUND")
    return number
