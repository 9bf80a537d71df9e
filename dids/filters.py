"""What the API's list of numbers can be narrowed to."""

import re

from django.db.models import Q
from django_filters import CharFilter, ChoiceFilter, FilterSet

from dids.models import Number, NumberQuerySet, NumberType
from telephony.carrier import normalise_number_type

FEWEST_DIGITS = 2


class NumberTypeFilter(ChoiceFilter):
    """Takes a type as the search does, too: `tollFree` is TOLL_FREE."""

    def filter(self, qs: NumberQuerySet, value: str) -> NumberQuerySet:
        return qs.filter(number_type=normalise_number_type(value)) if value else qs


class NumberFilters(FilterSet):
    """`status`, `numberType`, and `search` in digits, names and towns."""

    status = ChoiceFilter(choices=Number.Status, label="Status", empty_label="Any status")
    numberType = NumberTypeFilter(  # noqa: N815 - as it is spelled on the wire
        choices=[
            *NumberType.choices,
            *((name.lower(), label) for name, label in NumberType.choices),
            ("tollFree", NumberType.TOLL_FREE.label),
        ],
        label="Type",
        empty_label="Any type",
    )
    search = CharFilter(
        method="containing",
        label="Search",
        max_length=100,
        help_text="Part of the number, of its name or of its town.",
    )

    class Meta:
        model = Number
        fields: tuple[str, ...] = ()

    def containing(self, numbers: NumberQuerySet, name: str, value: str) -> NumberQuerySet:
        found = Q(friendly_name__icontains=value) | Q(locality__icontains=value)
        digits = re.sub(r"[\s().+-]", "", value)
        if digits.isascii() and digits.isdigit() and len(digits) >= FEWEST_DIGITS:
            found |= Q(phone_number__contains=digits)
        return numbers.filter(found)
