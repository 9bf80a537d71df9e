"""Twilio: Addresses. Who is behind a number, where a country wants to know that."""

import secrets

from starlette.responses import Response

from sandbox.store import Document
from sandbox.twilio import errors
from sandbox.twilio.wire import PAGING, ApiRequest, Endpoint, paginate, rfc2822, route

REQUIRED = {
    "CustomerName": "customer_name",
    "Street": "street",
    "City": "city",
    "Region": "region",
    "PostalCode": "postal_code",
    "IsoCountry": "iso_country",
}
OPTIONAL = {"FriendlyName": "friendly_name", "StreetSecondary": "street_secondary"}
SWITCHES = frozenset({"EmergencyEnabled", "AutoCorrectAddress"})
CREATE_PARAMETERS = frozenset({*REQUIRED, *OPTIONAL}) | SWITCHES
UPDATE_PARAMETERS = CREATE_PARAMETERS - {"IsoCountry"}
TEXT_FILTERS = {
    "CustomerName": "customer_name",
    "FriendlyName": "friendly_name",
    "IsoCountry": "iso_country",
}
LIST_PARAMETERS = frozenset({*TEXT_FILTERS, "EmergencyEnabled"}) | PAGING


def create_address(asked: ApiRequest) -> Document:
    """Keep an address; every one is taken for true. Raises TwilioError for what is missing."""
    for parameter in REQUIRED:
        if not asked.params.get(parameter):
            raise errors.invalid_parameter(parameter, "it is required.")
    sid = f"AD{secrets.token_hex(16)}"
    now = rfc2822(asked.clock.now())
    address: Document = {
        "sid": sid,
        "account_sid": asked.account_sid,
        "friendly_name": "",
        "street_secondary": None,
        "date_created": now,
        "emergency_enabled": False,
        "validated": False,
        "verified": False,
        "uri": f"{asked.account_uri}/Addresses/{sid}.json",
    }
    return save(asked, address)


def save(asked: ApiRequest, address: Document) -> Document:
    """Write the parameters into an address and keep it. Raises TwilioError."""
    fields = REQUIRED | OPTIONAL
    changes = {fields[name]: text for name, text in asked.params.items() if name in fields}
    emergency = asked.boolean("EmergencyEnabled")
    asked.boolean("AutoCorrectAddress")
    saved = {**address, **changes, "date_updated": rfc2822(asked.clock.now())}
    if emergency is not None:
        saved["emergency_enabled"] = emergency
    saved["iso_country"] = saved["iso_country"].upper()
    asked.store.put("address", saved["sid"], saved)
    return saved


def list_addresses(asked: ApiRequest) -> Document:
    """The account's addresses, newest first."""
    params = asked.params
    wanted = {field: params[name] for name, field in TEXT_FILTERS.items() if name in params}
    emergency = asked.boolean("EmergencyEnabled")
    addresses = [
        address
        for address in reversed(asked.store.all("address", **wanted))
        if emergency in (None, address["emergency_enabled"])
    ]
    return paginate(asked, "addresses", addresses)


def fetch_address(asked: ApiRequest) -> Document:
    """One address. Raises TwilioError (404)."""
    address = asked.store.get("address", asked.path["sid"])
    if address is None:
        raise asked.not_found()
    return address


def update_address(asked: ApiRequest) -> Document:
    """Change what is given; the country stays. Raises TwilioError."""
    with asked.store.transaction():
        return save(asked, fetch_address(asked))


def delete_address(asked: ApiRequest) -> Response:
    """Forget an address. Raises TwilioError (404, or 400 while a number needs it)."""
    with asked.store.transaction():
        sid = fetch_address(asked)["sid"]
        if asked.store.all("incoming_phone_number", address_sid=sid):
            raise errors.address_in_use(sid)
        asked.store.delete("address", sid)
    return Response(status_code=204)


BASE = "/api/2010-04-01/Accounts/{account_sid}/Addresses"

routes = [
    route(
        f"{BASE}.json",
        get=Endpoint(list_addresses, LIST_PARAMETERS),
        post=Endpoint(create_address, CREATE_PARAMETERS, 201),
    ),
    route(
        f"{BASE}/{{sid}}.json",
        get=Endpoint(fetch_address),
        post=Endpoint(update_address, UPDATE_PARAMETERS),
        delete=Endpoint(delete_address),
    ),
]
