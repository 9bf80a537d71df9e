"""What the carrier says of a call at one moment, read from a webhook's parameters.

Source: Twilio's "Request parameters" of voice webhooks, status callbacks and Dial actions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from telephony.models import CallLog

CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")

# Twilio's words, those of its number and Dial callbacks included.
STATUSES = {
    "queued": CallLog.Status.INITIATED,
    "initiated": CallLog.Status.INITIATED,
    "ringing": CallLog.Status.RINGING,
    "in-progress": CallLog.Status.ANSWERED,
    "answered": CallLog.Status.ANSWERED,
    "completed": CallLog.Status.COMPLETED,
    "busy": CallLog.Status.BUSY,
    "failed": CallLog.Status.FAILED,
    "no-answer": CallLog.Status.NO_ANSWER,
    "canceled": CallLog.Status.CANCELLED,
}


@dataclass(frozen=True)
class Report:
    """One call, or one leg, at one moment. `at` is aware; `duration` counts seconds.

    `status` is None where the carrier used a word that we do not know. A report that is not
    `timed` comes some time after what it tells of, so the log takes no times from it.
    """

    call_sid: str
    status: CallLog.Status | None
    at: datetime
    from_number: str = ""
    to_number: str = ""
    parent_sid: str = ""
    is_inbound: bool = True
    duration: int | None = None
    timed: bool = True

    @property
    def began(self) -> datetime:
        """The latest moment at which the call can have begun."""
        return self.at - timedelta(seconds=self.duration or 0)

    @property
    def start_time(self) -> datetime | None:
        """The same for the log."""
        return self.began if self.timed else None

    @property
    def end_time(self) -> datetime | None:
        """When the call ended; None while it goes on."""
        return self.at if self.timed and self.status in CallLog.ENDED else None


def of_call(parameters: Mapping[str, str], *, received_at: datetime, timed: bool = True) -> Report:
    """What a voice webhook, a status callback or a Dial action says of the call itself."""
    return Report(
        call_sid=parameters["CallSid"],
        status=STATUSES.get(parameters.get("CallStatus", "")),
        at=_moment(parameters.get("Timestamp", "")) or received_at,
        from_number=parameters.get("From", "")[:100],
        to_number=parameters.get("To", "")[:100],
        parent_sid=parameters.get("ParentCallSid", ""),
        is_inbound=parameters.get("Direction", "inbound") == "inbound",
        duration=_seconds(parameters.get("CallDuration", "")),
        timed=timed,
    )


def of_leg(
    parameters: Mapping[str, str], *, to_number: str, received_at: datetime
) -> Report | None:
    """What a Dial action says of the phone that was rung; None if no call was even placed."""
    leg_sid = parameters.get("DialCallSid", "")
    if not CALL_SID.fullmatch(leg_sid):
        return None
    return Report(
        call_sid=leg_sid,
        status=STATUSES.get(parameters.get("DialCallStatus", "")),
        at=received_at,
        from_number=parameters.get("From", "")[:100],
        to_number=to_number,
        parent_sid=parameters["CallSid"],
        is_inbound=False,
        duration=_seconds(parameters.get("DialCallDuration", "")),
        timed=False,
    )


def _moment(text: str) -> datetime | None:
    """Twilio's RFC 2822 time, such as "Tue, 21 Jan 2025 17:39:21 +0000"."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(text: str) -> int | None:
    # A call lasts a day at most, so more digits than these are no duration.
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None
