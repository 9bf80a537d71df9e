"""The carrier's refusals as refusals of the shop's, for whoever asked."""

import structlog

from didshop.errors import CarrierTrouble, Conflict, Invalid, ShopError, Unmet
from telephony.carrier import (
    CarrierBusy,
    CarrierError,
    CarrierMisconfigured,
    CarrierTimeout,
    CarrierUnreachable,
    InvalidNumber,
    NumberUnavailable,
    OutcomeUnknown,
    RequirementUnmet,
)

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5
SUMMARY = "Telephony service error"


def refusal(error: CarrierError) -> ShopError:
    """What to tell the caller. Where it is our account that is at fault, the operator hears it.

    Trouble of the carrier's own has `reason`, a sentence for people, beside the API's fixed words.
    """
    match error:
        case NumberUnavailable():
            return not_available()
        case InvalidNumber():
            return Invalid("The carrier does not know this number.", code="NUMBER_INVALID")
        case RequirementUnmet():
            return address_required()
    return _trouble(error)


def not_available() -> Conflict:
    """The number cannot be had (any more)."""
    return Conflict(
        "This number is not available any more. Search again for others.",
        code="NUMBER_NOT_AVAILABLE",
    )


def address_required() -> Unmet:
    """The number needs paperwork, which we do not take yet."""
    return Unmet(
        "This number can only be had with an address or documents. We do not sell such numbers "
        "yet: choose one without the requirement.",
        code="ADDRESS_REQUIRED",
    )


def _trouble(error: CarrierError) -> CarrierTrouble:
    status, code, reason = 502, "CARRIER_ERROR", "The carrier refused for a reason of its own."
    retry_after = None
    match error:
        case CarrierMisconfigured():
            log.error("carrier_misconfigured", code=error.code, error=error.message)
            status, code = 503, "CARRIER_UNAVAILABLE"
            reason = "Numbers cannot be sold at the moment. The operator has been told."
        case CarrierUnreachable() | CarrierBusy():
            status, code = 503, "CARRIER_UNAVAILABLE"
            reason = "The carrier is not able to answer at the moment. Please try again."
            retry_after = max(RETRY_SECONDS, round(error.retry_after or 0))
        case CarrierTimeout():
            status, code = 504, "CARRIER_TIMEOUT"
            reason = "The carrier did not answer in time. Please try again."
        case OutcomeUnknown():
            reason = "The carrier gave no clear answer. Please try again."
        case _:
            log.error("carrier_refused", code=error.code, error=error.message)
    return CarrierTrouble(SUMMARY, status=status, code=code, retry_after=retry_after, reason=reason)
