"""What staff do to an account with one press: on its page, and from the list for many."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts import staff
from accounts.entrance.confirming import address_of
from accounts.models import User
from accounts.security.factors import factors_of


def _always(user: User) -> bool:
    return True


def _is_active(user: User) -> bool:
    return user.is_active


def _is_inactive(user: User) -> bool:
    return not user.is_active


def _waits(user: User) -> bool:
    """Whether an address of theirs waits to be confirmed."""
    return user.is_active and (not user.is_email_verified or address_of(user) != user.email)


def _has_factors(user: User) -> bool:
    return factors_of(user).is_on


@dataclass(frozen=True)
class Deed:
    """A verb of `accounts.staff`: what its button says, means, and is answered with.

    `fits` says whether it makes sense for somebody now; whether it is allowed says the verb.
    """

    verb: Callable[..., Any]
    label: str
    means: str
    done: str
    fits: Callable[[User], bool] = _always
    is_for_oneself: bool = True
    is_for_superusers: bool = False
    is_grave: bool = False

    @property
    def name(self) -> str:
        """As it stands in addresses and forms."""
        return self.verb.__name__

    @property
    def url_name(self) -> str:
        """What does it, asked by POST with the id of a user."""
        return f"admin:accounts_user_{self.name}"


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            staff.end_sessions,
            label="End all sign-ins",
            means="In browsers and over the API. They can sign in again.",
            done="All sign-ins have ended.",
        ),
        Deed(
            staff.unlock_sign_in,
            label="Unlock the sign-in",
            means="Forgets the wrong passwords and codes that were tried.",
            done="They may try to sign in again at once.",
            fits=_is_active,
        ),
        Deed(
            staff.resend_confirmation,
            label="Send the confirmation again",
            means="The mail with the link that confirms their address.",
            done="The mail is on its way.",
            fits=_waits,
        ),
        Deed(
            staff.reset_second_factor,
            label="Take away second factors",
            means="For who has lost them all. Make sure first that it is the owner who asks.",
            done="The second factors are gone, and all sign-ins have ended.",
            fits=_has_factors,
            is_for_oneself=False,
            is_for_superusers=True,
            is_grave=True,
        ),
        Deed(
            staff.deactivate,
            label="Deactivate",
            means="Ends all sign-ins at once; their API keys open nothing.",
            done="Nobody gets in as them any more.",
            fits=_is_active,
            is_for_oneself=False,
            is_grave=True,
        ),
        Deed(
            staff.activate,
            label="Activate",
            means="Lets them sign in again.",
            done="They may sign in again.",
            fits=_is_inactive,
        ),
    )
}


def for_page(user: User, *, actor: User) -> list[Deed]:
    """The deeds that make sense now, and that `actor` may do."""
    if not staff.may_change(actor, user):
        return []
    is_oneself = actor.pk == user.pk
    return [
        deed
        for deed in DEEDS.values()
        if (deed.is_for_oneself or not is_oneself)
        and (actor.is_superuser or not deed.is_for_superusers)
        and deed.fits(user)
    ]
