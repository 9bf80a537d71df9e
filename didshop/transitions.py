"""The one function that writes a status, and the base of everything that has one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from didshop.fields import Record
from didshop.models import Transition


class IllegalTransition(Exception):
    """The transition table does not allow this step: a defect of ours, not of the caller's."""


class Stateful(Record):
    """A row with a status that only `move` writes.

    A subclass gives `KIND`, the name its transitions are kept under, and `TRANSITIONS`, which
    statuses may follow which.
    """

    KIND: ClassVar[str]
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]]

    status: "models.CharField[Any, Any]"
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @property
    def transitions(self) -> models.QuerySet[Transition]:
        """Every change of this row's status, oldest first."""
        return Transition.objects.filter(subject_kind=self.KIND, subject_id=self.pk).order_by("id")


def record_start(
    subject: Stateful, *, reason: str = "", actor: AbstractBaseUser | None = None
) -> None:
    """Keep the row's first status. Call it in the transaction that makes the row."""
    Transition.objects.create(**_transition(subject, "", subject.status, reason, actor))


def move(
    subject: Stateful,
    to: str,
    *,
    reason: str = "",
    actor: AbstractBaseUser | None = None,
    **fields: Any,
) -> bool:
    """Move the row from the status it was read with to `to`, and write its transition.

    Compares and sets: False, and nothing is written, if somebody else changed the status first.
    `fields` are written with it. IllegalTransition if the table does not allow the step.
    """
    old = subject.status
    if to not in subject.TRANSITIONS.get(old, frozenset()):
        raise IllegalTransition(f"{subject.KIND} {subject.pk}: {old} → {to}")
    fields = {"status": to, "updated_at": timezone.now(), **fields}
    with transaction.atomic():
        # What Django calls every model's manager, whatever the model calls it.
        manager: models.Manager[Any] = type(subject)._default_manager  # noqa: SLF001
        rows = manager.filter(pk=subject.pk, status=old)
        if not rows.update(**fields):
            return False
        Transition.objects.create(**_transition(subject, old, to, reason, actor))
    for name, value in fields.items():
        setattr(subject, name, value)
    return True


def _transition(
    subject: Stateful, old: str, new: str, reason: str, actor: AbstractBaseUser | None
) -> dict[str, Any]:
    return {
        "subject_kind": subject.KIND,
        "subject_id": subject.pk,
        "old": old,
        "new": new,
        "reason": reason[:500],
        "actor": actor,
    }
