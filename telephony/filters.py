"""What a list of calls can be narrowed to, on the page and in the API alike."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from telephony.models import CallLog

Calls = QuerySet[CallLog]


def parse_number(text: str) -> dict[str, Any]:
    """A number's id, or its digits, as a condition on calls. ValidationError if it is neither."""
    try:
        return {"number_id": UUID(text)}
    except ValueError:
        pass
    # A plus that was not encoded arrives as a space.
    digits = re.sub(r"[\s().+-]", "", text)
    if re.fullmatch("[0-9]{1,15}", digits):
        return {"number__phone_number": f"+{digits}"}
    raise ValidationError("Give the number as +14155550100, or its id.")


class CallFilters(FilterSet):
    """`number`, `direction`, `status`, `from` and `to` (days in UTC, both included)."""

    number = CharFilter(
        method="of_number",
        label="Number",
        help_text="The number's id, or the number itself in E.164 form.",
        validators=[parse_number],
    )
    direction = ChoiceFilter(
        choices=CallLog.Direction.choices, label="Direction", empty_label="Either direction"
    )
    status = ChoiceFilter(choices=CallLog.Status.choices, label="Status", empty_label="Any status")
    # "from" is a word of Python's own, which only a class body's mapping takes as a name.
    vars()["from"] = DateFilter(
        method="since",
        label="From",
        help_text="The first day, in UTC.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    to = DateFilter(
        method="until",
        label="To",
        help_text="The last day, in UTC.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = CallLog
        fields: tuple[str, ...] = ()

    def of_number(self, calls: Calls, name: str, value: str) -> Calls:
        return calls.filter(**parse_number(value))

    def since(self, calls: Calls, name: str, value: date) -> Calls:
        return calls.filter(start_time__gte=_midnight(value))

    def until(self, calls: Calls, name: str, value: date) -> Calls:
        if value == date.max:
            return calls
        return calls.filter(start_time__lt=_midnight(value + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
