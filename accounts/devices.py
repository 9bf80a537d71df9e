"""What somebody signed in with, in words: "Firefox on Linux".

A user agent is what a program says about itself: good enough to tell one's own devices apart,
no proof of anything. Only the big families are told; the rest is called by its first word.
"""

import re

# The first that is found names it: most browsers also claim to be the ones below them.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
# Programs begin with their name: "curl/8.5.0", "python-requests/2.32", "okhttp".
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]{0,39}")
UNKNOWN = "Unknown device"


def in_words(user_agent: str) -> str:
    """The browser and its system, or the program, that a `User-Agent` header names."""
    if not user_agent.startswith("Mozilla/"):
        program = _PROGRAM.match(user_agent)
        return program[0].strip() if program else UNKNOWN
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return f"{browser or 'A browser'} on {system}" if system else browser or UNKNOWN


def _first(families: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in families if mark in user_agent), "")
