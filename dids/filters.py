"""What the API's list of numbers can be narrowed to."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from dids import reading
from dids.models import Number, NumberQuerySet, NumberType
from telephony.carrier import normalise_number_type


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
        return reading.containing(numbers, value)
