"""The admin's first page: what needs a person first. Each tile leads to the list that it counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.admin.filters import ending, has_confirmed_address
from accounts.admin.navigation import apps
from accounts.models import ApiKey, User
from didshop import outbox

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Tile:
    """A count and where it is looked into. One that `needs_care` stands out unless it is zero."""

    label: str
    count: int
    url: str
    needs_care: bool = False


def add_tiles(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the admin's index shows: UNFOLD["DASHBOARD_CALLBACK"]."""
    return {**context, "title": "What needs a person", "tiles": tiles(), "app_list": apps(request)}


def tiles() -> list[Tile]:
    """Five counts, a query each."""
    since = (timezone.now() - _WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    active = User.objects.filter(is_active=True)
    return [
        Tile(
            "Signed up in the last week",
            User.objects.filter(created_at__gte=since).count(),
            _list("accounts_user", created_at__gte=since.isoformat()),
        ),
        Tile(
            "Address not confirmed",
            active.exclude(has_confirmed_address()).count(),
            _list("accounts_user", confirmed="no", is_active__exact=1),
        ),
        Tile(
            "Deactivated",
            User.objects.filter(is_active=False).count(),
            _list("accounts_user", is_active__exact=0),
        ),
        Tile(
            "Mails in trouble",
            outbox.in_trouble().count(),
            _list("didshop_outgoingmail", state="trouble"),
            needs_care=True,
        ),
        Tile(
            "API keys that end within a week",
            ending(ApiKey.objects.all()).count(),
            _list("accounts_apikey", state="ending"),
        ),
    ]


def _list(model: str, **filters: Any) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(filters)}"
