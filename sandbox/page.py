"""The control page at `/`: what the sandbox holds, and forms to make things happen.

It needs no JavaScript: each form is answered by a redirect back to the page.
"""

from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control import (
    BadRequestError,
    advance_clock,
    parse_script,
    place_scripted_call,
    read_state,
)
from sandbox.faults import KINDS, SERVICES, SIDES, FaultError, parse_fault
from sandbox.twilio.dialing import ANSWERS

TEMPLATES = Environment(
    loader=PackageLoader("sandbox"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)
# How many of each list the page shows, newest first.
MOST_ROWS = 50
FORWARD_ROWS = range(1, 4)
NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"


def money(minor_units: int, currency: str) -> str:
    """An amount for people, such as 4.30 USD."""
    return f"{minor_units / 100:.2f} {currency.upper()}"


TEMPLATES.filters["money"] = money


def show_page(request: Request) -> Response:
    """GET: the page, with a call's transcript or a message when the query names one."""
    state = read_state(request)
    chosen = request.query_params.get("call", "")
    html = TEMPLATES.get_template("sandbox/page.html").render(
        state=state,
        rows=MOST_ROWS,
        placed=next((call for call in state["calls"] if call["sid"] == chosen), None),
        message=request.query_params.get("message", ""),
        error=request.query_params.get("error", ""),
        called=request.query_params.get("to", ""),
        services=SERVICES,
        sides=SIDES,
        kinds=KINDS,
        answers=ANSWERS,
        forward_rows=FORWARD_ROWS,
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": NO_SCRIPT})


def back(anchor: str = "", **query: str) -> Response:
    """To the page again, with something to say."""
    return RedirectResponse(f"/?{urlencode(query)}#{anchor}", status_code=303)


async def place_call(request: Request) -> Response:
    """POST: place the call of the form and show its transcript."""
    form = await request.form()
    called = text(form, "to")
    try:
        script = parse_script(read_call_form(form))
        placed = await run_in_threadpool(place_scripted_call, request, script)
    except BadRequestError as error:
        return back("call", error=str(error), to=called)
    return back("placed", call=placed["sid"], to=called)


def read_call_form(form: FormData) -> dict[str, Any]:
    """The call as the control API words it."""
    forwards = {
        text(form, f"forward{row}"): text(form, f"answer{row}")
        for row in FORWARD_ROWS
        if text(form, f"forward{row}")
    }
    talk_seconds = text(form, "talk_seconds")
    return {
        "from": text(form, "from"),
        "to": text(form, "to"),
        "answers": forwards,
        "digits": text(form, "digits").replace(",", " ").split(),
        **({"talk_seconds": number(talk_seconds)} if talk_seconds else {}),
    }


async def set_fault(request: Request) -> Response:
    """POST: set the fault of the form."""
    form = await request.form()
    data: dict[str, Any] = {
        name: text(form, name) for name in ("service", "method", "path", "side", "kind")
    }
    for name in ("count", "seconds"):
        if text(form, name):
            data[name] = number(text(form, name))
    try:
        fault = parse_fault(data)
    except FaultError as error:
        return back("faults", error=str(error))
    await run_in_threadpool(request.app.state.faults.add, fault)
    return back("faults", message=f"The fault is set: {fault.service}, {fault.kind}.")


async def clear_faults(request: Request) -> Response:
    """POST: delete all faults."""
    await run_in_threadpool(request.app.state.faults.clear)
    return back("faults", message="All faults are gone.")


async def move_clock(request: Request) -> Response:
    """POST: move the clock forward by days and hours."""
    form = await request.form()
    days, hours = number(text(form, "days") or "0"), number(text(form, "hours") or "0")
    if isinstance(days, str) or isinstance(hours, str):
        return back("clock", error="Days and hours must be numbers.")
    try:
        advance_clock(request, days * 86400 + hours * 3600)
    except BadRequestError as error:
        return back("clock", error=str(error))
    return back("clock", message="The clock has moved.")


def reset(request: Request) -> Response:
    """POST: forget everything."""
    request.app.state.store.reset()
    return back(message="The sandbox is empty again.")


def text(form: FormData, name: str) -> str:
    """A field's text without the spaces around it."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def number(value: str) -> int | float | str:
    """A number where the text is one; else the text, for the checks to refuse."""
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return value


routes = [
    Route("/", show_page, methods=["GET"]),
    Route("/page/call", place_call, methods=["POST"]),
    Route("/page/fault", set_fault, methods=["POST"]),
    Route("/page/clear-faults", clear_faults, methods=["POST"]),
    Route("/page/clock", move_clock, methods=["POST"]),
    Route("/page/reset", reset, methods=["POST"]),
]
