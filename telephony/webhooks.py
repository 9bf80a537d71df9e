"""What the carrier calls: a call came in, a forwarding ended, a call's status changed.

Twilio waits 15 s and then plays an error of its own, so the caller comes first: whatever breaks
on our side, they hear a sentence.
"""

import re
from collections.abc import Callable
from functools import wraps

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dids.models import Number
from didshop import inbox
from didshop.addresses import public_url
from didshop.models import WebhookEvent
from telephony import answering, call_log, reports
from telephony.carrier.signatures import are_plain_names, is_signed

log = structlog.get_logger(__name__)

Parameters = dict[str, str]
Webhook = Callable[[HttpRequest, Parameters], HttpResponse]

REQUIRED = ("AccountSid", "CallSid", "CallStatus", "To")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def _signed_only(view: Webhook) -> Callable[[HttpRequest], HttpResponse]:
    """Let in what the carrier signed; refuse anything else with a 403 before it touches a thing."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        parameters = _signed_parameters(request)
        if parameters is None:
            log.warning("webhook_refused", path=request.path)
            return HttpResponseForbidden("The signature does not match.", "text/plain")
        return view(request, parameters)

    return guarded


@_signed_only
def voice(request: HttpRequest, parameters: Parameters) -> HttpResponse:
    """A call came in: answer it, and log it. Twilio: voice URL of a number."""
    call_sid = parameters["CallSid"]
    try:
        number = Number.objects.live().filter(phone_number=parameters["To"]).first()
    except DatabaseError:
        log.exception("call_not_looked_up", call_sid=call_sid)
        return _twiml(answering.answer_out_of_order())
    answer = answering.answer(number, call_sid=call_sid)
    # While a number is being bought it is nobody's yet, and so are its calls.
    if number is not None and number.status != Number.Status.PENDING:
        _log_call(number, parameters, answer.note)
    return _twiml(answer.twiml)


@_signed_only
def dial(request: HttpRequest, parameters: Parameters) -> HttpResponse:
    """A forwarding ended: log its leg, tell the caller if nobody was there. Twilio: Dial action."""
    forwarded_to = answering.dialled(request.GET.get("state", ""), call_sid=parameters["CallSid"])
    if forwarded_to:
        _log_leg(parameters, forwarded_to)
    return _twiml(answering.answer_after_dial(parameters.get("DialCallStatus", "")))


@_signed_only
def status(request: HttpRequest, parameters: Parameters) -> HttpResponse:
    """A call's status changed: keep it for the worker. Twilio: status callback."""
    said = (parameters["CallSid"], parameters["CallStatus"], parameters.get("SequenceNumber", ""))
    try:
        inbox.receive(WebhookEvent.Provider.TWILIO, ":".join(said)[:200], "call.status", parameters)
    except DatabaseError:
        log.exception("status_not_kept", call_sid=parameters["CallSid"])
        return HttpResponse(status=503)
    return HttpResponse(status=204)


def _log_call(number: Number, parameters: Parameters, note: str) -> None:
    """Log the call. A log that cannot be written must not keep anyone from being put through."""
    try:
        report = reports.of_call(parameters, received_at=timezone.now())
        call_log.begin(report, number=number, reason=note)
    except DatabaseError:
        log.exception("call_not_logged", call_sid=parameters["CallSid"])


def _log_leg(parameters: Parameters, forwarded_to: str) -> None:
    """Log how the call stands and how its leg ended."""
    now = timezone.now()
    call = reports.of_call(parameters, received_at=now, timed=False)
    leg = reports.of_leg(parameters, to_number=forwarded_to, received_at=now)
    try:
        call_log.record(call)
        if leg is not None:
            call_log.record(leg)
    except DatabaseError:
        log.exception("leg_not_logged", call_sid=parameters["CallSid"])


def _signed_parameters(request: HttpRequest) -> Parameters | None:
    """The form's fields without control characters; None unless all of it is the carrier's."""
    try:
        form, body = request.POST, request.body
    except Exception:  # noqa: BLE001 - too large, too many fields, cut off: all of it refused.
        return None
    url = public_url(request.get_full_path())
    if not is_signed(url, form, request.headers, body) or not are_plain_names(form):
        return None
    if any(len(values) != 1 for _, values in form.lists()):
        return None
    parameters = {name: _CONTROL.sub("", form[name]) for name in form}
    return parameters if _is_ours(parameters) else None


def _is_ours(parameters: Parameters) -> bool:
    return (
        all(parameters.get(name) for name in REQUIRED)
        and parameters["AccountSid"] == settings.TWILIO_ACCOUNT_SID
        and reports.CALL_SID.fullmatch(parameters["CallSid"]) is not None
    )


def _twiml(document: str) -> HttpResponse:
    return HttpResponse(document, content_type="text/xml")
