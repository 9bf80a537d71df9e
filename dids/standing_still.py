"""Numbers that wait for a worker that does not come: found and woken by the sweeper."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from dids.configuration import CONFIGURABLE, wake_push
from dids.lifecycle import wake_finish
from dids.models import Number

# A carrier that is down must not fill the queue: the rest follows with the next sweep.
AT_ONCE = 100


def wake_all() -> None:
    """Wake the workers for releases that are due and routing that the carrier does not know."""
    moment_ago = timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS / 2)
    due = Number.objects.filter(status=Number.Status.RELEASING, release_at__lte=timezone.now())
    for number in due.order_by("release_at")[:AT_ONCE]:
        wake_finish(number)
    untold = Number.objects.filter(status__in=CONFIGURABLE, updated_at__lte=moment_ago)
    for number in untold.exclude(config_version=F("configured_version")).order_by("id")[:AT_ONCE]:
        wake_push(number)
