"""Faults on demand: the sandbox misbehaves as networks and services do.

A fault lies outside of everything else. Side "before" means that nothing has
happened at the service; "after", that the call was carried out in full and only
its answer is lost or bad.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.errors import Service, server_error, service_of, too_many_requests
from sandbox.store import Store

KINDS = ("timeout", "reset", "429", "500", "garbage", "delay")
SIDES = ("before", "after")
SERVICES = ("twilio", "stripe")
FIELDS = ("service", "method", "path", "side", "kind", "count", "seconds")
DROP = "sandbox.drop"

TIMEOUT_SECONDS = 60.0
DELAY_SECONDS = 1.0
MOST_SECONDS = 3600.0


class FaultError(Exception):
    """The description of a fault makes no sense; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault that waits for its calls.

    method: empty for all. path: empty for all; a prefix when it starts with a
    slash, a pattern when it has a `*`, else a part of the path.
    count: how many calls it strikes still; 0 for all until it is deleted.
    seconds: how long a time-out holds the line or a delay delays.
    """

    id: str
    service: str
    method: str
    path: str
    side: str
    kind: str
    count: int
    seconds: float

    def strikes(self, service: Service, method: str, path: str) -> bool:
        """Whether this call is meant."""
        if self.service != service or self.method not in ("", method):
            return False
        if "*" in self.path:
            return fnmatchcase(path, self.path)
        return path.startswith(self.path) if self.path.startswith("/") else self.path in path


def parse_fault(data: Mapping[str, Any]) -> Fault:
    """The fault that a person described. Raises FaultError with a sentence."""
    unknown = sorted(set(data) - set(FIELDS))
    if unknown:
        raise FaultError(f"Unknown field: {', '.join(unknown)}. Known: {', '.join(FIELDS)}.")
    kind = one_of(str(data.get("kind", "")), KINDS, "kind")
    return Fault(
        id=f"fault_{uuid.uuid4().hex[:12]}",
        service=one_of(data.get("service"), SERVICES, "service"),
        method=text(data, "method").upper(),
        path=text(data, "path"),
        side=one_of(data.get("side") or "before", SIDES, "side"),
        kind=kind,
        count=whole_number(data, 0 if kind == "delay" else 1),
        seconds=duration(data, DELAY_SECONDS if kind == "delay" else TIMEOUT_SECONDS),
    )


def one_of(value: Any, allowed: tuple[str, ...], field: str) -> str:
    """The value when it is among those allowed. Raises FaultError."""
    if value not in allowed:
        raise FaultError(f"{field} must be one of: {', '.join(allowed)}.")
    return str(value)


def text(data: Mapping[str, Any], field: str) -> str:
    """A field that may be absent. Raises FaultError when it is no text."""
    value = data.get(field) or ""
    if not isinstance(value, str):
        raise FaultError(f"{field} must be text.")
    return value


def whole_number(data: Mapping[str, Any], default: int) -> int:
    """How often the fault strikes. Raises FaultError."""
    value = data.get("count")
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FaultError("count must be a whole number, 0 for as long as the fault is there.")
    return value


def duration(data: Mapping[str, Any], default: float) -> float:
    """How long it takes, in seconds. Raises FaultError."""
    value = data.get("seconds")
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError("seconds must be a number.")
    if not 0 <= value <= MOST_SECONDS:
        raise FaultError(f"seconds must be between 0 and {MOST_SECONDS:.0f}.")
    return float(value)


class Faults:
    """The faults that are set, kept in the store so that a restart keeps them too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, fault: Fault) -> None:
        """Let it strike from now on."""
        self._store.put("fault", fault.id, asdict(fault))

    def list(self) -> list[Fault]:
        """Those that are set, oldest first."""
        return [Fault(**document) for document in self._store.all("fault")]

    def clear(self) -> int:
        """Delete all; how many there were."""
        return self._store.delete_all("fault")

    def take(self, service: Service, method: str, path: str) -> Fault | None:
        """The oldest fault that this call meets, used up by one."""
        with self._store.transaction():
            for fault in self.list():
                if fault.strikes(service, method, path):
                    self._use(fault)
                    return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.count == 1:
            self._store.delete("fault", fault.id)
        elif fault.count > 1:
            self._store.put("fault", fault.id, {**asdict(fault), "count": fault.count - 1})


class FaultLayer:
    """ASGI middleware around the whole app that lets the faults strike."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, or strike it."""
        service = service_of(scope["path"]) if scope["type"] == "http" else None
        if service is None:
            await self._app(scope, receive, send)
            return
        fault = await run_in_threadpool(self._faults.take, service, scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "delay":
            await self._delay(fault, scope, receive, send)
        else:
            await self._strike(fault, service, scope, receive, send)

    async def _delay(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """The right answer, late: the work is done after the wait, or before it."""
        if fault.side == "before":
            await anyio.sleep(fault.seconds)
            await self._app(scope, receive, send)
            return
        answer = KeptAnswer()
        await self._app(scope, receive, answer)
        await anyio.sleep(fault.seconds)
        for message in answer.messages:
            await send(message)

    async def _strike(
        self, fault: Fault, service: Service, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A bad answer, or none."""
        answer = KeptAnswer()
        if fault.side == "after":
            await self._app(scope, receive, answer)
        if fault.kind == "timeout":
            await hold(receive, fault.seconds)
        if fault.kind in ("timeout", "reset"):
            scope["extensions"][DROP]["drop"]()
            await hold(receive, seconds=1)  # until the server has seen that it is gone
        elif fault.kind == "429":
            await too_many_requests(service)(scope, receive, send)
        elif fault.kind == "500":
            await server_error(service)(scope, receive, send)
        else:
            response = PlainTextResponse("<<< garbage >>>", status_code=answer.status)
            await response(scope, receive, send)


class KeptAnswer:
    """Takes the place of `send`: what the app answers is kept here."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """Keep one message."""
        self.messages.append(message)

    @property
    def status(self) -> int:
        """The status that was answered, 200 when nothing was."""
        return int(self.messages[0]["status"]) if self.messages else 200


async def hold(receive: Receive, seconds: float) -> None:
    """Wait, but no longer than the caller does."""
    with anyio.move_on_after(seconds):
        while (await receive())["type"] != "http.disconnect":
            pass
