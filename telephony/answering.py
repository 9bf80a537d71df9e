"""What a caller gets to hear: the TwiML that answers an inbound call.

Source: Twilio's TwiML for Programmable Voice.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse
from twilio.twiml.voice_response import VoiceResponse

from dids.models import Number
from didshop.addresses import public_url
from telephony.wording import party_text

RING_SECONDS = 25
ROUTED = frozenset({Number.Status.ACTIVE, Number.Status.RELEASING})

NOT_IN_SERVICE = "The number you have called is not in service. Goodbye."
SUSPENDED = "The number you have called is not available at the moment. Goodbye."
NO_ROUTE = "The number you have called is not set up to take calls yet. Goodbye."
NOBODY_REACHED = "Sorry, nobody could be reached. Please try again later. Goodbye."
OUT_OF_ORDER = "Sorry, we cannot connect your call right now. Please try again in a few minutes."

# Whatever XML 1.0 has no place for, line breaks aside.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Neither "." nor "=" changes on its way through a URL.
_signer = signing.Signer(sep=".", salt="telephony.dial")


@dataclass(frozen=True)
class Answer:
    """TwiML for the carrier, and a sentence for the call's timeline that says what it does."""

    twiml: str
    note: str


def answer(number: Number | None, *, call_sid: str) -> Answer:
    """How a call to this number is answered; None is a number that the shop does not know.

    A number that is to be released keeps its route until it is gone: that may be undone.
    """
    if number is None or number.status == Number.Status.PENDING:
        return _say(NOT_IN_SERVICE, "The number is not in service; the caller was told so.")
    if number.status == Number.Status.SUSPENDED:
        return _say(SUSPENDED, "The number is suspended; the caller was told to try later.")
    if number.status not in ROUTED:
        return _say(NOT_IN_SERVICE, "The number is released; the caller was told so.")
    if number.voice_url:
        return _hand_over(number)
    # A number that is forwarded to itself would call itself without end.
    if number.forward_to and number.forward_to != number.phone_number:
        return _forward(number.forward_to, call_sid)
    return _say(NO_ROUTE, "The number has no route; the caller was told so.")


def answer_out_of_order() -> str:
    """TwiML for a caller whose call we cannot even look up."""
    return _say(OUT_OF_ORDER, "").twiml


def answer_after_dial(dial_status: str) -> str:
    """TwiML for after the forwarding, by Twilio's DialCallStatus."""
    if dial_status in {"busy", "no-answer", "failed"}:
        return _say(NOBODY_REACHED, "").twiml
    response = VoiceResponse()
    response.hangup()
    return str(response)


def dialled(state: str, *, call_sid: str) -> str:
    """The phone that this call was forwarded to, by the state that our own Dial carried.

    Empty if the state is not ours or is another call's: customers' own TwiML runs in the same
    carrier account, so the carrier's signature alone does not prove that we wrote the Dial.
    """
    try:
        route = _signer.unsign_object(state)
    except signing.BadSignature:
        return ""
    return str(route["to"]) if route["call"] == call_sid else ""


def _say(sentence: str, note: str) -> Answer:
    response = VoiceResponse()
    response.say(_speakable(sentence))
    response.hangup()
    return Answer(str(response), note)


def _forward(phone_number: str, call_sid: str) -> Answer:
    state = _signer.sign_object({"call": call_sid, "to": phone_number})
    response = VoiceResponse()
    dial = response.dial(
        action=public_url(f"{reverse('webhooks:twilio-dial')}?{urlencode({'state': state})}"),
        method="POST",
        answer_on_bridge=True,
        timeout=RING_SECONDS,
        time_limit=settings.FORWARD_TIME_LIMIT_SECONDS,
    )
    dial.number(
        _speakable(phone_number),
        status_callback=public_url(reverse("webhooks:twilio-status")),
        status_callback_method="POST",
        status_callback_event="ringing answered completed",
    )
    return Answer(str(response), f"Forwarded to {party_text(phone_number)}.")


def _hand_over(number: Number) -> Answer:
    """Until the carrier has heard of the customer's own URL, calls still come to us."""
    response = VoiceResponse()
    response.redirect(_speakable(number.voice_url), method=number.voice_method)
    return Answer(str(response), "Handed over to the number's own voice URL.")


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("", text)
