"""One leg of a call that is placed: its clock, its record, what the shop is told of it."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import phonenumbers

from sandbox.clock import Clock
from sandbox.outbox import Outbox
from sandbox.store import Document, Store
from sandbox.twilio.calls import PRICE_AFTER
from sandbox.twilio.inventory import find_block
from sandbox.twilio.wire import API_VERSION, rfc2822

Step = dict[str, Any]


@dataclass
class Timeline:
    """A call's own time, which runs ahead of the real one so that nobody has to wait.

    steps: what happened, each {"at": seconds since the call began, "text": words}.
    """

    began: datetime
    seconds: int = 0
    steps: list[Step] = field(default_factory=list)

    def now(self) -> datetime:
        """The time within the call."""
        return self.began + timedelta(seconds=self.seconds)

    def tell(self, text: str) -> None:
        """Add a step."""
        self.steps.append({"at": self.seconds, "text": text})

    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.seconds += seconds


@dataclass(frozen=True)
class Line:
    """What every leg of a call shares: the sandbox's parts, and the time."""

    store: Store
    clock: Clock
    outbox: Outbox
    timeline: Timeline


@dataclass
class Leg:
    """A call in progress: the inbound one, or one that a Dial makes.

    call: its document, kept in the store at each change. callback, callback_method: where
    the shop wants to be told; events: of what, by Twilio's names.
    """

    line: Line
    call: Document
    callback: str
    callback_method: str
    events: frozenset[str]
    answered_at: int | None = None
    sequence: int = 0

    @property
    def status(self) -> str:
        """The call's status by now."""
        return str(self.call["status"])

    def begin(self) -> None:
        """Ring."""
        self.save()
        if self.call["direction"] == "outbound-dial":
            self.report("initiated", "initiated")
        self.report("ringing", "ringing")

    def answer(self) -> None:
        """Pick up, unless that is done."""
        if self.answered_at is not None:
            return
        self.answered_at = self.line.timeline.seconds
        self.call["status"] = "in-progress"
        self.save()
        self.report("answered", "in-progress")

    def duration(self) -> int:
        """Seconds since it was answered, 0 when it was not."""
        return 0 if self.answered_at is None else self.line.timeline.seconds - self.answered_at

    def end(self, status: str, price: str | None) -> None:
        """Hang up: keep the record, tell the shop."""
        now = self.line.timeline.now()
        self.call |= {
            "status": status,
            "end_time": rfc2822(now),
            "duration": str(self.duration()),
            "_price": price,
            "_priced_from": (self.line.clock.now() + PRICE_AFTER).isoformat(),
        }
        self.save()
        self.report("completed", status)

    def save(self) -> None:
        """Keep the call's document."""
        self.call["date_updated"] = rfc2822(self.line.timeline.now())
        self.line.store.put("call", self.call["sid"], self.call)

    def params(self, status: str | None = None) -> dict[str, str]:
        """The parameters that every webhook about this call has. (Twilio: TwiML, requests)"""
        call = self.call
        parent = {"ParentCallSid": call["parent_call_sid"]} if call["parent_call_sid"] else {}
        return {
            "CallSid": call["sid"],
            "AccountSid": call["account_sid"],
            "From": call["from"],
            "To": call["to"],
            "Caller": call["from"],
            "Called": call["to"],
            "CallStatus": status or self.status,
            "ApiVersion": API_VERSION,
            "Direction": call["direction"],
            **parent,
            **place_params("From", call["from"]),
            **place_params("To", call["to"]),
        }

    def report(self, event: str, status: str) -> None:
        """Tell the shop of the call's progress, if it wants to know; its answer changes nothing."""
        if not self.callback or event not in self.events:
            return
        params = self.params(status) | {
            "Timestamp": rfc2822(self.line.timeline.now()),
            "SequenceNumber": str(self.sequence),
            "CallbackSource": "call-progress-events",
        }
        if event == "completed":
            params["CallDuration"] = str(self.duration())
            params["Duration"] = str(math.ceil(self.duration() / 60))
        if self.call["to"].startswith("sip:") and status in ("completed", "busy", "failed"):
            params["SipResponseCode"] = SIP_CODES[status]
        self.sequence += 1
        self.notify(self.callback, self.callback_method, params, f"the call is {status}")

    def notify(self, url: str, method: str, params: dict[str, str], what: str) -> None:
        """A webhook whose answer changes nothing."""
        try:
            response = self.line.outbox.ask(
                kind="twilio.status", url=url, method=method, params=params
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            answer = f"no answer ({error or type(error).__name__})"
        else:
            answer = str(response.status_code)
        self.line.timeline.tell(f"Tells {url} that {what}: {answer}.")


SIP_CODES = {"completed": "200", "busy": "486", "failed": "503"}


def place_params(prefix: str, address: str) -> dict[str, str]:
    """City, state, zip and country of a number as webhooks name them; empty where unknown."""
    block = find_block(address) if address.startswith("+") else None
    place = block.place if block else None
    return {
        f"{prefix}City": ((place and place.locality) or "").upper(),
        f"{prefix}State": (place and place.region) or "",
        f"{prefix}Zip": (block and block.postal_code) or "",
        f"{prefix}Country": country_of(address),
    }


def country_of(address: str) -> str:
    """The country of an E.164 number, empty for anything else."""
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""
