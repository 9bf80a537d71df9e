"""What a key opens: whose it is, whether it still holds, and that it was used."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.keys.reading import with_maker
from accounts.keys.secret import hash_of, is_whole
from accounts.keys.states import State, state_of
from accounts.models import ApiKey
from didshop.errors import Unauthenticated

# How exactly the last use is known, so that a busy program costs one write a minute.
USE_IS_NOTED_EVERY = timedelta(minutes=1)

REFUSALS: dict[State, tuple[str, str]] = {
    State.REVOKED: ("KEY_REVOKED", "This API key has been revoked. Use another one."),
    State.EXPIRED: ("KEY_EXPIRED", "This API key has expired. Make a new one."),
    State.MAKER_DEACTIVATED: (
        "KEY_MAKER_DEACTIVATED",
        "The account that made this API key has been deactivated, and the key with it.",
    ),
    State.MAKER_LEFT: (
        "KEY_MAKER_LEFT",
        "Whoever made this API key has left its organisation, and the key went with them.",
    ),
}


def find(secret: str, *, now: datetime) -> ApiKey:
    """The key that `secret` is, with its maker and its organisation, in one query.

    Raises Unauthenticated: KEY_MALFORMED (without a query), KEY_UNKNOWN, KEY_REVOKED,
    KEY_EXPIRED, KEY_MAKER_DEACTIVATED, KEY_MAKER_LEFT.
    """
    if not is_whole(secret):
        raise Unauthenticated(
            "This is not an API key of this shop. Some of it may be missing or mistyped: copy "
            "it again, from dsk_ to its end.",
            code="KEY_MALFORMED",
        )
    key = with_maker(ApiKey.objects.filter(key_hash=hash_of(secret))).first()
    if key is None:
        raise Unauthenticated("This API key is not known here.", code="KEY_UNKNOWN")
    refusal = REFUSALS.get(state_of(key, now))
    if refusal is not None:
        code, sentence = refusal
        raise Unauthenticated(sentence, code=code)
    return key


def note_use(key: ApiKey, *, ip_address: str | None, now: datetime) -> None:
    """Remember when and from where the key was used, at most once a minute."""
    long_ago = now - USE_IS_NOTED_EVERY
    if key.last_used_at is not None and key.last_used_at > long_ago:
        return
    # The comparison is in the statement, too: of many at once, one writes.
    is_due = Q(last_used_at=None) | Q(last_used_at__lte=long_ago)
    ApiKey.objects.filter(is_due, pk=key.pk).update(last_used_at=now, last_used_ip=ip_address)


def open_with(secret: str, *, ip_address: str | None) -> ApiKey:
    """Find the key and note its use. Raises as `find` does."""
    now = timezone.now()
    key = find(secret, now=now)
    note_use(key, ip_address=ip_address, now=now)
    return key
