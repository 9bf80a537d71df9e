"""Whether a webhook is truly the carrier's.

Twilio signs base64(HMAC-SHA1(auth token, public URL + each parameter's name and value, sorted)).
The signature has no separators: `Digits=12` signs like `Digits1=2`. So beside the signature we
look at the names themselves.

Source: Twilio's "Webhooks security", and twilio.request_validator.
"""

import re
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.http import QueryDict
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")

# The parameters that the shop acts upon, and those of Twilio's that begin with the same letters.
READ = frozenset(
    {
        "AccountSid",
        "CallDuration",
        "CallSid",
        "CallStatus",
        "DialCallDuration",
        "DialCallSid",
        "DialCallStatus",
        "Digits",
        "Direction",
        "From",
        "ParentCallSid",
        "SequenceNumber",
        "Timestamp",
        "To",
    }
)
ALIKE = frozenset(
    {
        "FromCity",
        "FromCountry",
        "FromState",
        "FromZip",
        "ToCity",
        "ToCountry",
        "ToState",
        "ToZip",
    }
)


def is_signed(
    url: str, params: QueryDict | Mapping[str, str], headers: Mapping[str, str], raw_body: bytes
) -> bool:
    """Whether Twilio signed this request with our auth token.

    `url` is the full public URL with its query, `params` the form's fields (empty for a JSON
    body, which is signed by its hash). False on whatever the validator cannot digest.
    """
    signature = headers.get(SIGNATURE_HEADER, "")
    if not signature or not settings.TWILIO_AUTH_TOKEN:
        return False
    algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    try:
        signed: object = params or raw_body.decode()
        validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
        return bool(validator.validate(url, signed, signature, algorithm))
    except Exception:  # noqa: BLE001 - it raises many kinds; a verifier that fails refuses.
        return False


def are_plain_names(names: Iterable[str]) -> bool:
    """Whether no name could be another one with letters moved between name and value.

    Twilio adds parameters as it likes, and refusing a real call is worse than ignoring a name;
    so only those are refused that are spelt oddly, or that stretch or shorten a name we read.
    """
    return all(NAME.fullmatch(name) and not _is_moved(name) for name in names)


def _is_moved(name: str) -> bool:
    if name in READ or name in ALIKE:
        return False
    return any(name.startswith(read) or read.startswith(name) for read in READ)
