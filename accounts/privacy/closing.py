"""How somebody who deleted their account, and an organisation that ended with them, are known."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.audit import Act
from accounts.models import AuditEntry, User

# RFC 2606 keeps ".invalid" for addresses that reach nobody.
ERASED_DOMAIN = "@erased.invalid"
ERASED_ORGANIZATION = "Closed organisation"
ERASED_PERSON = "Erased user"


def erased_address(user: User) -> str:
    """What stands in the place of the address of somebody who deleted their account."""
    return f"erased-{user.pk}{ERASED_DOMAIN}"


def check_not_reserved(email: str) -> None:
    """A validator: ValidationError for an address that stands in the place of a deleted one.

    Whoever had one would look like somebody deleted, or keep another from deleting their account.
    """
    if email.strip().lower().endswith(ERASED_DOMAIN):
        raise ValidationError("No mail reaches this address. Write another one.", code="reserved")


def is_erased(user: User) -> bool:
    """Whether they have deleted their account."""
    return user.email.endswith(ERASED_DOMAIN)


def closed_organizations() -> QuerySet[AuditEntry, object]:
    """The ids of organisations that ended with the account of their last member.

    The audit log says so, which nobody can change.
    """
    ended = AuditEntry.objects.filter(act=Act.ORGANIZATION_CLOSED, organization__isnull=False)
    ids: QuerySet[AuditEntry, object] = ended.order_by().values("organization_id")
    return ids
