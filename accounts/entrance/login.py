"""Signing in over the API: an address, a password and, where it is asked for, a second factor."""

from allauth.account.adapter import get_adapter
from allauth.mfa import signals
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from rest_framework.request import Request

from accounts.entrance import limits
from accounts.models import User
from accounts.security.factors import Factors, factors_of
from didshop.errors import Forbidden, TooManyRequests, Unauthenticated

# Digits of a recovery code, and some room for how people write it.
LONGEST_OTP = 20


def authenticate(request: Request, *, email: str, password: str, otp: str = "") -> User:
    """The user whose address, password and one-time password these are.

    Failures are counted by account and by caller together with those of the sign-in page (see
    `accounts.adapter`). It takes as long for an address that nobody has as for a wrong password.
    `otp` is asked for where the account has a second factor: a code of the authenticator app or
    a recovery code, each good once.

    Raises Unauthenticated INVALID_CREDENTIALS; only to who knows the password Forbidden
    ACCOUNT_DEACTIVATED and Unauthenticated OTP_REQUIRED or INVALID_OTP; TooManyRequests.
    """
    user: User | None = get_adapter(request).authenticate(request, email=email, password=password)
    if user is None:
        raise Unauthenticated(
            "The e-mail address or the password is not right.", code="INVALID_CREDENTIALS"
        )
    if not user.is_active:
        raise Forbidden("This account has been deactivated.", code="ACCOUNT_DEACTIVATED")
    _check_second_factor(request, user, otp.strip())
    return user


def _check_second_factor(request: Request, user: User, otp: str) -> None:
    factors = factors_of(user)
    if not factors.is_on:
        return
    if not otp:
        raise _otp_required(factors)
    authenticator = _authenticator_of(request, user, otp)
    authenticator.record_usage()
    # What allauth's page does besides is to note it in the browser's session: there is none.
    signals.authenticator_used.send(
        sender=Authenticator,
        request=request._request,  # noqa: SLF001 - DRF has no public name for it
        user=user,
        authenticator=authenticator,
        reauthenticated=False,
        passwordless=False,
    )


def _authenticator_of(request: Request, user: User, otp: str) -> Authenticator:
    """The second factor that shows, or has, `otp`. Raises Unauthenticated, TooManyRequests."""
    form = AuthenticateForm({"code": otp}, user=user)
    try:
        is_right = form.is_valid()
    except TooManyRequests as error:
        raise limits.codes_exceeded(request, user.pk) from error
    if not is_right:
        raise Unauthenticated(
            "The one-time password is not right, or was used already. Wait for the next one.",
            code="INVALID_OTP",
        )
    return form.authenticator


def _otp_required(factors: Factors) -> Unauthenticated:
    sentence = (
        "This account has a second factor. Send the code of the authenticator app, or a recovery "
        "code, as otp."
    )
    if factors.app is None:
        sentence = (
            "This account signs in with a passkey, which the API cannot take. Sign in on the "
            "website and make an API key, add an authenticator app, or send a recovery code as "
            "otp."
        )
    return Unauthenticated(sentence, code="OTP_REQUIRED")
