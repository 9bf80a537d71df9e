"""Which fields were changed, from what to what, by whom: kept by django-auditlog.

Only what people change by hand and seldom is kept so; numbers, orders, payments and calls have
their transitions. What a model writes without being saved (`QuerySet.update`) leaves no trace
here: an audit entry tells about it where it matters. Secrets are left out. Rows are named by
their ids, so that nobody's name stays behind in the label of a row that has changed since.
"""

from collections.abc import Iterable
from typing import Any

from allauth.core import context
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.signals import pre_save
from django.http import HttpRequest

from accounts import audit
from accounts.models import ApiKey, Invitation, Membership, Organization, User

ERASED = "erased"


def register() -> None:
    """Have the changes of our models kept. Called once, at start."""
    auditlog.register(
        User,
        exclude_fields=["password", "last_login", "updated_at"],
        m2m_fields={"groups", "user_permissions"},
    )
    auditlog.register(Group, m2m_fields={"permissions"})
    auditlog.register(Organization)
    auditlog.register(Membership)
    auditlog.register(ApiKey, exclude_fields=["key_hash", "last_used_at", "last_used_ip"])
    auditlog.register(Invitation, exclude_fields=["token_hash"])
    pre_save.connect(_say_who, sender=LogEntry, dispatch_uid="accounts.privacy.changes")


def forget(rows: Iterable[models.Model]) -> None:
    """Take the old and new values out of what is kept of these rows; that they changed stays."""
    for row in rows:
        kind = ContentType.objects.get_for_model(type(row))
        of_row = {"content_type": kind, "object_pk": str(row.pk)}
        _mask(LogEntry.objects.filter(**of_row))
        AdminEntry.objects.filter(content_type=kind, object_id=str(row.pk)).update(
            object_repr=ERASED, change_message=""
        )


def forget_mentions(addresses: Iterable[str]) -> None:
    """Do the same wherever one of the e-mail addresses stands, as in invitations long gone.

    It reads the whole table: erasures are rare.
    """
    for address in addresses:
        _mask(LogEntry.objects.filter(Q(changes__icontains=address)))
        AdminEntry.objects.filter(
            Q(object_repr__icontains=address) | Q(change_message__icontains=address)
        ).update(object_repr=ERASED, change_message="")


def _mask(entries: models.QuerySet[Any]) -> None:
    for entry in entries.iterator(chunk_size=500):
        entry.changes = {name: [ERASED, ERASED] for name in entry.changes or {}}
        entry.serialized_data = None
        LogEntry.objects.filter(pk=entry.pk).update(
            changes=entry.changes, changes_text="", serialized_data=None, object_repr=ERASED
        )


def _say_who(sender: type[LogEntry], instance: Any, **kwargs: Any) -> None:
    """Complete a new entry from the request that is being answered, if one is."""
    if not instance._state.adding:  # noqa: SLF001 - Django's documented place for it
        return
    instance.object_repr = f"{instance.content_type.model} {instance.object_pk}"
    request: HttpRequest | None = context.request
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_authenticated:
        instance.actor_id = user.pk
    instance.remote_addr = audit.address_of(request)
    impersonator = audit.impersonator_of(request)
    if impersonator:
        instance.additional_data = {"impersonator": impersonator}
