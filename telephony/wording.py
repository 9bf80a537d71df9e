"""Calls in words that people read."""

from dids.presentation import international

# What Twilio gives as the caller's number where there is none: these words on a phone's keys.
# Source: Twilio, "Why am I getting calls from these strange numbers?"
WITHHELD = {
    "+266696687": "Anonymous",
    "+7378742833": "Restricted",
    "+2562533": "Blocked",
    "+8656696": "Unknown",
    "+86282452253": "Unavailable",
}


def party_text(party: str) -> str:
    """Who is on one end of a call: a number as its country groups it, or a word if withheld.

    Whatever is no number, such as a SIP address, stays as it is.
    """
    return WITHHELD.get(party) or international(party) or "Unknown"


def duration_text(seconds: int | None) -> str:
    """A duration in seconds as "4 min 05 s"; empty if it is not known yet."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min {rest:02} s"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
