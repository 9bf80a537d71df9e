"""Checking an e-mail address and a password."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import User
from didshop.errors import Forbidden, TooManyRequests, Unauthenticated

# allauth counts failures over this long; see its ACCOUNT_RATE_LIMITS.
COOL_OFF_SECONDS = 300


def authenticate(request: Request, *, email: str, password: str) -> User:
    """The user whose address and password these are.

    Failures are counted by address and by caller together with those of the login page. It
    takes as long for an address that nobody has as for a wrong password.

    Raises Unauthenticated INVALID_CREDENTIALS, Forbidden ACCOUNT_DEACTIVATED (only to who
    knows the password), TooManyRequests after five failures in five minutes.
    """
    try:
        user: User | None = get_adapter(request).authenticate(
            request, email=email, password=password
        )
    except ValidationError as error:
        raise TooManyRequests(
            "Too many sign-ins have failed. Try again in a few minutes.",
            retry_after=COOL_OFF_SECONDS,
        ) from error
    if user is None:
        raise Unauthenticated(
            "The e-mail address or the password is not right.", code="INVALID_CREDENTIALS"
        )
    if not user.is_active:
        raise Forbidden("This account has been deactivated.", code="ACCOUNT_DEACTIVATED")
    return user
