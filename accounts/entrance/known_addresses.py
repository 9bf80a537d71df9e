"""Where an account's owner has signed in from before.

Whoever tries passwords for somebody's account from elsewhere must not keep its owner out: see
`accounts.adapter.AccountAdapter.pre_authenticate`.
"""

from allauth.core.internal.ratelimit import truncate_ip

from accounts.audit import Act
from accounts.models import AuditEntry

# As many sign-ins are looked at.
_NEWEST = 50


def is_known(*, email: str, address: str) -> bool:
    """Whether one of the newest sign-ins to the account of `email` came from `address`.

    A password that was reset counts, too: it takes the owner's mail. Of an IPv6 address its
    network counts. One query, whether or not there is such an account.
    """
    return truncate_ip(address) in known_addresses(email)


def known_addresses(email: str) -> set[str]:
    """Where the newest sign-ins to the account of `email` came from; of IPv6 the networks."""
    acts = (Act.SIGNED_IN, Act.PASSWORD_RESET)
    entries = AuditEntry.objects.filter(actor__email=email, act__in=acts)
    known = entries.order_by("-id").values_list("ip_address", flat=True)[:_NEWEST]
    return {truncate_ip(one) for one in known if one}
