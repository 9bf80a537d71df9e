"""The sandbox's time: the real one plus an offset that a person can move."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from sandbox.store import Store


class ClockState(TypedDict):
    """What GET /_sandbox/state says of the clock: ISO 8601 time and seconds ahead of the real."""

    now: str
    offset: float


class Clock:
    """Moves forward only, as time does. The offset is kept in the store and ends with a reset."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def offset(self) -> float:
        """Seconds by which the sandbox is ahead of the real time."""
        kept = self._store.get("clock", "clock")
        return 0.0 if kept is None else float(kept["offset"])

    def now(self) -> datetime:
        """The sandbox's time, aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset())

    def timestamp(self) -> int:
        """The sandbox's time in whole seconds since 1970, as Stripe writes it."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds."""
        with self._store.transaction():
            self._store.put("clock", "clock", {"offset": self.offset() + seconds})

    def state(self) -> ClockState:
        """The time and the offset for people to read."""
        return {"now": self.now().isoformat(timespec="seconds"), "offset": self.offset()}
