"""Whether a key opens anything, and if not, why."""

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import ApiKey


class State(models.TextChoices):
    """How a key stands. Only an active one opens anything."""

    ACTIVE = "ACTIVE", "Active"
    REVOKED = "REVOKED", "Revoked"
    EXPIRED = "EXPIRED", "Expired"
    MAKER_DEACTIVATED = "MAKER_DEACTIVATED", "Maker deactivated"
    MAKER_LEFT = "MAKER_LEFT", "Maker left"


def state_of(key: ApiKey, now: datetime) -> State:
    """How the key stands at `now`. It must come from `reading.with_maker`."""
    if key.revoked_at is not None:
        return State.REVOKED
    if key.expires_at is not None and key.expires_at <= now:
        return State.EXPIRED
    if not key.created_by.is_active:
        return State.MAKER_DEACTIVATED
    return State.ACTIVE if maker_role(key) else State.MAKER_LEFT


def maker_role(key: ApiKey) -> str:
    """The maker's role in the key's organisation today; empty where they have left it."""
    role: Any = getattr(key, "maker_role", None)
    return role or ""
