"""The form that makes a key."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.keys.making import LONGEST_NAME, allowed_scopes
from accounts.models import Membership
from accounts.rights import SCOPES, Right


@dataclass(frozen=True)
class ScopeChoice:
    """A box to tick; one that the maker may not give is shown, but cannot be ticked."""

    value: str
    label: str
    is_allowed: bool
    is_chosen: bool


class KeyForm(forms.Form):
    """A key's name, what it may do, and how long."""

    NEVER, BY_DATE = "never", "date"
    EXPIRIES = (
        ("30", "In 30 days"),
        ("90", "In 90 days"),
        ("365", "In a year"),
        (BY_DATE, "On a day that I choose"),
        (NEVER, "Never"),
    )

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="What uses it, such as “Call centre dashboard”.",
        error_messages={"required": "Give the key a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope.value, scope.label) for scope in SCOPES],
        error_messages={
            "required": "Choose at least one thing that the key may do.",
            "invalid_choice": "There is no scope %(value)s.",
        },
    )
    expiry = forms.ChoiceField(
        label="It ends",
        choices=EXPIRIES,
        initial="90",
        help_text="A key that ends does less harm when it is lost.",
    )
    expires_on = forms.DateField(
        required=False,
        label="Last day",
        help_text="It works until midnight UTC of this day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, place: Membership, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._allowed = allowed_scopes(place)
        self.role = place.get_role_display()

    def clean(self) -> dict[str, Any]:
        """A day is needed where one is chosen, and it must not be over."""
        given = super().clean() or self.cleaned_data
        day = given.get("expires_on")
        if given.get("expiry") == self.BY_DATE and "expires_on" not in self.errors:
            if day is None:
                self.add_error("expires_on", "Say which day is the last.")
            elif day < timezone.now().date():
                self.add_error("expires_on", "Choose today or a later day.")
        return given

    def expires_at(self) -> datetime | None:
        """When the key is to end; None for never."""
        expiry = self.cleaned_data["expiry"]
        if expiry == self.NEVER:
            return None
        if expiry == self.BY_DATE:
            return datetime.combine(self.cleaned_data["expires_on"], time.max, UTC)
        return timezone.now() + timedelta(days=int(expiry))

    def scope_groups(self) -> list[tuple[str, list[ScopeChoice]]]:
        """The boxes by what they are about: [("Numbers", [...]), ...]."""
        chosen = self["scopes"].value() or []
        groups: dict[str, list[ScopeChoice]] = {}
        for scope in SCOPES:
            subject = scope.value.partition(":")[0].capitalize()
            groups.setdefault(subject, []).append(self._choice(scope, scope.value in chosen))
        return list(groups.items())

    def _choice(self, scope: Right, is_chosen: bool) -> ScopeChoice:  # noqa: FBT001 - a private step
        is_allowed = scope in self._allowed
        return ScopeChoice(scope.value, scope.label, is_allowed, is_chosen and is_allowed)
