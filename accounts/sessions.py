"""API sessions: families of refresh tokens, of which only the newest is good.

A refresh token is used once and answered with its successor. One that comes back after that was
copied by somebody, and nobody can tell whether the thief or the owner holds the successor: so
the whole family ends, and with it every access token it gave out. Two requests that send the
same token at the same time look just like that: one gets the successor, the other ends the
family. A client must refresh in one place.
"""

from dataclasses import dataclass
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken, Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from accounts import audit
from accounts.audit import Act
from accounts.models import Session, User
from didshop.errors import Forbidden, Unauthenticated
from didshop.fields import new_id

SESSION_CLAIM = "sid"


@dataclass(frozen=True)
class Tokens:
    """An access token (15 minutes) and the refresh token that gets the next one (7 days)."""

    access_token: str
    refresh_token: str


def start(user: User, *, device: str = "", ip_address: str | None = None) -> Tokens:
    """Sign `user` in on a device: the first tokens of a new family."""
    session_id = new_id()
    token = _issue(user, session_id)
    now = timezone.now()
    Session.objects.create(
        id=session_id,
        user=user,
        current_jti=token["jti"],
        expires_at=now + token.lifetime,
        last_used_at=now,
        device=device[: Session.LONGEST_DEVICE],
        ip_address=ip_address,
    )
    return _pair(token)


def rotate(refresh_token: str) -> Tokens:
    """Take a refresh token and give its successor.

    Raises Unauthenticated: TOKEN_INVALID, TOKEN_EXPIRED, SESSION_ENDED, PASSWORD_CHANGED, or
    TOKEN_REUSED when the token was taken before, which ends the family. Raises Forbidden
    ACCOUNT_DEACTIVATED.
    """
    old = _read(refresh_token)
    session = live_session(old)
    new = _issue(session.user, session.id)
    now = timezone.now()
    # The comparison is in the statement, so that of two at once only one succeeds.
    is_taken = Session.objects.filter(
        id=session.id, current_jti=old["jti"], is_revoked=False
    ).update(current_jti=new["jti"], expires_at=now + new.lifetime, last_used_at=now)
    if not is_taken:
        _end_reused(session)
        raise Unauthenticated(
            "This refresh token was used before, so the session has been ended. Sign in again.",
            code="TOKEN_REUSED",
        )
    return _pair(new)


def end(refresh_token: str) -> None:
    """Sign out: end the family that the token is of. It may have ended already.

    Raises Unauthenticated TOKEN_INVALID or TOKEN_EXPIRED.
    """
    token = _read(refresh_token)
    alive = Session.objects.select_related("user").filter(is_revoked=False)
    session = alive.filter(id=token.get(SESSION_CLAIM)).first()
    if session is None:
        return
    with transaction.atomic():
        if Session.objects.filter(id=session.id, is_revoked=False).update(is_revoked=True):
            audit.record(Act.SIGNED_OUT, actor=session.user, target=session, how="api")


def end_all(user: User, *, except_session_key: str | None = None) -> int:
    """End every sign-in of `user`, in browsers and over the API; how many there were.

    `except_session_key` is the browser's that asks for it, which stays signed in.
    """
    with transaction.atomic():
        browsers = list(
            UserSession.objects.filter(user=user).exclude(session_key=except_session_key or "")
        )
        for browser in browsers:
            browser.end()
        live = Session.objects.filter(user=user, is_revoked=False, expires_at__gt=timezone.now())
        return len(browsers) + live.update(is_revoked=True)


def live_session(token: Token) -> Session:
    """The session (with its user) that an access or refresh token belongs to.

    Raises Unauthenticated SESSION_ENDED or PASSWORD_CHANGED, Forbidden ACCOUNT_DEACTIVATED.
    """
    session = Session.objects.select_related("user").filter(id=token.get(SESSION_CLAIM)).first()
    if session is None or session.is_revoked:
        raise Unauthenticated("The session has been ended. Sign in again.", code="SESSION_ENDED")
    if not session.user.is_active:
        raise Forbidden("This account has been deactivated.", code="ACCOUNT_DEACTIVATED")
    password = get_md5_hash_password(session.user.password)
    if token.get(api_settings.REVOKE_TOKEN_CLAIM) != password:
        raise Unauthenticated(
            "The password has been changed. Sign in again.", code="PASSWORD_CHANGED"
        )
    return session


def _end_reused(session: Session) -> None:
    """End a family of which a token came back; it may have ended meanwhile."""
    with transaction.atomic():
        if Session.objects.filter(id=session.id, is_revoked=False).update(is_revoked=True):
            audit.record(Act.TOKEN_REUSED, actor=session.user, target=session)


def _issue(user: User, session_id: UUID) -> RefreshToken:
    token = RefreshToken.for_user(user)
    token[SESSION_CLAIM] = str(session_id)
    return token


def _pair(token: RefreshToken) -> Tokens:
    return Tokens(access_token=str(token.access_token), refresh_token=str(token))


def _read(refresh_token: str) -> RefreshToken:
    try:
        return RefreshToken(refresh_token)  # type: ignore[arg-type]  # text is what it decodes
    except ExpiredTokenError as error:
        raise Unauthenticated(
            "The refresh token has expired. Sign in again.", code="TOKEN_EXPIRED"
        ) from error
    except TokenError as error:
        raise Unauthenticated(
            "This is not a refresh token of this shop.", code="TOKEN_INVALID"
        ) from error
