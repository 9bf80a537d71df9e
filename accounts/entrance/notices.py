"""Who came in, and what was changed about how they do: for the audit log and for the owner.

allauth says by signals what happens on its pages; the API's verbs call the same functions. What
opens an account (a password, a second factor) ends the sign-ins elsewhere when it is changed, so
that whoever made off with the old one is out.
"""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest

from accounts import audit, devices, sessions
from accounts.audit import Act
from accounts.models import AuditEntry, User


def connect() -> None:
    """Have allauth's signals heard. Called once, at start."""
    heard = {
        account_signals.user_signed_up: _on_signed_up,
        account_signals.user_logged_in: _on_signed_in,
        user_logged_out: _on_signed_out,
        account_signals.password_changed: _on_password_changed,
        account_signals.password_set: _on_password_changed,
        account_signals.password_reset: _on_password_reset,
        account_signals.email_confirmed: _on_email_confirmed,
        account_signals.email_changed: _on_email_changed,
        mfa_signals.authenticator_added: _on_factor_added,
        mfa_signals.authenticator_removed: _on_factor_removed,
        mfa_signals.authenticator_reset: _on_codes_made,
        mfa_signals.authenticator_used: _on_factor_used,
        mfa_signals.authentication_failed: _on_factor_refused,
    }
    for signal, receiver in heard.items():
        signal.connect(receiver, dispatch_uid=f"accounts.entrance.notices.{receiver.__name__}")


# ---------------------------------------------------------------- in and out
def signed_up(user: User, *, how: str) -> None:
    """Write down a new account; `how` is "page" or "api"."""
    audit.record(Act.SIGNED_UP, actor=user, how=how)


def signed_in(user: User, *, how: str, second: str = "") -> None:
    """Write down a sign-in, and tell its owner by mail where it is from a new kind of device.

    `how`: "password", "passkey", "confirmation" (by the link of the first mail) or "api".
    `second`: the second factor that was asked for.
    """
    device = devices.in_words(_user_agent())
    earlier = AuditEntry.objects.filter(actor=user, act=Act.SIGNED_IN)
    with transaction.atomic():
        is_new = earlier.exists() and not earlier.filter(details__device=device).exists()
        facts: dict[str, Any] = {"second": second} if second else {}
        audit.record(Act.SIGNED_IN, actor=user, how=how, device=device, **facts)
        if is_new:
            get_adapter().send_notification_mail("emails/new_device", user, {"how": how})


def sign_in_failed(email: str) -> None:
    """Write down a password that was not right, where `email` has an account.

    For an address that nobody has the same is done, and thrown away: it has to take as long.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    with transaction.atomic():
        audit.record(Act.SIGN_IN_FAILED, actor=user, how="password")
        if user is None:
            transaction.set_rollback(True)


def _on_signed_up(sender: Any, *, user: User, **kwargs: Any) -> None:
    signed_up(user, how="page")


def _on_signed_in(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    steps = get_authentication_records(request, user)
    second = [step for step in steps if step["method"] == "mfa"]
    if any(step.get("passwordless") for step in second):
        signed_in(user, how="passkey")
    elif any(step["method"] == "password" for step in steps):
        signed_in(user, how="password", second=second[-1]["type"] if second else "")
    else:
        signed_in(user, how="confirmation")


def _on_signed_out(sender: Any, *, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(Act.SIGNED_OUT, actor=user, how="page")


# ---------------------------------------------------------------- password and address
def _on_password_changed(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _write_and_end(Act.PASSWORD_CHANGED, request, user)


def _on_password_reset(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _write_and_end(Act.PASSWORD_RESET, request, user)


def _on_email_confirmed(sender: Any, *, email_address: EmailAddress, **kwargs: Any) -> None:
    audit.record(Act.EMAIL_CONFIRMED, actor=email_address.user)


def _on_email_changed(
    sender: Any, *, user: User, from_email_address: EmailAddress | None, **kwargs: Any
) -> None:
    # The first address of a new account is not a change.
    if from_email_address is not None:
        audit.record(Act.EMAIL_CHANGED, actor=user)


# ---------------------------------------------------------------- second factors
def _on_factor_added(
    sender: Any, *, request: HttpRequest, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        audit.record(Act.RECOVERY_CODES_MADE, actor=authenticator.user)
    else:
        _write_and_end(Act.MFA_ADDED, request, authenticator.user, kind=authenticator.type)


def _on_factor_removed(
    sender: Any, *, request: HttpRequest, authenticator: Authenticator, **kwargs: Any
) -> None:
    # Recovery codes go with the last of the others.
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _write_and_end(Act.MFA_REMOVED, request, authenticator.user, kind=authenticator.type)


def _on_codes_made(sender: Any, *, authenticator: Authenticator, **kwargs: Any) -> None:
    audit.record(Act.RECOVERY_CODES_MADE, actor=authenticator.user)


def _on_factor_used(sender: Any, *, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        # The code was crossed out in a copy of the row.
        authenticator.refresh_from_db()
        left = len(authenticator.wrap().get_unused_codes())
        audit.record(Act.RECOVERY_CODE_USED, actor=authenticator.user, left=left)


def _on_factor_refused(sender: Any, *, user: User, **kwargs: Any) -> None:
    audit.record(Act.SIGN_IN_FAILED, actor=user, how="second factor")


def _write_and_end(act: Act, request: HttpRequest, user: User, **details: Any) -> None:
    """Write the act down, and end the user's sign-ins but the one that it was done in."""
    with transaction.atomic():
        ended = sessions.end_all(user, except_session_key=request.session.session_key)
        audit.record(act, actor=user, sessions_ended=ended, **details)


def _user_agent() -> str:
    request: HttpRequest | None = context.request
    return request.headers.get("User-Agent", "") if request else ""
