"""What an operation of Stripe's has at hand while it runs."""

from dataclasses import dataclass

from sandbox.config import Config
from sandbox.outbox import Outbox
from sandbox.store import Document, Store


@dataclass(frozen=True, kw_only=True)
class Context:
    """One request's surroundings.

    now: the sandbox's time in seconds since 1970. request_id: the Request-Id of the
    answer, which the events carry too; idempotency_key: the caller's, None without one.
    """

    store: Store
    outbox: Outbox
    config: Config
    now: int
    request_id: str | None = None
    idempotency_key: str | None = None

    def save(self, document: Document) -> None:
        """Keep one of Stripe's objects by its type and id."""
        self.store.put(f"stripe.{document['object']}", document["id"], document)
