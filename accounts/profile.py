"""What a person tells about themselves, and changing it."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction

from accounts import audit
from accounts.audit import Act
from accounts.models import User
from didshop.errors import Invalid
from didshop.texts import check_plain

# What people may change of their own, with how long it may be; the rest is the shop's to say.
LONGEST = {"first_name": 100, "last_name": 100, "company": 200, "phone": 20}
check_phone = RegexValidator(r"^\+?[0-9 ()./-]{5,20}\Z", "Write a phone number.")


def change_profile(user: User, **changes: str) -> User:
    """Change names, company or phone of `user` (see LONGEST), by themselves; returns them.

    What is not named stays. The audit log keeps which fields were changed, not their texts.
    Raises Invalid with every field at fault; nothing is changed then.
    """
    cleaned = {name: text.strip() for name, text in changes.items()}
    problems = [
        {"field": name, "message": problem}
        for name, text in cleaned.items()
        if (problem := _problem(name, text))
    ]
    if problems:
        raise Invalid("Validation error", details=problems)
    changed = [name for name, text in cleaned.items() if getattr(user, name) != text]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, cleaned[name])
    with transaction.atomic():
        user.save(update_fields=[*changed, "updated_at"])
        audit.record(Act.PROFILE_CHANGED, actor=user, target=user, fields=sorted(changed))
    return user


def _problem(name: str, text: str) -> str:
    """Why the text cannot stand there; empty where it can."""
    if len(text) > LONGEST[name]:
        return f"Write at most {LONGEST[name]} characters."
    if not text:
        return "Write your first name." if name == "first_name" else ""
    try:
        check_plain(text)
        if name == "phone":
            check_phone(text)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
