"""Error reports to Sentry, where SENTRY_DSN names a project. Without it nothing is sent."""

from typing import Any

import sentry_sdk

from didshop.logs import mask


def start(dsn: str) -> None:
    """Report uncaught errors and error logs of web and workers, without personal data."""
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        # What a frame's variables hold (tokens, numbers, cards) is nobody's business elsewhere.
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_clean,
    )


def _clean(event: Any, hint: dict[str, Any]) -> Any:
    """Masks what the logs mask."""
    return mask(event)
