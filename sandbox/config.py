"""What a sandbox has to know before it starts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Config:
    """The credentials that the sandbox accepts and signs with, and where it lives.

    twilio_account_sid, twilio_auth_token: the one account that exists, for Basic
    auth and for X-Twilio-Signature.
    stripe_secret_key: the one key that is accepted as Bearer or Basic user.
    stripe_webhook_secret: signs the events; stripe_webhook_url: where they go,
    empty to send none.
    database: the SQLite file, made at start together with its folder.
    base_url: where the sandbox itself can be reached, without a closing slash.
    """

    twilio_account_sid: str
    twilio_auth_token: str
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_webhook_url: str
    database: Path
    base_url: str
