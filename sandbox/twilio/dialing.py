"""Carrying out a Dial: calling others, together or in turn, until one of them answers."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.twilio.calls import new_call, outbound_price
from sandbox.twilio.fetching import Document, Fallback
from sandbox.twilio.legs import Leg
from sandbox.twilio.twiml import SCHEMA_FAILURE, TwimlError, Verb
from sandbox.twilio.walking import Walker, recording_params

ANSWERS = ("completed", "busy", "no-answer", "failed")
ANSWER_SECONDS = 4
BUSY_SECONDS = 2
DIAL_TIMEOUT = 30
DIAL_TIME_LIMIT = 14400
E164 = re.compile(r"\+[1-9]\d{6,14}")
# When nobody answers, a Dial tells of the leg that came nearest to it.
NEAREST = ("no-answer", "busy", "failed")


@dataclass(frozen=True)
class Dialer:
    """How those who are called behave.

    answers: address → one of ANSWERS; who is not named answers. talk_seconds: how long
    they talk.
    """

    answers: dict[str, str]
    talk_seconds: int

    def dial(self, walker: Walker, verb: Verb, document: Document) -> Document | None:
        """Carry out a Dial; its action's document. Raises TwimlError, HungUpError."""
        nouns = verb.inside or ((Verb("Number", {}, verb.text),) if verb.text else ())
        if not nouns:
            raise TwimlError(SCHEMA_FAILURE, "Dial calls nobody.")
        dialed = Dialed(self, walker, verb, document)
        groups = [(noun,) for noun in nouns] if verb.is_set("sequential") else [nouns]
        for group in groups:
            dialed.call_together(group)
            if dialed.winner is not None:
                break
        action = verb.get("action")
        if not action:
            return None
        return walker.fetch(document.resolve(action), verb.method(), dialed.params())


class Dialed:
    """One Dial while it is carried out."""

    def __init__(self, dialer: Dialer, walker: Walker, verb: Verb, document: Document) -> None:
        self.dialer = dialer
        self.walker = walker
        self.verb = verb
        self.document = document
        self.timeout = verb.number("timeout", DIAL_TIMEOUT)
        self.talk_seconds = min(dialer.talk_seconds, verb.number("timeLimit", DIAL_TIME_LIMIT))
        self.legs: list[Leg] = []
        self.winner: Leg | None = None
        self.recording: dict[str, str] = {}

    def call_together(self, nouns: tuple[Verb, ...]) -> None:
        """Let all of these ring at once; the first that answers is put through."""
        ringing = [(noun, self.begin_leg(noun)) for noun in nouns]
        answers = [self.answer_of(leg) for _, leg in ringing]
        self.walker.wait(self.ring_seconds(answers))
        for (noun, leg), answer in zip(ringing, answers, strict=True):
            if self.winner is None and answer == "completed" and self.is_accepted(noun, leg):
                self.winner = leg
        for (_, leg), answer in zip(ringing, answers, strict=True):
            if leg is not self.winner and leg.answered_at is None:
                self.end_unanswered(leg, answer)
        if self.winner is not None:
            self.put_through(self.winner)

    def begin_leg(self, noun: Verb) -> Leg:
        """Let one of them ring."""
        parent = self.walker.leg.call
        address = address_of(noun)
        line = self.walker.leg.line
        callback = noun.get("statusCallback")
        leg = Leg(
            line=line,
            call=new_call(
                parent["account_sid"],
                caller=self.verb.get("callerId") or parent["from"],
                called=address,
                direction="outbound-dial",
                at=line.timeline.now(),
                parent_sid=parent["sid"],
            ),
            callback=self.document.resolve(callback) if callback else "",
            callback_method=noun.method("statusCallbackMethod"),
            events=frozenset(noun.get("statusCallbackEvent", "completed").split()),
        )
        self.legs.append(leg)
        self.walker.tell(f"Calls {address} as {leg.call['from']}.")
        leg.begin()
        return leg

    def answer_of(self, leg: Leg) -> str:
        """How the called party takes it."""
        address, caller = leg.call["to"], leg.call["from"]
        if address.startswith("+") or ":" not in address:
            if not E164.fullmatch(address):
                self.walker.tell(f"Error 13224: {address} is no phone number.")
                return "failed"
            if not self.may_show(caller):
                self.walker.tell(f"Error 13214: {caller} is no caller ID of this account.")
                return "failed"
        return self.dialer.answers.get(address, "completed")

    def may_show(self, caller: str) -> bool:
        """Whether Twilio lets this caller ID through: the caller's own, the called, one we own."""
        parent = self.walker.leg.call
        owned = self.walker.leg.line.store.get("owned_number", caller)
        return caller in (parent["from"], parent["to"]) or owned is not None

    def ring_seconds(self, answers: list[str]) -> int:
        """How long it rings: to the first answer, or until the last gives up."""
        if "completed" in answers:
            return min(ANSWER_SECONDS, self.timeout)
        return self.timeout if "no-answer" in answers else BUSY_SECONDS

    def is_accepted(self, noun: Verb, leg: Leg) -> bool:
        """Pick up. A noun's own URL may talk to the called party first, and hang up on them."""
        leg.answer()
        self.walker.tell(f"{leg.call['to']} answers.")
        url = noun.get("url")
        if not url:
            return True
        walker = Walker(leg, self.walker.digits, Fallback("", "POST"), None)
        ended = walker.run(self.document.resolve(url), noun.method())
        if not ended.willed:
            return True
        leg.end("completed", outbound_price(leg.call["to"], leg.duration()))
        return False

    def end_unanswered(self, leg: Leg, answer: str) -> None:
        """Who did not answer, or not in time, is told so."""
        if answer in ("completed", "no-answer") and self.winner is not None:
            answer = "canceled"
        self.walker.tell(f"{leg.call['to']}: {answer}.")
        leg.end(answer, None)

    def put_through(self, leg: Leg) -> None:
        """Let the two talk until the called party hangs up."""
        self.walker.leg.answer()
        self.walker.tell(f"They talk for {self.talk_seconds} s, then {leg.call['to']} hangs up.")
        self.walker.wait(self.talk_seconds)
        if self.verb.get("record", "do-not-record") != "do-not-record":
            self.recording = recording_params(self.walker.leg, self.talk_seconds)
            callback = self.verb.get("recordingStatusCallback")
            if callback:
                url = self.document.resolve(callback)
                self.walker.report_recording(url, self.verb, self.recording)
        leg.end("completed", outbound_price(leg.call["to"], leg.duration()))

    def params(self) -> dict[str, str]:
        """What the action is told."""
        told = self.winner or min(self.legs, key=nearness)
        params = {
            "DialCallSid": told.call["sid"],
            "DialCallStatus": "completed" if self.winner else told.status,
            "DialBridged": "true" if self.winner else "false",
            **self.recording,
        }
        if self.winner:
            params["DialCallDuration"] = str(told.duration())
        return params


def nearness(leg: Leg) -> int:
    """How near a leg without an answer came to one; a called party who declined comes first."""
    return NEAREST.index(leg.status) if leg.status in NEAREST else -1


def address_of(noun: Verb) -> str:
    """Whom a noun calls: E.164, sip:name@host or client:name. Raises TwimlError."""
    if noun.name == "Client":
        return f"client:{noun.text}"
    if noun.name == "Sip":
        if urlsplit(noun.text).scheme not in ("sip", "sips"):
            raise TwimlError(SCHEMA_FAILURE, f"{noun.text} is no SIP address.")
        return noun.text
    return re.sub(r"[\s().-]", "", noun.text)
