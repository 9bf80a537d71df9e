"""Keys in words, for pages and mails."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.keys.states import State, maker_role, state_of
from accounts.models import ApiKey, Membership
from accounts.rights import RIGHTS, SCOPES, Right

# When a page begins to warn that a key ends.
SOON = timedelta(days=14)

_PILLS = {
    State.ACTIVE: ("good", "check"),
    State.REVOKED: ("idle", "cross"),
    State.EXPIRED: ("idle", "clock"),
    State.MAKER_DEACTIVATED: ("bad", "alert"),
    State.MAKER_LEFT: ("bad", "alert"),
}
# What a first request with a key may ask, by what it may do.
_EXAMPLES = {
    Right.NUMBERS_READ: "numbers",
    Right.ORDERS_READ: "orders",
    Right.CALLS_READ: "calls",
    Right.BILLING_READ: "billing/payment-methods",
}


@dataclass(frozen=True)
class Row:
    """A key as the list shows it; `held_back` is what its maker's role does not have today."""

    key: ApiKey
    word: str
    tone: str
    icon: str
    scopes: list[str]
    held_back: list[str]
    can_be_revoked: bool


def row_of(key: ApiKey, now: datetime) -> Row:
    """The key, which must come from `reading.with_maker`, as it stands at `now`."""
    state = state_of(key, now)
    tone, icon = _PILLS[state]
    word = state.label
    if state == State.ACTIVE and key.expires_at is not None and key.expires_at <= now + SOON:
        tone, icon, word = "warn", "clock", "Ends soon"
    return Row(
        key=key,
        word=word,
        tone=tone,
        icon=icon,
        scopes=summary(key.scopes),
        held_back=summary(_held_back(key)) if state == State.ACTIVE else [],
        can_be_revoked=state != State.REVOKED,
    )


def summary(scopes: Iterable[str]) -> list[str]:
    """Scopes by what they are about: ["Numbers: read, write", "Calls: read"]."""
    verbs: dict[str, list[str]] = {}
    for scope in sorted(scopes, key=[scope.value for scope in SCOPES].index):
        subject, _, verb = scope.partition(":")
        verbs.setdefault(subject.capitalize(), []).append(verb)
    return [f"{subject}: {', '.join(found)}" for subject, found in verbs.items()]


def example_path(scopes: Iterable[str]) -> str:
    """An endpoint that a key with these scopes may GET."""
    found = (path for right, path in _EXAMPLES.items() if right.value in scopes)
    return next(found, "auth/me")


def _held_back(key: ApiKey) -> list[str]:
    rights = RIGHTS[Membership.Role(maker_role(key))]
    return [scope for scope in key.scopes if scope not in rights]
