"""Twilio: IncomingPhoneNumbers. Buying, running and releasing numbers.

A number that is owned is kept twice: as Twilio describes it under its SID (kind
"incoming_phone_number") and, for a look-up by number, as its SID (kind "owned_number").
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from sandbox.store import Document
from sandbox.twilio import errors
from sandbox.twilio.countries import NumberType
from sandbox.twilio.inventory import Offer, find_offer, national_format, stock_of
from sandbox.twilio.searching import Search, search
from sandbox.twilio.wire import API_VERSION, PAGING, ApiRequest, Endpoint, paginate, rfc2822, route

# Twilio: Test Credentials. The first two always fail, the third can be bought again and again.
UNAVAILABLE = "+15005550000"
INVALID = "+15005550001"
FINE = "+15005550006"
EMPTY_AREA_CODE = "533"

URL_PARAMETERS = ("VoiceUrl", "VoiceFallbackUrl", "SmsUrl", "SmsFallbackUrl", "StatusCallback")
METHOD_PARAMETERS = (
    "VoiceMethod",
    "VoiceFallbackMethod",
    "SmsMethod",
    "SmsFallbackMethod",
    "StatusCallbackMethod",
)
# Parameters that are kept as they come, by the field that shows them, and the SIDs among
# them by their prefix.
FIELDS = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "VoiceReceiveMode": "voice_receive_mode",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsApplicationSid": "sms_application_sid",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "TrunkSid": "trunk_sid",
    "AddressSid": "address_sid",
    "BundleSid": "bundle_sid",
    "IdentitySid": "identity_sid",
    "EmergencyStatus": "emergency_status",
    "EmergencyAddressSid": "emergency_address_sid",
    "ApiVersion": "api_version",
}
SID_PREFIXES = {
    "VoiceApplicationSid": "AP",
    "SmsApplicationSid": "AP",
    "TrunkSid": "TK",
    "AddressSid": "AD",
    "BundleSid": "BU",
    "IdentitySid": "RI",
    "EmergencyAddressSid": "AD",
}
CHOICES = {
    "VoiceReceiveMode": ("voice", "fax"),
    "EmergencyStatus": ("Active", "Inactive"),
    "ApiVersion": (API_VERSION,),
}
UPDATE_PARAMETERS = frozenset({*FIELDS, "VoiceCallerIdLookup", "AccountSid"})
CREATE_PARAMETERS = (UPDATE_PARAMETERS - {"AccountSid"}) | {"PhoneNumber", "AreaCode"}
LIST_PARAMETERS = frozenset({"Beta", "FriendlyName", "PhoneNumber", "Origin"}) | PAGING
LONGEST_FRIENDLY_NAME = 64


def create_number(asked: ApiRequest) -> Document:
    """Buy a number. There is no idempotency key; one that is owned already is updated.

    Raises TwilioError: 21421, 21422, 21451, 21452, 21615, 21631 and what `read_changes` raises.
    """
    changes = read_changes(asked)
    offer, phone_number = choose_number(asked)
    with asked.store.transaction():
        owned = find_owned(asked, phone_number)
        if owned is not None:
            return save(asked, {**owned, **changes})
        check_address(asked, offer, changes)
        return save(asked, {**new_number(asked, phone_number, offer), **changes})


def choose_number(asked: ApiRequest) -> tuple[Offer | None, str]:
    """The number that PhoneNumber or AreaCode name, with its offer unless it is owned or a test's.

    Raises TwilioError when it cannot be bought.
    """
    phone_number = asked.params.get("PhoneNumber", "").replace(" ", "")
    if not phone_number and (area_code := asked.params.get("AreaCode", "")):
        offer = offer_in_area_code(asked, area_code)
        return offer, offer.phone_number
    if phone_number == INVALID or not re.fullmatch(r"\+[1-9]\d{6,14}", phone_number):
        raise errors.invalid_phone_number(phone_number)
    found = find_offer(phone_number)
    is_known = phone_number == FINE or find_owned(asked, phone_number) is not None
    is_offered = is_known or (found is not None and not is_gone(asked, phone_number))
    if phone_number == UNAVAILABLE or not is_offered:
        raise errors.unavailable_phone_number(phone_number)
    return found, phone_number


def offer_in_area_code(asked: ApiRequest, area_code: str) -> Offer:
    """Any number in an area code of the United States. Raises TwilioError: 21451, 21452."""
    if not re.fullmatch(r"\d{3}", area_code):
        raise errors.invalid_area_code(area_code)
    stock = stock_of("US", "local")
    assert stock is not None
    offers = (
        []
        if area_code == EMPTY_AREA_CODE
        else search(
            stock,
            Search(area_code=area_code),
            limit=1,
            is_owned=lambda number: is_gone(asked, number),
        )
    )
    if not offers:
        raise errors.empty_area_code(area_code)
    return offers[0]


def check_address(asked: ApiRequest, offer: Offer | None, changes: Mapping[str, Any]) -> None:
    """Hold the number's address requirement. Raises TwilioError: 21631, 21615.

    Addresses are Twilio's documents of kind "address" in the store.
    """
    requirement = "none" if offer is None else offer.stock.kind.address
    if offer is None or requirement == "none":
        return
    sid = changes.get("address_sid") or ""
    if not sid:
        raise errors.address_missing()
    address = asked.store.get("address", sid)
    is_local = address is not None and address["iso_country"] == offer.stock.country.code
    if address is None or (requirement == "local" and not is_local):
        raise errors.address_unfit(sid)


def find_owned(asked: ApiRequest, phone_number: str) -> Document | None:
    """The account's number, as Twilio describes it, by E.164."""
    owned = asked.store.get("owned_number", phone_number)
    return None if owned is None else asked.store.get("incoming_phone_number", owned["sid"])


def is_gone(asked: ApiRequest, phone_number: str) -> bool:
    """Whether the account has bought the number, or somebody else has (see control.py)."""
    kinds = ("owned_number", "sold_number")
    return any(asked.store.get(kind, phone_number) is not None for kind in kinds)


def new_number(asked: ApiRequest, phone_number: str, offer: Offer | None) -> Document:
    """A number just bought, as Twilio describes it, with nothing configured."""
    sid = f"PN{secrets.token_hex(16)}"
    now = rfc2822(asked.clock.now())
    voice_sms_mms = {"voice": True, "sms": True, "mms": True, "fax": False}
    number_type: NumberType = "local" if offer is None else offer.stock.number_type
    return {
        "sid": sid,
        "account_sid": asked.account_sid,
        "phone_number": phone_number,
        "friendly_name": national_format(phone_number),
        "date_created": now,
        "date_updated": now,
        "address_requirements": "none" if offer is None else offer.stock.kind.address,
        "capabilities": voice_sms_mms if offer is None else offer.capabilities,
        "type": number_type.replace("_", "-"),
        "uri": f"{asked.account_uri}/IncomingPhoneNumbers/{sid}.json",
        **UNCONFIGURED,
    }


UNCONFIGURED: Document = {
    "address_sid": "",
    "api_version": API_VERSION,
    "beta": False,
    "bundle_sid": None,
    "emergency_address_sid": None,
    "emergency_address_status": "unregistered",
    "emergency_status": "Inactive",
    "identity_sid": None,
    "origin": "twilio",
    "sms_application_sid": "",
    "sms_fallback_method": "POST",
    "sms_fallback_url": "",
    "sms_method": "POST",
    "sms_url": "",
    "status": "in-use",
    "status_callback": "",
    "status_callback_method": "POST",
    "trunk_sid": None,
    "voice_application_sid": "",
    "voice_caller_id_lookup": False,
    "voice_fallback_method": "POST",
    "voice_fallback_url": "",
    "voice_method": "POST",
    "voice_receive_mode": "voice",
    "voice_url": "",
}


def read_changes(asked: ApiRequest) -> Document:
    """The fields that the parameters set. Raises TwilioError for values that make no sense."""
    params = asked.params
    check_values(params)
    changes: Document = {
        field: params[parameter] for parameter, field in FIELDS.items() if parameter in params
    }
    lookup = asked.boolean("VoiceCallerIdLookup")
    if lookup is not None:
        changes["voice_caller_id_lookup"] = lookup
    if params.get("TrunkSid"):
        changes["voice_application_sid"] = ""
    elif params.get("VoiceApplicationSid"):
        changes["trunk_sid"] = None
    return changes


def check_values(params: Mapping[str, str]) -> None:
    """Refuse long names, and URLs, methods, SIDs and choices that are none. Raises TwilioError."""
    if len(params.get("FriendlyName", "")) > LONGEST_FRIENDLY_NAME:
        raise errors.invalid_friendly_name()
    for name in URL_PARAMETERS:
        if not is_url(params.get(name, "")):
            raise errors.invalid_url(name, params[name])
    for name in METHOD_PARAMETERS:
        if params.get(name, "POST") not in ("GET", "POST"):
            raise errors.invalid_method(name, params[name])
    for name, prefix in SID_PREFIXES.items():
        if not re.fullmatch(rf"({prefix}[0-9a-fA-F]{{32}})?", params.get(name, "")):
            raise errors.invalid_parameter(name, f"it must be a SID that begins with {prefix}.")
    for name, choices in CHOICES.items():
        if params.get(name, choices[0]) not in choices:
            raise errors.invalid_parameter(name, f"it must be one of {', '.join(choices)}.")


def is_url(text: str) -> bool:
    """Whether Twilio could call it; empty clears the field."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not text or (parts.scheme in ("http", "https") and bool(parts.hostname))


def save(asked: ApiRequest, number: Document) -> Document:
    """Keep a number under its SID and under its E.164."""
    number = {**number, "date_updated": rfc2822(asked.clock.now())}
    asked.store.put("incoming_phone_number", number["sid"], number)
    asked.store.put("owned_number", number["phone_number"], {"sid": number["sid"]})
    return number


def list_numbers(asked: ApiRequest) -> Document:
    """The numbers of the account, newest first; PhoneNumber matches parts too."""
    asked.boolean("Beta")
    pattern = asked.params.get("PhoneNumber", "")
    name = asked.params.get("FriendlyName")
    origin = asked.params.get("Origin", "")
    if asked.params.get("Beta", "").lower() == "true" or origin not in ("", "twilio"):
        return paginate(asked, "incoming_phone_numbers", [])
    owned = asked.store.all("incoming_phone_number")
    fitting = [
        number
        for number in reversed(owned)
        if is_part(pattern, number["phone_number"]) and name in (None, number["friendly_name"])
    ]
    return paginate(asked, "incoming_phone_numbers", fitting)


def is_part(pattern: str, phone_number: str) -> bool:
    """Whether a number holds the digits; `*` stands for any one, `+` ties them to the start."""
    digits = re.escape(pattern).replace(r"\*", r"\d")
    return re.search(f"^{digits}" if pattern.startswith("+") else digits, phone_number) is not None


def fetch_number(asked: ApiRequest) -> Document:
    """One number of the account. Raises TwilioError (404)."""
    number = asked.store.get("incoming_phone_number", asked.path["sid"])
    if number is None:
        raise asked.not_found()
    return number


def update_number(asked: ApiRequest) -> Document:
    """Change what is given and nothing else. Raises TwilioError."""
    if asked.params.get("AccountSid", asked.account_sid) != asked.account_sid:
        raise errors.invalid_parameter("AccountSid", "there is only one account in the sandbox.")
    changes = read_changes(asked)
    with asked.store.transaction():
        return save(asked, {**fetch_number(asked), **changes})


def delete_number(asked: ApiRequest) -> Response:
    """Release a number; it can be found and bought again. Raises TwilioError (404)."""
    with asked.store.transaction():
        number = fetch_number(asked)
        asked.store.delete("incoming_phone_number", number["sid"])
        asked.store.delete("owned_number", number["phone_number"])
    return Response(status_code=204)


BASE = "/api/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers"

routes = [
    route(
        f"{BASE}.json",
        get=Endpoint(list_numbers, LIST_PARAMETERS),
        post=Endpoint(create_number, CREATE_PARAMETERS, 201),
    ),
    route(
        f"{BASE}/{{sid}}.json",
        get=Endpoint(fetch_number),
        post=Endpoint(update_number, UPDATE_PARAMETERS),
        delete=Endpoint(delete_number),
    ),
]
