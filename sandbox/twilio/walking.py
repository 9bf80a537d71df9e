"""Carrying out TwiML on a leg, verb by verb, and telling in words what happens."""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.twilio.fetching import Document, Fallback, fetch_document, fetch_fallback
from sandbox.twilio.legs import Leg
from sandbox.twilio.twiml import SCHEMA_FAILURE, TwimlError, Verb

# Twilio has bounds too; these end loops within a second.
MOST_VERBS = 200
MOST_DOCUMENTS = 40
# Seconds that things take within a call.
PLAY_SECONDS = 5
RECORD_SECONDS = 7
GATHER_TIMEOUT = 5
WORDS_PER_SECOND = 2.5
# Verbs before which Twilio does not pick up.
QUIET_VERBS = ("Reject", "Pause", "Redirect")
REJECT_STATUSES = {"busy": "busy", "rejected": "no-answer"}

Dial = Callable[["Walker", Verb, Document], Document | None]


class HungUpError(Exception):
    """The call is over. willed: by a Hangup or Reject, not by the end of the TwiML."""

    def __init__(self, status: str, *, willed: bool) -> None:
        super().__init__(status)
        self.status = status
        self.willed = willed


@dataclass
class Walker:
    """Walks one leg through its TwiML.

    digits: what the person presses, one text for each Gather; shared by the call's legs.
    fallback: where to turn upon an error. dial: how to carry out a Dial; None where none
    is allowed.
    """

    leg: Leg
    digits: deque[str]
    fallback: Fallback
    dial: Dial | None
    verbs: int = 0
    documents: int = 0
    verbs_played: dict[str, Callable[[Verb, Document], Document | None]] = field(init=False)

    def __post_init__(self) -> None:
        """Say which method plays which verb."""
        self.verbs_played = {
            "Say": self.say,
            "Play": self.play,
            "Pause": self.pause,
            "Gather": self.gather,
            "Record": self.record,
            "Redirect": self.redirect,
            "Reject": self.reject,
            "Hangup": self.hang_up,
            "Dial": self.dial_out,
        }

    def run(self, url: str, method: str) -> HungUpError:
        """From the first question to the end of the call; how it ended."""
        try:
            document = self.begin(url, method)
            while True:
                document = self.walk(document)
        except HungUpError as ended:
            return ended

    def begin(self, url: str, method: str) -> Document:
        """The first document, or the fallback's. Raises HungUpError when there is neither."""
        try:
            return self.fetch(url, method)
        except TwimlError as error:
            return self.recover(error, url)

    def fetch(self, url: str, method: str, extra: dict[str, str] | None = None) -> Document:
        """A document, within bounds. Raises TwimlError, HungUpError."""
        self.documents += 1
        if self.documents > MOST_DOCUMENTS:
            self.tell(f"The call has asked for {MOST_DOCUMENTS} documents; it ends here.")
            raise HungUpError("completed", willed=False)
        return fetch_document(self.leg, url, method, extra)

    def walk(self, document: Document) -> Document:
        """Play a document; the one that follows. Raises HungUpError at its end."""
        try:
            for verb in document.verbs:
                following = self.take(verb, document)
                if following is not None:
                    return following
        except TwimlError as error:
            return self.recover(error, document.url)
        self.leg.answer()
        self.tell("The TwiML ends, and so does the call.")
        raise HungUpError("completed", willed=False)

    def take(self, verb: Verb, document: Document) -> Document | None:
        """One verb; the document that takes over, if one does. Raises TwimlError, HungUpError."""
        self.verbs += 1
        if self.verbs > MOST_VERBS:
            self.tell(f"The call has played {MOST_VERBS} verbs; it ends here.")
            raise HungUpError("completed", willed=False)
        is_bridging = verb.name == "Dial" and verb.is_set("answerOnBridge")
        if verb.name not in QUIET_VERBS and not is_bridging:
            self.leg.answer()
        return self.verbs_played[verb.name](verb, document)

    def recover(self, error: TwimlError, url: str) -> Document:
        """Turn to the fallback URL. Raises HungUpError when that does not help either."""
        self.tell(f"Error {error.code}: {error}")
        if self.fallback.url and url != self.fallback.url:
            try:
                return fetch_fallback(self.leg, self.fallback, error, url)
            except TwimlError as second:
                self.tell(f"Error {second.code}: {second}")
        self.tell("The caller hears: “An application error has occurred. Goodbye.”")
        raise HungUpError("failed" if self.leg.answered_at is None else "completed", willed=False)

    def tell(self, text: str) -> None:
        """Add a step to the transcript."""
        self.leg.line.timeline.tell(text)

    def wait(self, seconds: int) -> None:
        """Let time go by within the call."""
        self.leg.line.timeline.wait(seconds)

    def say(self, verb: Verb, document: Document) -> None:
        """Speak a text."""
        self.tell(f"Says: “{verb.text}”")
        self.wait(1 + int(len(verb.text.split()) / WORDS_PER_SECOND))

    def play(self, verb: Verb, document: Document) -> None:
        """Play a sound, or tones."""
        what = verb.get("digits") or document.resolve(verb.text)
        self.tell(f"Plays {what}.")
        self.wait(PLAY_SECONDS)

    def pause(self, verb: Verb, document: Document) -> None:
        """Be silent."""
        seconds = verb.number("length", 1)
        self.tell(f"Waits {seconds} s.")
        self.wait(seconds)

    def gather(self, verb: Verb, document: Document) -> Document | None:
        """Ask for digits; without any the next verb comes."""
        for prompt in verb.inside:
            self.take(prompt, document)
        pressed = self.digits.popleft() if self.digits else ""
        finish_key = verb.get("finishOnKey", "#")
        digits, finished_by = cut_digits(pressed, finish_key, verb.number("numDigits", 0))
        if not digits:
            timeout = verb.number("timeout", GATHER_TIMEOUT)
            self.tell(f"Nothing is pressed within {timeout} s.")
            self.wait(timeout)
            if not verb.is_set("actionOnEmptyResult"):
                return None
        else:
            self.tell(f"Presses {digits}{finished_by}.")
            self.wait(2)
        return self.act(verb, document, {"Digits": digits, "FinishedOnKey": finished_by})

    def record(self, verb: Verb, document: Document) -> Document | None:
        """Record a message that ends with the finish key."""
        seconds = min(RECORD_SECONDS, verb.number("maxLength", 3600))
        self.tell(f"Records {seconds} s.")
        self.wait(seconds)
        params = recording_params(self.leg, seconds)
        callback = verb.get("recordingStatusCallback")
        if callback:
            self.report_recording(document.resolve(callback), verb, params)
        finish_key = verb.get("finishOnKey", "1234567890*#")[-1:] or "hangup"
        return self.act(verb, document, params | {"Digits": finish_key})

    def report_recording(self, url: str, verb: Verb, params: dict[str, str]) -> None:
        """Tell the shop that a recording is there."""
        self.leg.notify(
            url,
            verb.method("recordingStatusCallbackMethod"),
            {
                "AccountSid": self.leg.call["account_sid"],
                "CallSid": self.leg.call["sid"],
                "RecordingStatus": "completed",
                "RecordingChannels": "1",
                "RecordingSource": "RecordVerb" if verb.name == "Record" else "DialVerb",
                **params,
            },
            "a recording is there",
        )

    def redirect(self, verb: Verb, document: Document) -> Document:
        """Go on with another document."""
        url = document.resolve(verb.text)
        self.tell(f"Goes on with {url}.")
        return self.fetch(url, verb.method())

    def reject(self, verb: Verb, document: Document) -> None:
        """Refuse the call, or end it when it was picked up already."""
        reason = verb.get("reason", "rejected")
        if reason not in REJECT_STATUSES:
            raise TwimlError(SCHEMA_FAILURE, f"Reject has no reason {reason}.")
        self.tell(f"Refuses the call ({reason}).")
        is_answered = self.leg.answered_at is not None
        raise HungUpError("completed" if is_answered else REJECT_STATUSES[reason], willed=True)

    def hang_up(self, verb: Verb, document: Document) -> None:
        """End the call."""
        self.tell("Hangs up.")
        raise HungUpError("completed", willed=True)

    def dial_out(self, verb: Verb, document: Document) -> Document | None:
        """Call others."""
        if self.dial is None:
            raise TwimlError(SCHEMA_FAILURE, "Dial cannot stand in the TwiML of a called party.")
        return self.dial(self, verb, document)

    def act(self, verb: Verb, document: Document, params: dict[str, str]) -> Document:
        """Go on with the verb's action; without one, the document itself is asked again."""
        return self.fetch(document.resolve(verb.get("action")), verb.method(), params)


def cut_digits(pressed: str, finish_key: str, most: int) -> tuple[str, str]:
    """What a Gather takes of the keys that were pressed, and the key that ended it."""
    digits = ""
    for key in pressed:
        if finish_key and key in finish_key:
            return digits, key
        digits += key
        if len(digits) == most:
            break
    return digits, ""


def recording_params(leg: Leg, seconds: int) -> dict[str, str]:
    """The parameters that tell of a recording; there is no sound behind its URL."""
    sid = f"RE{secrets.token_hex(16)}"
    account = leg.call["account_sid"]
    return {
        "RecordingSid": sid,
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}",
        "RecordingDuration": str(seconds),
    }
