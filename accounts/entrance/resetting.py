"""A new password for who has lost theirs, by a mail to their address."""

from uuid import UUID

from allauth.account.forms import ResetPasswordForm
from allauth.account.internal.flows.password_reset import finalize_password_reset
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.entrance.mail_tokens import ResetTokens, State, malformed, refused_token
from accounts.models import User
from didshop.errors import Invalid

_tokens = ResetTokens()
_REFUSALS = {
    State.EXPIRED: (
        "TOKEN_EXPIRED",
        "This token is too old. Ask for a new mail and use the link in that.",
    ),
    State.USED: (
        "TOKEN_USED",
        "This token was used already, or the account has changed since. Ask for a new mail.",
    ),
    State.FOREIGN: (
        "TOKEN_INVALID",
        "This is not a token of this shop for this account. Copy the whole of it from the mail.",
    ),
}


def ask(request: HttpRequest, *, email: str) -> None:
    """Send a mail with a token to `email`; one that nobody has gets a mail that says so."""
    form = ResetPasswordForm({"email": email})
    if form.is_valid():
        with transaction.atomic():
            form.save(request)


def reset(request: HttpRequest, *, token: str, password: str) -> User:
    """Give the account of `token` the new `password`, and end all of its sessions.

    `token` is what the mail's link holds. Second factors stay as they are. Raises Invalid
    TOKEN_MALFORMED, TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_USED, and for a weak password, which
    does not use the token up.
    """
    user, key = _read(token)
    try:
        validate_password(password, user)
    except ValidationError as error:
        details = [{"field": "password", "message": message} for message in error.messages]
        raise Invalid("Validation error", details=details) from error
    # Outside the transaction: hashing takes long by intent, and SQLite has one writer.
    hashed = make_password(password)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        # Of two requests with one token, the second finds it used.
        _check(user, key)
        user.password = hashed
        user.save(update_fields=["password", "updated_at"])
        # allauth's signal ends the sessions and writes the audit log: accounts.entrance.notices.
        finalize_password_reset(request, user)
    return user


def _read(token: str) -> tuple[User, str]:
    uid, _, key = token.partition("-")
    try:
        user = User.objects.filter(pk=UUID(uid)).first()
    except ValueError as error:
        raise malformed() from error
    _check(user, key)
    assert user is not None  # a token of nobody is foreign
    return user, key


def _check(user: User | None, key: str) -> None:
    state = _tokens.state(user, key)
    if state is not State.GOOD:
        raise refused_token(*_REFUSALS[state])
