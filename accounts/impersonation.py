"""Staff who act in a customer's place, to see what the customer sees."""

from accounts.models import User


def may_impersonate(*, hijacker: User, hijacked: User | None) -> bool:
    """Whether `hijacker` may act in the place of `hijacked`: staff for active customers only."""
    if hijacked is None or not hijacked.is_active or hijacked.is_staff:
        return False
    return hijacker.has_perm("accounts.impersonate_user")
