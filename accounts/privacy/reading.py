"""The audit log of an organisation, in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts import devices
from accounts.audit import Act
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, Organization, User
from accounts.privacy.closing import ERASED_PERSON, is_erased
from didshop import spreadsheets
from didshop.outbox import SHOP_NAME

# A file that a spreadsheet still opens; who wants more asks for a span of days.
MOST_IN_A_FILE = 10_000


@dataclass(frozen=True)
class Target:
    """What an act was done to: in words, and where it can be seen (or empty)."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One entry of the log as people read it."""

    entry: AuditEntry
    act: str
    actor: str
    target: Target

    @property
    def at(self) -> datetime:
        """When it was."""
        return self.entry.created_at

    @property
    def person(self) -> dict[str, Any] | None:
        """Who did it, or in whose place it was done."""
        actor = self.entry.actor
        return {"id": actor.pk, "name": name_of(actor)} if actor else None

    @property
    def by_staff(self) -> bool:
        """Whether it was staff in the person's place."""
        return self.entry.impersonator_id is not None

    @property
    def device(self) -> str:
        """What it was done with, in words; empty where that is not known."""
        said = self.entry.user_agent
        return devices.in_words(said) if said else ""


def entries_of(organization: Organization) -> QuerySet[AuditEntry]:
    """What was done in the organisation, newest first, with who did it."""
    entries: QuerySet[AuditEntry] = AuditEntry.objects.filter(organization=organization)
    return entries.select_related("actor", "impersonator", "api_key").order_by("-id")


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """The entries in words. However many they are, each kind of target is one query."""
    targets = _targets(entries)
    return [
        Line(entry, act_text(entry.act), actor_text(entry), targets[_key(entry)])
        for entry in entries
    ]


def act_text(act: str) -> str:
    """The act in words; one that the shop no longer knows is told as it is."""
    return str(Act(act).label) if act in Act.values else act


def name_of(user: User) -> str:
    """What a person is called in the log."""
    return ERASED_PERSON if is_erased(user) else user.get_full_name() or user.email


def actor_text(entry: AuditEntry) -> str:
    """Who did it: a person, staff in their place, a key of theirs, or the shop by itself."""
    if entry.actor is None:
        return "Nobody known" if entry.ip_address else f"{SHOP_NAME} itself"
    name = name_of(entry.actor)
    if entry.impersonator_id:
        return f"{SHOP_NAME} staff in place of {name}"
    return f"{name}, by API key {entry.api_key.name}" if entry.api_key else name


def people(organization: Organization) -> list[tuple[str, str]]:
    """The members to choose from: ids and names."""
    members = Membership.objects.filter(organization=organization).select_related("user")
    return sorted(
        ((str(place.user_id), name_of(place.user)) for place in members), key=lambda it: it[1]
    )


def as_csv(entries: QuerySet[AuditEntry]) -> str:
    """The newest MOST_IN_A_FILE of the entries as a file for spreadsheets."""
    header = ("when", "act", "who", "what it was done to", "address", "device")
    found = lines(list(entries[:MOST_IN_A_FILE]))
    return spreadsheets.table(
        header,
        (
            (line.at, line.act, line.actor, line.target.label, line.entry.ip_address, line.device)
            for line in found
        ),
    )


# ---------------------------------------------------------------- what it was done to
def _key(entry: AuditEntry) -> tuple[str, str]:
    return entry.target_kind, entry.target_id


def _targets(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], Target]:
    ids: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        ids[entry.target_kind].add(entry.target_id)
    found: dict[tuple[str, str], Target] = {}
    for kind, wanted in ids.items():
        look_up = _LOOK_UPS.get(kind)
        known = look_up(wanted) if look_up else {}
        for target_id in wanted:
            found[kind, target_id] = known.get(target_id) or _unknown(kind)
    return found


def _unknown(kind: str) -> Target:
    """Something that is gone, or has no name."""
    return Target(_NOUNS.get(kind, kind.capitalize()))


def _rows(rows: QuerySet[Any], ids: set[str]) -> dict[str, Any]:
    valid = [wanted for wanted in ids if _is_uuid(wanted)]
    return {str(row.pk): row for row in rows.filter(pk__in=valid)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _users(ids: set[str]) -> dict[str, Target]:
    found = _rows(User.objects.all(), ids)
    return {pk: Target(name_of(user)) for pk, user in found.items()}


def _members(ids: set[str]) -> dict[str, Target]:
    found = _rows(Membership.objects.select_related("user"), ids)
    url = reverse("team:members")
    return {pk: Target(name_of(place.user), url) for pk, place in found.items()}


def _invitations(ids: set[str]) -> dict[str, Target]:
    found = _rows(Invitation.objects.all(), ids)
    url = reverse("team:members")
    return {pk: Target(f"Invitation of {row.email}", url) for pk, row in found.items()}


def _api_keys(ids: set[str]) -> dict[str, Target]:
    found = _rows(ApiKey.objects.all(), ids)
    url = reverse("keys:list")
    return {pk: Target(f"API key {row.name}", url) for pk, row in found.items()}


def _organizations(ids: set[str]) -> dict[str, Target]:
    found = _rows(Organization.objects.all(), ids)
    return {pk: Target(row.name) for pk, row in found.items()}


_LOOK_UPS: dict[str, Callable[[set[str]], dict[str, Target]]] = {
    "user": _users,
    "membership": _members,
    "invitation": _invitations,
    "apikey": _api_keys,
    "organization": _organizations,
}
_NOUNS = {
    "": "",
    "user": "A user",
    "membership": "A member who has left",
    "invitation": "An invitation",
    "apikey": "An API key",
    "organization": "The organisation",
}
