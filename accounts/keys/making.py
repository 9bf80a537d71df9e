"""Making API keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Act
from accounts.entrance import confirming
from accounts.keys.secret import hash_of, new_secret, shown
from accounts.models import ApiKey, Membership, Organization, User
from accounts.rights import RIGHTS, SCOPES, Right
from didshop import outbox
from didshop.addresses import public_url
from didshop.errors import Conflict, Forbidden, Invalid
from didshop.texts import is_plain

LONGEST_NAME = 100
# That open something. More than programs need, fewer than anybody keeps track of.
MOST_LIVE_KEYS = 50


@dataclass(frozen=True)
class NewKey:
    """A key, and its secret: now or never, for the hash alone is kept."""

    key: ApiKey
    secret: str


def allowed_scopes(place: Membership) -> tuple[Right, ...]:
    """What a member may give to a key: what they may do themselves."""
    rights = RIGHTS[Membership.Role(place.role)]
    return tuple(scope for scope in SCOPES if scope in rights)


@transaction.atomic
def create(
    *,
    place: Membership,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key that the member in `place` answers for, and tell them by mail.

    Raises Invalid (no name, no scope or an unknown one, an end in the past), Forbidden
    SCOPE_NOT_ALLOWED for a scope that the member does not have, EMAIL_NOT_CONFIRMED where the
    shop asks for a confirmed address, Conflict TOO_MANY_KEYS.
    """
    now = timezone.now()
    _must_be_confirmed(place.user)
    name = _checked_name(name)
    chosen = _checked_scopes(place, scopes)
    if expires_at is not None and expires_at <= now:
        raise _invalid("expires_at", "Choose a time to come.")
    _hold_place(place.organization, now)
    secret = new_secret()
    key = ApiKey.objects.create(
        organization=place.organization,
        created_by=place.user,
        name=name,
        prefix=shown(secret),
        key_hash=hash_of(secret),
        scopes=chosen,
        expires_at=expires_at,
    )
    entry = audit.record(
        Act.KEY_CREATED,
        actor=place.user,
        organization=place.organization,
        target=key,
        scopes=chosen,
        expires_at=expires_at.isoformat() if expires_at else None,
    )
    _tell(place.user, key, entry.ip_address)
    return NewKey(key, secret)


def rename(key: ApiKey, *, name: str) -> None:
    """Call the key something else. Invalid without a name."""
    key.name = _checked_name(name)
    key.save(update_fields=["name"])


def _must_be_confirmed(maker: User) -> None:
    """Forbidden where the shop asks for a confirmed address and the maker's is not.

    A key outlives a reset of the password. Whoever opens an account under somebody else's address
    must not leave one behind for when its owner takes the account over.
    """
    if confirming.waits(maker):
        raise Forbidden(
            "Confirm your e-mail address before you make an API key.", code="EMAIL_NOT_CONFIRMED"
        )


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise _invalid("name", "Give the key a name.")
    if not is_plain(name):
        raise _invalid("name", "Write it without control characters and line breaks.")
    if len(name) > LONGEST_NAME:
        raise _invalid("name", f"A name has {LONGEST_NAME} characters at most.")
    return name


def _checked_scopes(place: Membership, scopes: Iterable[str]) -> list[str]:
    """The scopes, each once, in the order of SCOPES."""
    wanted = set(scopes)
    if not wanted:
        raise _invalid("scopes", "Choose at least one thing that the key may do.")
    if unknown := wanted - set(SCOPES):
        raise _invalid("scopes", f"There is no scope {', '.join(sorted(unknown))}.")
    if beyond := wanted - set(allowed_scopes(place)):
        raise Forbidden(
            f"A key may not do more than whoever makes it. As {place.get_role_display()} you "
            f"cannot give it {', '.join(sorted(beyond))}.",
            code="SCOPE_NOT_ALLOWED",
        )
    return [scope.value for scope in SCOPES if scope in wanted]


def _hold_place(organization: Organization, now: datetime) -> None:
    """Conflict if the organisation has as many keys as it may. One at a time may ask."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if ApiKey.objects.of(organization).live(now).count() >= MOST_LIVE_KEYS:
        raise Conflict(
            f"An organisation has {MOST_LIVE_KEYS} live API keys at most. Revoke one first.",
            code="TOO_MANY_KEYS",
        )


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("Validation error", details=[{"field": field, "message": message}])


def _tell(maker: User, key: ApiKey, ip_address: str | None) -> None:
    outbox.post(
        to=maker.email,
        template="emails/key_created",
        context={
            "name": maker.first_name,
            "key": key,
            "organization": key.organization,
            "scopes": [Right(scope) for scope in key.scopes],
            "keys_url": public_url("/keys/"),
            "ip": ip_address,
        },
    )
