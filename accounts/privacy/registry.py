"""What each room knows of a customer: how it is copied out, what keeps an account, how it ends.

Accounts lies under all rooms and knows none of them. So each room says at start, in its
`privacy.py`, what it holds of an organisation (`register_section`), what stands in the way of
closing one (`register_hindrance`), and how its part is erased (`register_eraser`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import Organization
from didshop.models import Transition
from didshop.transitions import Stateful

Row = Mapping[str, Any]
Rows = Iterable[Row]


@dataclass(frozen=True)
class Section:
    """One file of an export: what it is called, what it says, and its rows for an organisation.

    `rows` are read one by one and all have the same columns. `name` becomes the file's name.
    """

    name: str
    about: str
    rows: Callable[[Organization], Rows]


@dataclass(frozen=True)
class Hindrance:
    """Why an account cannot be deleted yet: a constant for programs, and a sentence that says
    what to do first."""

    code: str
    message: str


FindsHindrances = Callable[[Organization], Iterable[Hindrance]]
Erases = Callable[[Organization], None]

_sections: dict[str, Section] = {}
_hindrances: list[FindsHindrances] = []
_erasers: list[Erases] = []


def register_section(name: str, about: str, rows: Callable[[Organization], Rows]) -> None:
    """Put what a room holds of an organisation into the export of its owners."""
    _sections[name] = Section(name, about, rows)


def register_hindrance(find: FindsHindrances) -> None:
    """Have `find` asked what keeps an organisation from coming to its end."""
    if find not in _hindrances:
        _hindrances.append(find)


def register_eraser(erase: Erases) -> None:
    """Have `erase` called for an organisation that ends, in the transaction of the erasure.

    It takes out what is about people and leaves what has to be kept.
    """
    if erase not in _erasers:
        _erasers.append(erase)


def sections() -> list[Section]:
    """What all rooms hold of an organisation, in the order of their names."""
    return sorted(_sections.values(), key=lambda section: section.name)


def hindrances(organization: Organization) -> list[Hindrance]:
    """What keeps the organisation from coming to its end, as all rooms see it."""
    return [hindrance for find in _hindrances for hindrance in find(organization)]


def erase(organization: Organization) -> None:
    """Have every room erase its part of an organisation that ends."""
    for eraser in _erasers:
        eraser(organization)


def columns(rows: models.QuerySet[Any], *names: str) -> Rows:
    """The named columns of each row, oldest first, fetched a few at a time."""
    return rows.order_by("id").values(*names).iterator(chunk_size=1000)


def history(kind: type[Stateful], rows: models.QuerySet[Any]) -> Rows:
    """Every change of status of the rows, oldest first."""
    changes = Transition.objects.filter(subject_kind=kind.KIND, subject_id__in=rows.values("pk"))
    return columns(changes, "subject_id", "created_at", "old", "new", "reason", "actor_id")
