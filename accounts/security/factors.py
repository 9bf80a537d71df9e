"""What stands between an account and whoever knows its password."""

from dataclasses import dataclass, field
from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.audit import Act
from accounts.models import AuditEntry, User

_PASSWORD_ACTS = (Act.PASSWORD_CHANGED, Act.PASSWORD_RESET)


@dataclass
class Factors:
    """A user's second factors; `recovery_codes_left` is None where none were made."""

    app: Authenticator | None = None
    passkeys: list[Authenticator] = field(default_factory=list)
    recovery_codes_left: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether a sign-in takes more than the password."""
        return self.app is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """The second factors of `user`. One query."""
    found = Factors()
    for authenticator in Authenticator.objects.filter(user=user).order_by("pk"):
        match authenticator.type:
            case Authenticator.Type.TOTP:
                found.app = authenticator
            case Authenticator.Type.WEBAUTHN:
                found.passkeys.append(authenticator)
            case _:
                found.recovery_codes_left = len(authenticator.wrap().get_unused_codes())
    return found


def password_changed_at(user: User) -> datetime | None:
    """When the password was last changed; None if it is the first one, as far as is known."""
    changes = AuditEntry.objects.filter(actor=user, act__in=_PASSWORD_ACTS).order_by("-id")
    return changes.values_list("created_at", flat=True).first()
