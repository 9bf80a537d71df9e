"""Placing a call to one of the account's numbers, as a person with a phone would."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.store import Document
from sandbox.twilio.calls import inbound_price, new_call
from sandbox.twilio.dialing import Dialer
from sandbox.twilio.fetching import Fallback
from sandbox.twilio.legs import Leg, Line, country_of
from sandbox.twilio.walking import Walker

EVERY_EVENT = frozenset({"initiated", "ringing", "answered", "completed"})
TALK_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Script:
    """Who calls whom, and how everybody behaves.

    caller, called: E.164. answers: how each address that is dialled takes it.
    digits: what the caller presses, one text for each Gather.
    """

    caller: str
    called: str
    answers: dict[str, str]
    digits: tuple[str, ...]
    talk_seconds: int = TALK_SECONDS


def place_call(line: Line, number: Document, script: Script) -> dict[str, Any]:
    """Call a number and see it through.

    Returns the call's sid, final status, duration in seconds, its transcript and its legs.
    """
    leg = Leg(
        line=line,
        call=new_call(
            number["account_sid"],
            caller=script.caller,
            called=script.called,
            direction="inbound",
            at=line.timeline.now(),
            number_sid=number["sid"],
        ),
        callback=number["status_callback"],
        callback_method=number["status_callback_method"],
        events=EVERY_EVENT,
    )
    line.timeline.tell(f"{script.caller} calls {script.called}.")
    leg.begin()
    status = see_through(leg, number, script)
    line.timeline.tell(f"The call is over: {status}, {leg.duration()} s.")
    price = inbound_price(number["type"], country_of(script.called), leg.duration())
    leg.end(status, price)
    leg.call["_transcript"] = line.timeline.steps
    leg.save()
    return describe(leg)


def see_through(leg: Leg, number: Document, script: Script) -> str:
    """Carry out the number's TwiML; the call's final status."""
    if number["trunk_sid"] or number["voice_application_sid"]:
        leg.line.timeline.tell("A trunk or an application has the number; the sandbox has neither.")
        return "failed"
    if not number["voice_url"]:
        leg.line.timeline.tell("The number has no voice URL, so nobody takes the call.")
        return "failed"
    walker = Walker(
        leg=leg,
        digits=deque(script.digits),
        fallback=Fallback(number["voice_fallback_url"] or "", number["voice_fallback_method"]),
        dial=Dialer(script.answers, script.talk_seconds).dial,
    )
    return walker.run(number["voice_url"], number["voice_method"]).status


def describe(leg: Leg) -> dict[str, Any]:
    """The call as the control API tells of it."""
    children = leg.line.store.all("call", parent_call_sid=leg.call["sid"])
    return {
        "sid": leg.call["sid"],
        "from": leg.call["from"],
        "to": leg.call["to"],
        "status": leg.status,
        "duration": leg.duration(),
        "transcript": leg.line.timeline.steps,
        "legs": [
            {
                "sid": child["sid"],
                "to": child["to"],
                "status": child["status"],
                "duration": int(child["duration"] or 0),
            }
            for child in children
        ],
    }
