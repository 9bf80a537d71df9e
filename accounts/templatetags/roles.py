"""For templates: who may do what the reader may not, read from the table of rights."""

from django import template

from accounts.models import Membership
from accounts.rights import RIGHTS, Right

register = template.Library()


@register.simple_tag
def who_may(right: str) -> str:
    """The roles that have a right, in words: "an owner, an administrator or a member"."""
    asked = Right(right)
    *others, last = [_in_words(role) for role, rights in RIGHTS.items() if asked in rights]
    return f"{', '.join(others)} or {last}" if others else last


def _in_words(role: Membership.Role) -> str:
    if role is Membership.Role.BILLING:
        return "somebody with the role Billing"
    name = str(role.label).lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
