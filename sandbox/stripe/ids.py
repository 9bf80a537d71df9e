"""Ids and secrets as Stripe makes them: a prefix and random letters and digits."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """For example pi_ and 24 random characters."""
    return f"{prefix}_{random_text(length)}"


def client_secret(object_id: str) -> str:
    """What a browser shows to act on this one intent."""
    return f"{object_id}_secret_{random_text(25)}"


def random_text(length: int) -> str:
    """Letters and digits from a secure source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
