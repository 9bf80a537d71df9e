"""The shop's address, as the world outside reaches it."""

from django.conf import settings


def public_url(path: str) -> str:
    """The full URL of a path of ours, for mails, the carrier and the payment service.

    It comes from PUBLIC_BASE_URL, never from a request's Host, which is the caller's word.
    """
    return f"{settings.PUBLIC_BASE_URL}{path}"
