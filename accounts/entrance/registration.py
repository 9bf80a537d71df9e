"""Opening an account."""

from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django.db import IntegrityError, transaction

from accounts.entrance import notices
from accounts.models import User
from didshop.errors import Conflict


def register(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str = "",
    company: str = "",
    phone: str = "",
) -> User:
    """Make a user, an organisation that they own, and ask them to confirm their address.

    `password` has passed the validators already. `phone` is for people to read and is kept as
    written. The mail is in the outbox, and sent by a task.

    Raises Conflict USER_EXISTS when the address belongs to somebody, in whatever case.
    """
    if filter_users_by_email(email):
        raise user_exists()
    user = User(
        email=email.strip().lower(),
        first_name=first_name,
        last_name=last_name,
        company=company,
        phone=phone,
    )
    # Outside the transaction: hashing takes long by intent, and SQLite has one writer.
    user.set_password(password)
    try:
        with transaction.atomic():
            User.objects.open_account(user)
            address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
            notices.signed_up(user, how="api")
            address.send_confirmation(signup=True)
    except IntegrityError as error:
        raise user_exists() from error
    return user


def user_exists() -> Conflict:
    """The refusal of an address that is taken."""
    return Conflict(
        "There is an account with this e-mail address already. Sign in instead.",
        code="USER_EXISTS",
    )
