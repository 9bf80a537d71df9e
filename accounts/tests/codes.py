"""What an authenticator app shows."""

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)


def code_of(secret: str) -> str:
    """The code of this moment."""
    shown: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return shown


def wrong_code_of(secret: str) -> str:
    """One that is none of those that would be taken."""
    near = {
        format_hotp_value(hotp_value(secret, counter))
        for counter in yield_hotp_counters_from_time()
    }
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)
