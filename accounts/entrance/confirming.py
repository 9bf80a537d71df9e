"""Showing that mail to an address reaches its owner."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import (
    consume_email_verification_rate_limit,
    send_verification_email_to_address,
)
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest

from accounts.entrance.mail_tokens import malformed, refused_token
from accounts.models import User
from didshop.errors import Conflict

_DAY = 24 * 3600
# A signed value, its time and the signature.
_PARTS = 3


def confirm(request: HttpRequest, *, token: str) -> EmailAddress:
    """Confirm the address that `token` was mailed to: the last part of the mail's link.

    Raises Invalid TOKEN_MALFORMED, TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_USED, and Conflict
    EMAIL_TAKEN where somebody else has confirmed the address meanwhile.
    """
    with transaction.atomic():
        addresses = EmailAddress.objects.select_for_update().select_related("user")
        address = addresses.filter(pk=_address_id(token)).first()
        if address is None:
            raise refused_token(
                "TOKEN_USED", "This token was for an address that has been changed since."
            )
        if address.verified:
            raise refused_token(
                "TOKEN_USED", "This token was used already: the address is confirmed."
            )
        if not get_adapter(request).confirm_email(request, address):
            raise Conflict("Somebody else has confirmed this address.", code="EMAIL_TAKEN")
    return address


def _address_id(token: str) -> int:
    """The row's id that allauth has signed (EmailConfirmationHMAC)."""
    longest = app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS * _DAY
    if len(token.split(":")) != _PARTS:
        raise malformed()
    try:
        address_id: int = signing.loads(token, salt=app_settings.SALT, max_age=longest)
    except signing.SignatureExpired as error:
        raise refused_token(
            "TOKEN_EXPIRED", "This token is too old. Ask for a new mail and use the link in that."
        ) from error
    except signing.BadSignature as error:
        raise refused_token(
            "TOKEN_INVALID", "This is not a token of this shop. Copy the whole of it from the mail."
        ) from error
    return address_id


def send_again(request: HttpRequest, *, email: str) -> None:
    """Send another confirmation to `email`, if it waits for one.

    An address that is confirmed, or that nobody has, gets a mail that says so: the caller must
    not learn which it is, and all three take the same work. At most one mail in three minutes.
    """
    address = EmailAddress.objects.filter(email=email.strip().lower()).first()
    with transaction.atomic():
        if address is not None and not address.verified:
            send_verification_email_to_address(request, address)
        elif consume_email_verification_rate_limit(request, email):
            _tell_otherwise(request, email, is_known=address is not None)


def _tell_otherwise(request: HttpRequest, email: str, *, is_known: bool) -> None:
    if is_known:
        get_adapter(request).send_account_already_exists_mail(email)
    else:
        send_unknown_account_mail(request, email)


def waits(user: User) -> bool:
    """Whether `user` has to confirm their address before they may buy."""
    return settings.BUYING_NEEDS_CONFIRMED_EMAIL and not user.is_email_verified


def address_of(user: User) -> str:
    """The address that `user` has to confirm: a new one that waits, else the present one."""
    waiting = EmailAddress.objects.filter(user=user, verified=False).order_by("-pk").first()
    return waiting.email if waiting else user.email
