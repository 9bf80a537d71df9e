"""Who may call: the one secret key, as Bearer or as the user of Basic auth.

(Stripe: Authentication)
"""

import base64
import binascii
import hmac

from sandbox.stripe.errors import StripeError

VISIBLE_START = 8
VISIBLE_END = 4


def check_secret_key(header: str, expected: str) -> None:
    """Raises StripeError 401 unless the header carries the expected key."""
    key = key_in(header)
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details.",
            status=401,
            kept=False,
        )
    if not hmac.compare_digest(key.encode(), expected.encode()):
        raise StripeError(f"Invalid API Key provided: {masked(key)}", status=401, kept=False)


def key_in(header: str) -> str:
    """The key in an Authorization header, empty when there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def masked(key: str) -> str:
    """A key of which only the ends can be read."""
    hidden = len(key) - VISIBLE_START - VISIBLE_END
    if hidden <= 0:
        return "*" * len(key)
    return f"{key[:VISIBLE_START]}{'*' * hidden}{key[-VISIBLE_END:]}"
