"""The control API under /_sandbox: calls, faults, state, clock, reset."""

import math
from dataclasses import asdict
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.errors import SandboxError
from sandbox.faults import FaultError, parse_fault
from sandbox.store import Document
from sandbox.stripe.state import payments_state

MOST_SECONDS = 10 * 365 * 24 * 3600


class BadRequestError(SandboxError):
    """400 with a sentence that says what is wrong."""

    def response(self) -> Response:
        """The sentence as JSON."""
        return JSONResponse({"error": str(self)}, status_code=400)


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
        "calls": shared.store.all("call"),
        "faults": [asdict(fault) for fault in shared.faults.list()],
        "clock": shared.clock.state(),
    }


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
    Route("/_sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/_sandbox/clock", clock, methods=["GET", "POST"]),
    Route("/_sandbox/reset", reset, methods=["POST"]),
    Route("/_sandbox/webhooks/{id}/resend", resend, methods=["POST"]),
    Route("/_sandbox/state", state, methods=["GET"]),
]
