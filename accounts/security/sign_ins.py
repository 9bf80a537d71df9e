"""Where somebody is signed in: browsers and programs of the API in one list, and ending them.

A browser's sign-in is allauth's UserSession beside Django's session; the API's is our Session.
For callers both have a UUID: a browser's is derived from its session key, which is a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session as BrowserSession
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework.request import Request
from rest_framework_simplejwt.tokens import Token

from accounts import audit, devices
from accounts.audit import Act
from accounts.models import Session, User
from accounts.sessions import SESSION_CLAIM
from didshop.errors import NotFound

# Of each kind, the newest. Who has more ends them all together.
MOST = 100


class Kind(models.TextChoices):
    """What is signed in."""

    BROWSER = "BROWSER", "Browser"
    API = "API", "API"


@dataclass(frozen=True)
class SignIn:
    """One sign-in that is alive."""

    id: UUID
    kind: Kind
    user_agent: str
    ip_address: str | None
    created_at: datetime
    last_used_at: datetime
    is_current: bool

    @property
    def device(self) -> str:
        """What it was done with, in words."""
        return devices.in_words(self.user_agent)


def current_of(request: HttpRequest | Request) -> UUID | None:
    """The id of the sign-in that the request comes with."""
    token = getattr(request, "auth", None)
    if isinstance(token, Token):
        return UUID(token[SESSION_CLAIM])
    key = request.session.session_key
    return _browser_id(key) if key else None


def sign_ins_of(user: User, *, current: UUID | None) -> list[SignIn]:
    """Where `user` is signed in: the `current` one first, then by last use. Three queries."""
    found = [*_browsers(user, current), *_programs(user, current)]
    found.sort(key=lambda it: (it.is_current, it.last_used_at), reverse=True)
    return found


def end(user: User, sign_in_id: UUID) -> None:
    """End one of the user's sign-ins: its next request is a stranger's.

    Raises NotFound SESSION_NOT_FOUND where it is somebody else's, or over.
    """
    with transaction.atomic():
        ended = _end_browsers(_rows_of(user, sign_in_id)) or _end_programs(
            _living(user).filter(pk=sign_in_id)
        )
        if not ended:
            raise NotFound(
                "There is no such sign-in of yours, or it has ended.", code="SESSION_NOT_FOUND"
            )
        audit.record(Act.SESSION_ENDED, actor=user, target=user, session=str(sign_in_id))


def end_others(user: User, *, current: UUID | None) -> int:
    """End every sign-in of the user but the current one; how many there were."""
    with transaction.atomic():
        rows = UserSession.objects.filter(user=user)
        others = [row for row in rows if _browser_id(row.session_key) != current]
        ended = _end_browsers(others) + _end_programs(_living(user).exclude(pk__in=[current]))
        if ended:
            audit.record(Act.SESSION_ENDED, actor=user, target=user, others=ended)
    return ended


# ---------------------------------------------------------------- browsers
def _browser_id(session_key: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"browser session {session_key}")


def _browsers(user: User, current: UUID | None) -> Iterable[SignIn]:
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:MOST]
    keys = [row.session_key for row in rows]
    alive = _alive(user, keys)
    for row in rows:
        if row.session_key in alive:
            yield SignIn(
                id=_browser_id(row.session_key),
                kind=Kind.BROWSER,
                user_agent=row.user_agent,
                ip_address=row.ip,
                created_at=row.created_at,
                last_used_at=row.last_seen_at,
                is_current=_browser_id(row.session_key) == current,
            )


def _alive(user: User, keys: list[str]) -> set[str]:
    """Those of the session keys by which `user` is still signed in.

    A session may have run out, or be of an older password.
    """
    sessions = BrowserSession.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    good = user.get_session_auth_hash()
    return {
        session.pk
        for session in sessions
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), good)
    }


def _rows_of(user: User, sign_in_id: UUID) -> list[UserSession]:
    rows = UserSession.objects.filter(user=user)
    return [row for row in rows if _browser_id(row.session_key) == sign_in_id]


def _end_browsers(rows: Iterable[UserSession]) -> int:
    ended = 0
    for row in rows:
        row.end()
        ended += 1
    return ended


# ---------------------------------------------------------------- programs
def _living(user: User) -> models.QuerySet[Session]:
    return Session.objects.filter(user=user, is_revoked=False, expires_at__gt=timezone.now())


def _programs(user: User, current: UUID | None) -> Iterable[SignIn]:
    for session in _living(user).order_by("-last_used_at")[:MOST]:
        yield SignIn(
            id=session.pk,
            kind=Kind.API,
            user_agent=session.device,
            ip_address=session.ip_address,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            is_current=session.pk == current,
        )


def _end_programs(sessions: models.QuerySet[Session]) -> int:
    return sessions.update(is_revoked=True)
