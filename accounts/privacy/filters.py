"""What the audit log can be narrowed to, on the page and in the API alike."""

from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.db.models import QuerySet
from django_filters import ChoiceFilter, DateFilter, FilterSet, UUIDFilter

from accounts.audit import Act
from accounts.models import AuditEntry

Entries = QuerySet[AuditEntry]


class AuditFilters(FilterSet):
    """`act`, `person`, `from` and `to` (days in UTC, both included)."""

    act = ChoiceFilter(choices=Act.choices, label="What", empty_label="Anything")
    person = UUIDFilter(field_name="actor_id", label="Who", help_text="The user's id.")
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
        model = AuditEntry
        fields: tuple[str, ...] = ()

    def since(self, entries: Entries, name: str, value: date) -> Entries:
        return entries.filter(created_at__gte=_midnight(value))

    def until(self, entries: Entries, name: str, value: date) -> Entries:
        if value == date.max:
            return entries
        return entries.filter(created_at__lt=_midnight(value + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
