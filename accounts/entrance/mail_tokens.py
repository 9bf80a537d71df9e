"""The token of a password reset, as its mail's link holds it; and refusing tokens of mails.

Django's is void once the password, the address or the last sign-in has changed, and cannot say
why. Ours carries a signature besides, over what Django made: where that is right, the token was
made here for this account, and its owner may be told that it is too old or was used. Of any
other token nothing is told.
"""

from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, Signer
from django.utils.http import base36_to_int

from accounts.models import User
from didshop.errors import Invalid


class State(Enum):
    """What a token is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    USED = "used"
    FOREIGN = "foreign"


class ResetTokens(PasswordResetTokenGenerator):
    """Makes and checks tokens, for allauth's pages and for the API."""

    def make_token(self, user: Any) -> str:
        return _signer(user).sign(super().make_token(user))

    def check_token(self, user: Any, token: str | None) -> bool:
        return self.state(user, token) is State.GOOD

    def state(self, user: User | None, token: str | None) -> State:
        """What `token` is worth for `user`."""
        if user is None or not token:
            return State.FOREIGN
        try:
            inner = _signer(user).unsign(token)
        except BadSignature:
            return State.FOREIGN
        if super().check_token(user, inner):
            return State.GOOD
        return State.EXPIRED if self._is_old(inner) else State.USED

    def _is_old(self, inner: str) -> bool:
        made = base36_to_int(inner.partition("-")[0])
        age = self._num_seconds(self._now()) - made
        return bool(age > settings.PASSWORD_RESET_TIMEOUT)


def _signer(user: User) -> Signer:
    return Signer(salt=f"accounts.reset.{user.pk}", sep=".")


def malformed() -> Invalid:
    """The refusal of what was never a token."""
    return refused_token(
        "TOKEN_MALFORMED", "This is not a token from one of our mails. Copy the whole of it."
    )


def refused_token(code: str, sentence: str) -> Invalid:
    """The refusal of a token, in the shape of a field's error."""
    return Invalid(sentence, code=code, details=[{"field": "token", "message": sentence}])
