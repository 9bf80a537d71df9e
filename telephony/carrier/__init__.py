"""The carrier: the only place that knows Twilio.

Everything here may be called from any thread and raises nothing but CarrierError. No call is
ever repeated by itself. Make none inside a database transaction.
"""

from telephony.carrier.client import reset
from telephony.carrier.errors import (
    CarrierBusy,
    CarrierError,
    CarrierMisconfigured,
    CarrierRefused,
    CarrierTimeout,
    CarrierUnreachable,
    InvalidNumber,
    NotThere,
    NumberUnavailable,
    OutcomeUnknown,
    RequirementUnmet,
)
from telephony.carrier.health import is_up
from telephony.carrier.number_types import normalise as normalise_number_type
from telephony.carrier.owning import buy, configure, find_owned, release
from telephony.carrier.pricing import number_prices, voice_prices
from telephony.carrier.records import (
    AvailableNumber,
    CarrierCountry,
    NumberPrice,
    NumberSettings,
    OwnedNumber,
    VoicePrice,
)
from telephony.carrier.searching import countries, find_available, search

__all__ = [
    "AvailableNumber",
    "CarrierBusy",
    "CarrierCountry",
    "CarrierError",
    "CarrierMisconfigured",
    "CarrierRefused",
    "CarrierTimeout",
    "CarrierUnreachable",
    "InvalidNumber",
    "NotThere",
    "NumberPrice",
    "NumberSettings",
    "NumberUnavailable",
    "OutcomeUnknown",
    "OwnedNumber",
    "RequirementUnmet",
    "VoicePrice",
    "buy",
    "configure",
    "countries",
    "find_available",
    "find_owned",
    "is_up",
    "normalise_number_type",
    "number_prices",
    "release",
    "reset",
    "search",
    "voice_prices",
]
