"""Twilio: Calls. What the account's calls were, with a price that comes later.

A call's document is Twilio's plus three fields of our own that begin with an
underscore: its price, the time from which that is told, and the transcript.
"""

import math
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime

from sandbox.clock import Clock
from sandbox.store import Document, Store
from sandbox.twilio import errors
from sandbox.twilio.countries import COUNTRIES
from sandbox.twilio.inventory import national_format
from sandbox.twilio.wire import API_VERSION, PAGING, ApiRequest, Endpoint, paginate, rfc2822, route

CURRENCY = "USD"
# Twilio takes minutes; long enough here to be seen missing, short enough to wait for.
PRICE_AFTER = timedelta(seconds=5)
DATE_FILTERS = ("StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<", "EndTime>")
TEXT_FILTERS = {
    "To": "to",
    "From": "from",
    "ParentCallSid": "parent_call_sid",
    "Status": "status",
}
LIST_PARAMETERS = frozenset({*TEXT_FILTERS, *DATE_FILTERS}) | PAGING
SUBRESOURCES = {
    "events": "Events",
    "notifications": "Notifications",
    "payments": "Payments",
    "recordings": "Recordings",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}
ENDED = ("completed", "busy", "failed", "no-answer", "canceled")


def new_call(
    account_sid: str,
    *,
    caller: str,
    called: str,
    direction: str,
    at: datetime,
    number_sid: str | None = None,
    parent_sid: str | None = None,
) -> Document:
    """A call that begins to ring, as Twilio describes it."""
    sid = f"CA{secrets.token_hex(16)}"
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{sid}"
    return {
        "sid": sid,
        "account_sid": account_sid,
        "parent_call_sid": parent_sid,
        "from": caller,
        "from_formatted": national_format(caller),
        "to": called,
        "to_formatted": national_format(called),
        "phone_number_sid": number_sid,
        "direction": direction,
        "status": "ringing",
        "date_created": rfc2822(at),
        "date_updated": rfc2822(at),
        "start_time": rfc2822(at),
        "end_time": None,
        "duration": None,
        "price": None,
        "price_unit": CURRENCY,
        "answered_by": None,
        "api_version": API_VERSION,
        "caller_name": None,
        "forwarded_from": None,
        "group_sid": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {name: f"{uri}/{last}.json" for name, last in SUBRESOURCES.items()},
    }


def inbound_price(number_type: str, country_code: str, seconds: int) -> str | None:
    """What Twilio takes for a call to one of our numbers: negative dollars, or None."""
    country = COUNTRIES.get(country_code)
    if country is None or not seconds:
        return None
    for known, kind in country.kinds.items():
        if known.replace("_", "-") == number_type:
            return charge(kind.per_minute, seconds)
    return None


def outbound_price(called: str, seconds: int) -> str | None:
    """What Twilio takes for a call to this E.164 number by the longest prefix, or None."""
    digits = called.removeprefix("+")
    best = max(
        (
            (len(prefix), price)
            for country in COUNTRIES.values()
            for _, prefixes, price in country.outbound
            for prefix in prefixes
            if called.startswith("+") and digits.startswith(prefix)
        ),
        default=None,
    )
    return charge(best[1], seconds) if best and seconds else None


def charge(per_minute: str, seconds: int) -> str:
    """Whole minutes at this price, as the negative amount that Twilio shows."""
    return f"-{math.ceil(seconds / 60) * Decimal(per_minute):.5f}"


def public_call(call: Document, clock: Clock) -> Document:
    """A call as the API shows it by now."""
    shown = {name: value for name, value in call.items() if not name.startswith("_")}
    told_from = call.get("_priced_from")
    if told_from and datetime.fromisoformat(told_from) <= clock.now():
        shown["price"] = call["_price"]
    return shown


def calls_state(store: Store, clock: Clock) -> list[Document]:
    """Every call with its transcript, oldest first, for people and tests."""
    return [
        {**public_call(call, clock), "transcript": call.get("_transcript", [])}
        for call in store.all("call")
    ]


def list_calls(asked: ApiRequest) -> Document:
    """The account's calls, newest first. Raises TwilioError for dates that are none."""
    wanted = {
        field: asked.params[name] for name, field in TEXT_FILTERS.items() if name in asked.params
    }
    dates = {
        name: read_date(name, asked.params[name]) for name in DATE_FILTERS if name in asked.params
    }
    calls = [
        public_call(call, asked.clock)
        for call in reversed(asked.store.all("call", **wanted))
        if all(meets_date(call, name, date) for name, date in dates.items())
    ]
    return paginate(asked, "calls", calls)


def read_date(name: str, text: str) -> datetime:
    """A date or a time in ISO 8601, UTC when it names no zone. Raises TwilioError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise errors.invalid_parameter(name, "it must be a date in ISO 8601.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def meets_date(call: Document, name: str, date: datetime) -> bool:
    """Whether a call started or ended on this day, before or after."""
    text = call["start_time" if name.startswith("StartTime") else "end_time"]
    if text is None:
        return False
    moment = parsedate_to_datetime(text)
    if name.endswith("<"):
        return moment <= date
    return moment >= date if name.endswith(">") else moment.date() == date.date()


def fetch_call(asked: ApiRequest) -> Document:
    """One call. Raises TwilioError (404)."""
    call = asked.store.get("call", asked.path["sid"])
    if call is None:
        raise asked.not_found()
    return public_call(call, asked.clock)


BASE = "/api/2010-04-01/Accounts/{account_sid}/Calls"

routes = [
    route(f"{BASE}.json", get=Endpoint(list_calls, LIST_PARAMETERS)),
    route(f"{BASE}/{{sid}}.json", get=Endpoint(fetch_call)),
]
