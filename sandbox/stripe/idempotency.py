"""Idempotency keys as Stripe treats them. (Stripe: Idempotent requests)

The answer is stored in the transaction that carries the request out, so there is no
moment at which the one exists without the other. Keys in flight are held in memory:
after a crash of the sandbox none is.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.store import Document, Store
from sandbox.stripe.errors import IdempotencyError, StripeError

KIND = "stripe.idempotency"
REMEMBERED_SECONDS = 24 * 3600
LONGEST_KEY = 255


class KeysInFlight:
    """The keys whose requests are being answered at this moment, by the store they work on."""

    def __init__(self) -> None:
        self._held: set[tuple[Store, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, store: Store, key: str | None) -> Iterator[None]:
        """Hold the key while its request runs. Raises IdempotencyError when another one does."""
        if key is None:
            yield
            return
        with self._lock:
            if (store, key) in self._held:
                raise in_use(key)
            self._held.add((store, key))
        try:
            yield
        finally:
            with self._lock:
                self._held.remove((store, key))


def in_use(key: str) -> IdempotencyError:
    """409: the first request with the key has not ended yet."""
    return IdempotencyError(
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
        kept=False,
    )


def check_key(key: str | None) -> str | None:
    """The caller's key, None without one. Raises StripeError when it is too long."""
    if key is not None and len(key) > LONGEST_KEY:
        raise StripeError(f"Idempotency keys can have up to {LONGEST_KEY} characters.", kept=False)
    return key or None


def fingerprint(method: str, path: str, raw: dict[str, Any]) -> str:
    """What has to be the same under the same key: the operation and its parameters."""
    return hashlib.sha256(json.dumps([method, path, raw], sort_keys=True).encode()).hexdigest()


def recall(store: Store, key: str, print_: str, *, now: int) -> Document | None:
    """The first answer {status, body, request_id}, None for a new key or one past 24 h.

    Raises IdempotencyError when the key came with another request.
    """
    kept = store.get(KIND, key)
    if kept is None or kept["created"] <= now - REMEMBERED_SECONDS:
        return None
    if kept["fingerprint"] != print_:
        raise IdempotencyError(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            kept=False,
        )
    return kept


def remember(store: Store, key: str, print_: str, answer: Document, *, now: int) -> None:
    """Keep the first answer to a key, errors included."""
    store.put(KIND, key, {**answer, "fingerprint": print_, "created": now})
