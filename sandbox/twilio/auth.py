"""Basic authentication with the account SID and its auth token."""

import base64
import binascii
import hmac

from starlette.requests import Request

from sandbox.config import Config


def is_authorized(request: Request) -> bool:
    """Whether the caller knows the token and asks for the account that is theirs."""
    config: Config = request.app.state.config
    account_sid = request.path_params.get("account_sid", config.twilio_account_sid)
    expected = f"{config.twilio_account_sid}:{config.twilio_auth_token}"
    return account_sid == config.twilio_account_sid and hmac.compare_digest(
        credentials(request).encode(), expected.encode()
    )


def credentials(request: Request) -> str:
    """`user:password` of the Basic header; empty when there is none that can be read."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
