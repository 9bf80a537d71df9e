"""What staff do to the accounts of others. The admin calls these verbs.

Each takes `actor`, a member of staff who may change users, is written to the audit log under
their name, and raises Forbidden STAFF_ONLY or SUPERUSERS_ONLY for who may not: staff are changed
by superusers alone.
"""

from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse

from accounts import audit, sessions
from accounts.audit import Act
from accounts.entrance import unlocking
from accounts.entrance.confirming import address_of
from accounts.models import Membership, Organization, User
from accounts.privacy.closing import is_erased
from accounts.team.locking import lock
from accounts.team.members import give_role
from accounts.team.names import clean_name
from accounts.team.organizing import give_name
from didshop import outbox
from didshop.addresses import public_url
from didshop.errors import Conflict, Forbidden


def may_change(actor: User, user: User) -> bool:
    """Whether `actor` may do anything to the account of `user`."""
    if user.is_staff and not actor.is_superuser:
        return False
    return actor.is_staff and actor.has_perm("accounts.change_user")


def open_account(user: User, *, actor: User) -> User:
    """Open an account for somebody: `user` is not saved yet, and has a password or an unusable one.

    Their address is theirs to confirm: the mail that asks for it is in the outbox.
    """
    if not actor.has_perm("accounts.add_user"):
        raise _staff_only()
    with transaction.atomic():
        User.objects.open_account(user)
        address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
        audit.record(Act.ACCOUNT_OPENED, actor=actor, target=user)
        address.send_confirmation(signup=True)
    return user


def deactivate(user: User, *, actor: User) -> None:
    """Nobody gets in as `user` any more: every sign-in ends at once, and their keys open nothing.

    Raises Forbidden ONESELF.
    """
    _demand(actor, user)
    if user.pk == actor.pk:
        raise Forbidden("You cannot deactivate yourself.", code="ONESELF")
    with transaction.atomic():
        if _set_active(user, is_active=False):
            ended = sessions.end_all(user)
            audit.record(Act.ACCOUNT_DEACTIVATED, actor=actor, target=user, sessions_ended=ended)


def activate(user: User, *, actor: User) -> None:
    """Let `user` in again. Raises Conflict ACCOUNT_ERASED for who has deleted their account."""
    _demand(actor, user)
    if is_erased(user):
        raise Conflict(
            "They have deleted their account. Nobody can bring it back.", code="ACCOUNT_ERASED"
        )
    with transaction.atomic():
        if _set_active(user, is_active=True):
            audit.record(Act.ACCOUNT_ACTIVATED, actor=actor, target=user)


def end_sessions(user: User, *, actor: User) -> int:
    """End every sign-in of `user`, in browsers and over the API; how many there were."""
    _demand(actor, user)
    with transaction.atomic():
        ended = sessions.end_all(user)
        audit.record(Act.SESSION_ENDED, actor=actor, target=user, sessions_ended=ended)
    return ended


def resend_confirmation(user: User, *, actor: User) -> None:
    """Send the mail again by which `user` confirms their address, or the new one that waits.

    Raises Conflict EMAIL_CONFIRMED where none waits.
    """
    _demand(actor, user)
    address = EmailAddress.objects.filter(user=user, email=address_of(user), verified=False).first()
    if address is None:
        raise Conflict("Their address is confirmed already.", code="EMAIL_CONFIRMED")
    with transaction.atomic():
        address.send_confirmation()
        audit.record(Act.CONFIRMATION_RESENT, actor=actor, target=user)


def reset_second_factor(user: User, *, actor: User) -> None:
    """Take all second factors away, for who has lost them all. They sign in by password alone.

    Whoever asks for this may be a thief who has the password: make sure that it is the owner. All
    sign-ins end, and the owner is told by mail. Raises Forbidden SUPERUSERS_ONLY, ONESELF;
    Conflict NO_SECOND_FACTOR.
    """
    _demand(actor, user)
    if not actor.is_superuser:
        raise _superusers_only()
    if user.pk == actor.pk:
        raise Forbidden("Change your own second factors on your security page.", code="ONESELF")
    with transaction.atomic():
        factors = Authenticator.objects.select_for_update().filter(user=user)
        kinds = sorted(factors.values_list("type", flat=True))
        if not kinds:
            raise Conflict("They have no second factor.", code="NO_SECOND_FACTOR")
        factors.delete()
        ended = sessions.end_all(user)
        audit.record(Act.MFA_RESET, actor=actor, target=user, kinds=kinds, sessions_ended=ended)
        _tell(user, "emails/second_factors_reset")


def unlock_sign_in(user: User, *, actor: User) -> None:
    """Forget the wrong passwords and codes that were tried for `user`: they may try again at once.

    Those that were counted by the address they came from stay counted.
    """
    _demand(actor, user)
    unlocking.forget_failures(user)
    audit.record(Act.SIGN_IN_UNLOCKED, actor=actor, target=user)


def password_was_set(user: User, *, actor: User) -> None:
    """Follow up on a password that `actor` has set: sign-ins end, and the owner is told."""
    request = context.request
    own = request.session.session_key if request and user.pk == actor.pk else None
    with transaction.atomic():
        ended = sessions.end_all(user, except_session_key=own)
        act = Act.PASSWORD_CHANGED if user.pk == actor.pk else Act.PASSWORD_SET_BY_STAFF
        audit.record(act, actor=actor, target=user, sessions_ended=ended)
        _tell(user, "emails/password_set_by_staff")


def role_was_changed(user: User, *, old: str, actor: User) -> None:
    """Write down that somebody's place among the staff has changed; who lost theirs is signed out.

    Call it in the transaction of the change. Raises Forbidden SUPERUSERS_ONLY, ONESELF.
    """
    if not actor.is_superuser:
        raise _superusers_only()
    if user.pk == actor.pk:
        raise Forbidden("Nobody changes their own role.", code="ONESELF")
    ended = sessions.end_all(user)
    audit.record(
        Act.STAFF_ROLE_CHANGED,
        actor=actor,
        target=user,
        old=old,
        new=user.role,
        sessions_ended=ended,
    )


def change_member_role(place: Membership, *, role: str, actor: User) -> None:
    """Give a member of an organisation another role, as nobody in it can any more.

    Raises Conflict LAST_OWNER: staff, too, leave no organisation without an owner.
    """
    if not actor.has_perm("accounts.change_membership"):
        raise _staff_only()
    with transaction.atomic():
        team = lock(place.organization)
        member = team.member(place.pk)
        if member.role != role:
            give_role(team, member, role, actor=actor)


def rename_organization(organization: Organization, *, name: str, actor: User) -> None:
    """Call an organisation otherwise. Raises Invalid for a name that cannot be."""
    if not actor.has_perm("accounts.change_organization"):
        raise _staff_only()
    cleaned = clean_name(name)
    with transaction.atomic():
        renamed = Organization.objects.select_for_update().get(pk=organization.pk)
        give_name(renamed, cleaned, actor=actor)


def _demand(actor: User, user: User) -> None:
    if may_change(actor, user):
        return
    raise _superusers_only() if actor.has_perm("accounts.change_user") else _staff_only()


def _staff_only() -> Forbidden:
    return Forbidden(
        "You may look at this and not change it. A superuser can give you that right.",
        code="STAFF_ONLY",
    )


def _superusers_only() -> Forbidden:
    return Forbidden("Only a superuser can do this.", code="SUPERUSERS_ONLY")


def _set_active(user: User, *, is_active: bool) -> bool:
    """Whether that changed anything."""
    now = User.objects.select_for_update().get(pk=user.pk)
    user.is_active = is_active
    if now.is_active == is_active:
        return False
    now.is_active = is_active
    now.save(update_fields=["is_active", "updated_at"])
    return True


def _tell(user: User, template: str) -> None:
    """A mail to the owner about what staff have done. It names nobody of the staff."""
    facts = {
        "name": user.first_name or user.email,
        "security_url": public_url(reverse("security:overview")),
        "reset_url": public_url(reverse("account_reset_password")),
    }
    outbox.post(to=user.email, template=template, context=facts)
