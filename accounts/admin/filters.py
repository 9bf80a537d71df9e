"""Filters of the lists of people and keys, each a question with few answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import Act
from accounts.models import ApiKey

# A key that ends within that is about to.
SOON = timedelta(days=7)


class YesNoFilter(admin.SimpleListFilter):
    """Whether the annotation `field` is true."""

    field: ClassVar[str]
    answers: ClassVar[tuple[str, str]] = ("Yes", "No")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(zip(("yes", "no"), self.answers, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(**{self.field: wanted})


def has_confirmed_address() -> Exists:
    """`User.is_email_verified` as a condition, for many users in one query."""
    return Exists(
        EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    )


class ConfirmedFilter(YesNoFilter):
    title = "address"
    parameter_name = "confirmed"
    field = "is_confirmed"
    answers = ("Confirmed", "Not confirmed")


class SecondFactorFilter(YesNoFilter):
    title = "second factor"
    parameter_name = "second_factor"
    field = "has_second_factor"
    answers = ("Has one", "Has none")


class KeyStateFilter(admin.SimpleListFilter):
    """How a key stands by itself; whether its maker may sign in is another question."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("live", "Active"),
            ("ending", f"Ends within {SOON.days} days"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        choose = _KEY_STATES.get(self.value() or "")
        return choose(queryset) if choose else queryset


def ending(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    """Those that open something today and end within SOON."""
    now = timezone.now()
    return keys.filter(revoked_at=None, expires_at__gt=now, expires_at__lte=now + SOON)


def _live(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    return keys.filter(revoked_at=None).exclude(expires_at__lte=timezone.now())


def _expired(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    return keys.filter(revoked_at=None, expires_at__lte=timezone.now())


def _revoked(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    return keys.filter(revoked_at__isnull=False)


_KEY_STATES: dict[str, Callable[[QuerySet[ApiKey]], QuerySet[ApiKey]]] = {
    "live": _live,
    "ending": ending,
    "expired": _expired,
    "revoked": _revoked,
}


class ActFilter(admin.SimpleListFilter):
    """By what was done: a list of our own, for the table's distinct values are all of it."""

    title = "act"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((act.value, act.label) for act in Act), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(act=self.value()) if self.value() else queryset
