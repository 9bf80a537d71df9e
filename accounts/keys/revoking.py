"""Revoking API keys."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Act
from accounts.models import ApiKey, User


@transaction.atomic
def revoke(key: ApiKey, *, actor: User) -> None:
    """End the key for good, from the next request on. One that is revoked already stays so."""
    now = timezone.now()
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return
    key.revoked_at = now
    audit.record(
        Act.KEY_REVOKED,
        actor=actor,
        organization=key.organization,
        target=key,
        scopes=key.scopes,
        maker_id=str(key.created_by_id),
    )
