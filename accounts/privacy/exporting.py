"""A copy of everything that an account holds: asked for, made by a worker, kept for a week.

The row of a copy that is being made is the truth; a lost task costs a delay. Two workers that
make the same copy do no harm: the first one to finish is believed.
"""

import tempfile
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.audit import Act, record
from accounts.models import DataExport, User
from accounts.privacy import archive
from didshop import outbox
from didshop.addresses import public_url
from didshop.errors import Conflict, NotFound, TooManyRequests
from didshop.waking import wake

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)
MOST_A_DAY = 3
# A worker that has not finished by then has died, and another one tries.
PATIENCE = timedelta(minutes=10)
# After that the copy is given up; its owner may ask again.
LONGEST = timedelta(hours=1)
_DAY = timedelta(days=1)
_TASK = "accounts.privacy.tasks.make_export"
_IN_MEMORY = 5_000_000

Status = DataExport.Status


def ask(user: User) -> DataExport:
    """Have a copy of the user's data made; a mail says when it is ready.

    Raises Conflict EXPORT_UNDER_WAY, TooManyRequests above MOST_A_DAY.
    """
    now = timezone.now()
    with transaction.atomic():
        # Of two that ask at the same time, the second sees what the first wrote.
        User.objects.select_for_update().get(pk=user.pk)
        _check(user, now)
        export = DataExport.objects.create(user=user)
        record(Act.DATA_EXPORTED, actor=user, target=export)
        wake(_TASK, str(export.pk))
    return export


def _check(user: User, now: datetime) -> None:
    asked = exports_of(user).filter(created_at__gt=now - _DAY).order_by("created_at")
    if any(export.status == Status.WAITING for export in asked):
        raise Conflict(
            "A copy of your data is being made already. A mail tells you when it is ready.",
            code="EXPORT_UNDER_WAY",
        )
    if len(asked) >= MOST_A_DAY:
        next_at = asked[len(asked) - MOST_A_DAY].created_at + _DAY
        raise TooManyRequests(
            f"A copy of your data can be made {MOST_A_DAY} times a day. Try again tomorrow.",
            code="TOO_MANY_EXPORTS",
            retry_after=max(1, int((next_at - now).total_seconds())),
        )


def exports_of(user: User) -> QuerySet[DataExport]:
    """The user's copies, newest first, without what is in them."""
    return DataExport.objects.filter(user=user).defer("content")


def make(export_id: UUID) -> None:
    """Make the copy, unless that has been done, and mail its owner that it can be fetched."""
    export = DataExport.objects.select_related("user").filter(pk=export_id).first()
    if export is None or export.status != Status.WAITING or not export.user.is_active:
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        archive.write(export.user, file)
        file.seek(0)
        content = file.read()
    _finish(export, content)


def _finish(export: DataExport, content: bytes) -> None:
    now = timezone.now()
    with transaction.atomic():
        is_first = DataExport.objects.filter(pk=export.pk, status=Status.WAITING).update(
            status=Status.READY,
            content=content,
            size_bytes=len(content),
            ready_at=now,
            expires_at=now + KEPT,
        )
        if is_first:
            outbox.post(
                to=export.user.email,
                template="emails/data_export",
                context={
                    "user": export.user,
                    "url": public_url(reverse("privacy:overview")),
                    "expires_at": now + KEPT,
                },
            )


def own_export(user: User, export_id: UUID) -> DataExport:
    """The user's copy. NotFound EXPORT_NOT_FOUND for one that is not there (any more)."""
    export = exports_of(user).filter(pk=export_id).first()
    if export is None or (export.expires_at and export.expires_at <= timezone.now()):
        raise NotFound(
            "There is no such copy. They are kept for a week; ask for a new one.",
            code="EXPORT_NOT_FOUND",
        )
    return export


def download(user: User, export_id: UUID) -> DataExport:
    """The user's copy, with what is in it; that it was fetched is written down.

    Raises as `own_export` does, and Conflict EXPORT_NOT_READY for one that is being made or has
    failed.
    """
    export = own_export(user, export_id)
    if export.status != Status.READY:
        raise Conflict("This copy of your data is not ready.", code="EXPORT_NOT_READY")
    record(Act.DATA_DOWNLOADED, actor=user, target=export)
    return export


def sweep() -> None:
    """Wake a worker for copies that stand still, and give up those that do so for long."""
    now = timezone.now()
    waiting = DataExport.objects.filter(status=Status.WAITING)
    given_up = waiting.filter(created_at__lt=now - LONGEST).update(status=Status.FAILED)
    if given_up:
        log.error("export_given_up", count=given_up)
    for export_id in waiting.filter(created_at__lt=now - PATIENCE).values_list("pk", flat=True):
        wake(_TASK, str(export_id))


def forget_old() -> None:
    """Delete the copies whose week is over."""
    now = timezone.now()
    is_over = Q(expires_at__lte=now) | Q(status=Status.FAILED, created_at__lte=now - KEPT)
    DataExport.objects.filter(is_over).delete()
