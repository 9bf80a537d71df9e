"""What somebody signed in with, in words."""

import pytest

from accounts import devices

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (LINUX + "Firefox/132.0", "Firefox on Linux"),
        (MAC + "Chrome/130.0.0.0 Safari/537.36", "Chrome on macOS"),
        (MAC + "Version/18.1 Safari/605.1.15", "Safari on macOS"),
        (WINDOWS + "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge on Windows"),
        (WINDOWS + "Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0", "Opera on Windows"),
        (ANDROID + "Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (ANDROID + "SamsungBrowser/26.0 Chrome/122.0.0.0", "Samsung Internet on Android"),
        (IPHONE + "Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (IPHONE + "CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0)", "A browser on Windows"),
        ("Mozilla/5.0 (PlayStation)", devices.UNKNOWN),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.32.3", "python-requests"),
        ("Acme Dialer", "Acme Dialer"),
        ("", devices.UNKNOWN),
        ("<script>", devices.UNKNOWN),
    ],
)
def test_a_device_in_words(user_agent: str, words: str) -> None:
    assert devices.in_words(user_agent) == words


def test_a_strange_program_is_not_quoted_at_length() -> None:
    assert len(devices.in_words("a" * 500)) == 40
