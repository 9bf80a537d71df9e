"""The control API under /_sandbox: calls, faults, state, clock, reset."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from json import JSONDecodeError
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.errors import SandboxError
from sandbox.faults import FaultError, parse_fault
from sandbox.store import Document
from sandbox.stripe.state import payments_state
from sandbox.twilio.calls import calls_state
from sandbox.twilio.dialing import ANSWERS, E164
from sandbox.twilio.legs import Line, Timeline
from sandbox.twilio.placing import TALK_SECONDS, Script, place_call

MOST_SECONDS = 10 * 365 * 24 * 3600
MOST_TALK_SECONDS = 14400
CALL_FIELDS = ("from", "to", "answers", "digits", "talk_seconds")
KEYS = re.compile(r"[0-9*#]*")


class BadRequestError(SandboxError):
    """400 or another status with a sentence that says what is wrong."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def response(self) -> Response:
        """The sentence as JSON."""
        return JSONResponse({"error": str(self)}, status_code=self.status)


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises BadRequestError."""
    try:
        data = await request.json()
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise BadRequestError(f"The body must be JSON: {error}") from error
    if not isinstance(data, dict):
        raise BadRequestError("The body must be a JSON object.")
    return data


async def health(request: Request) -> Response:
    """GET: for process supervisors."""
    return JSONResponse({"status": "ok"})


async def faults(request: Request) -> Response:
    """GET lists, POST sets one, DELETE clears all."""
    kept = request.app.state.faults
    if request.method == "POST":
        try:
            fault = parse_fault(await read_object(request))
        except FaultError as error:
            raise BadRequestError(str(error)) from error
        kept.add(fault)
        return JSONResponse(asdict(fault), status_code=201)
    if request.method == "DELETE":
        return JSONResponse({"deleted": kept.clear()})
    return JSONResponse({"faults": [asdict(fault) for fault in kept.list()]})


async def clock(request: Request) -> Response:
    """GET tells the time; POST {"advance": seconds} moves it forward."""
    if request.method == "POST":
        advance_clock(request, (await read_object(request)).get("advance"))
    return JSONResponse(request.app.state.clock.state())


def advance_clock(request: Request, seconds: Any) -> None:
    """Move the clock. Raises BadRequestError."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BadRequestError('"advance" must be a number of seconds.')
    if not (math.isfinite(seconds) and 0 <= seconds <= MOST_SECONDS):
        raise BadRequestError('"advance" must be between 0 and ten years, in seconds.')
    request.app.state.clock.advance(seconds)


async def calls(request: Request) -> Response:
    """POST {"from", "to", "answers", "digits", "talk_seconds"}: place a call, tell how it went."""
    script = parse_script(await read_object(request))
    return JSONResponse(await run_in_threadpool(place_scripted_call, request, script))


def place_scripted_call(request: Request, script: Script) -> dict[str, Any]:
    """Call one of the account's numbers. Raises BadRequestError (404) when it owns none such."""
    shared = request.app.state
    owned = shared.store.get("owned_number", script.called)
    number = shared.store.get("incoming_phone_number", owned["sid"]) if owned else None
    if number is None:
        raise BadRequestError(f"Nobody owns {script.called} in the sandbox.", status=404)
    line = Line(shared.store, shared.clock, shared.outbox, Timeline(shared.clock.now()))
    return place_call(line, number, script)


async def sold(request: Request) -> Response:
    """POST {"number"}: somebody else has bought it, so that nobody here can any more."""
    number = parse_number(await read_object(request), "number")
    request.app.state.store.put("sold_number", number, {"phone_number": number})
    return JSONResponse({"phone_number": number}, status_code=201)


def reset(request: Request) -> Response:
    """POST: forget everything, faults and clock included."""
    request.app.state.store.reset()
    return JSONResponse({"status": "reset"})


def resend(request: Request) -> Response:
    """POST: send one of Stripe's events again."""
    if not request.app.state.outbox.resend(request.path_params["id"]):
        return JSONResponse({"error": "There is no such event of Stripe's."}, status_code=404)
    return JSONResponse({"status": "queued"}, status_code=202)


def state(request: Request) -> Response:
    """GET: everything that a test or a person may want to know."""
    return JSONResponse(read_state(request))


def read_state(request: Request) -> dict[str, Any]:
    """Numbers owned, payments, webhooks sent, calls, faults and the clock."""
    shared = request.app.state
    return {
        "numbers": shared.store.all("incoming_phone_number"),
        "payments": payments_state(shared.store),
        "webhooks": [describe_delivery(each) for each in shared.outbox.deliveries()],
        "calls": calls_state(shared.store, shared.clock),
        "faults": [asdict(fault) for fault in shared.faults.list()],
        "clock": shared.clock.state(),
    }


def parse_script(data: Mapping[str, Any]) -> Script:
    """The call that a person described. Raises BadRequestError with a sentence."""
    unknown = sorted(set(data) - set(CALL_FIELDS))
    if unknown:
        known = ", ".join(CALL_FIELDS)
        raise BadRequestError(f"Unknown field: {', '.join(unknown)}. Known: {known}.")
    return Script(
        caller=parse_number(data, "from"),
        called=parse_number(data, "to"),
        answers=parse_answers(data.get("answers") or {}),
        digits=parse_digits(data.get("digits") or []),
        talk_seconds=parse_talk_seconds(data.get("talk_seconds", TALK_SECONDS)),
    )


def parse_number(data: Mapping[str, Any], field: str) -> str:
    """A phone number in E.164. Raises BadRequestError."""
    value = data.get(field)
    if not isinstance(value, str) or not E164.fullmatch(value):
        raise BadRequestError(f'"{field}" must be a phone number in E.164, such as +14155550100.')
    return value


def parse_answers(data: Any) -> dict[str, str]:
    """How each address that is called takes it. Raises BadRequestError."""
    if not isinstance(data, dict) or not all(answer in ANSWERS for answer in data.values()):
        raise BadRequestError(f'"answers" must map numbers to one of: {", ".join(ANSWERS)}.')
    return data


def parse_digits(data: Any) -> tuple[str, ...]:
    """What the caller presses at each Gather. Raises BadRequestError."""
    if not isinstance(data, list) or not all(
        isinstance(keys, str) and KEYS.fullmatch(keys) for keys in data
    ):
        raise BadRequestError('"digits" must be a list of texts of 0-9, * and #.')
    return tuple(data)


def parse_talk_seconds(value: Any) -> int:
    """How long people talk. Raises BadRequestError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TALK_SECONDS:
        raise BadRequestError(f'"talk_seconds" must be from 0 to {MOST_TALK_SECONDS}.')
    return value


def describe_delivery(delivery: Document) -> Document:
    """One request that the sandbox sent to the shop, without its body."""
    event = delivery["event"]
    return {
        "id": delivery["id"],
        "kind": delivery["kind"],
        "to": delivery["to"],
        "event": event.get("type") or event.get("CallStatus", ""),
        "event_id": event.get("id") or event.get("CallSid", ""),
        "status": delivery["status"],
        "tries": delivery["tries"],
    }


routes = [
    Route("/_sandbox/health", health, methods=["GET"]),
    Route("/_sandbox/calls", calls, methods=["POST"]),
    Route("/_sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/_sandbox/clock", clock, methods=["GET", "POST"]),
    Route("/_sandbox/sold", sold, methods=["POST"]),
    Route("/_sandbox/reset", reset, methods=["POST"]),
    Route("/_sandbox/webhooks/{id}/resend", resend, methods=["POST"]),
    Route("/_sandbox/state", state, methods=["GET"]),
]
