"""What can go wrong at the carrier, told apart by what it means for us.

(Twilio: error and warning dictionary, https://www.twilio.com/docs/api/errors)
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import requests
import urllib3.exceptions
from twilio.base.exceptions import TwilioException


class CarrierError(Exception):
    """The carrier did not do what it was asked.

    code: Twilio's, 0 where it named none. retry_after: seconds, None where it did not say.
    """

    def __init__(self, code: int, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after


class NumberUnavailable(CarrierError):
    """The number is not for sale (any more): offer another one, charge nothing."""


class InvalidNumber(CarrierError):
    """That is no number that the carrier could sell."""


class RequirementUnmet(CarrierError):
    """An address, an identity or documents are missing."""


class CarrierBusy(CarrierError):
    """Never processed, so it is safe to ask again: too many requests at once."""


class CarrierUnreachable(CarrierBusy):
    """Never processed, so it is safe to ask again: no connection could be made."""


class OutcomeUnknown(CarrierError):
    """It may have been done or not: look before asking again."""


class CarrierTimeout(OutcomeUnknown):
    """No answer in time: it may have been done or not."""


class CarrierMisconfigured(CarrierError):
    """Our account or our credentials are refused: the operator must act, no customer can."""


class NotThere(CarrierError):
    """The carrier has no such thing."""


class CarrierRefused(CarrierError):
    """Refused for a reason that we do not know: a person must look."""


KINDS: Mapping[int, type[CarrierError]] = {
    10001: CarrierMisconfigured,  # account inactive
    20003: CarrierMisconfigured,  # credentials wrong
    20404: NotThere,
    20429: CarrierBusy,
    20500: OutcomeUnknown,
    21421: InvalidNumber,
    21422: NumberUnavailable,
    21451: InvalidNumber,  # area code unknown
    21452: NumberUnavailable,  # nothing in the area code
    21613: RequirementUnmet,
    21615: RequirementUnmet,
    21628: RequirementUnmet,
    21631: RequirementUnmet,
    21649: RequirementUnmet,
    21650: RequirementUnmet,
    21651: RequirementUnmet,
}
KINDS_BY_STATUS: Mapping[int, type[CarrierError]] = {
    HTTPStatus.UNAUTHORIZED: CarrierMisconfigured,
    HTTPStatus.NOT_FOUND: NotThere,
    HTTPStatus.REQUEST_TIMEOUT: OutcomeUnknown,
}


def from_answer(status: int, headers: Mapping[str, str], text: str) -> CarrierError:
    """The error in an answer that is no success, by its code, else by its HTTP status."""
    code, message = _read(text)
    retry_after = _seconds(headers.get("Retry-After"))
    kind = KINDS.get(code) or CarrierRefused
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = CarrierBusy
    elif not _is_refusal(status) or not (code or message):
        kind = OutcomeUnknown
    elif kind is CarrierRefused:
        kind = KINDS_BY_STATUS.get(status, CarrierRefused)
    return kind(code, message or f"The carrier answered {status}.", retry_after)


def _is_refusal(status: int) -> bool:
    """Whether it was read and declined, hence surely not done."""
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _read(text: str) -> tuple[int, str]:
    """Twilio's code and sentence, also from an RFC 9457 body; 0 and "" from anything else."""
    try:
        body = json.loads(text)
    except ValueError:
        return 0, ""
    if not isinstance(body, dict):
        return 0, ""
    code = body.get("code")
    message = body.get("message") or body.get("detail") or body.get("title") or ""
    return (code if isinstance(code, int) else 0), str(message)


def _seconds(header: str | None) -> float | None:
    """The header Retry-After, where it is a number of seconds."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing but CarrierError out: neither the network's exceptions nor the SDK's.

    The HTTP client has judged the answer already. What the SDK still raises is an answer that it
    cannot read (a plain TwilioException from `list`, a missing key), and after a POST that is an
    unknown outcome.
    """
    try:
        yield
    except CarrierError:
        raise
    except requests.exceptions.ConnectTimeout as error:
        raise CarrierUnreachable(0, "The carrier could not be reached.") from error
    except requests.exceptions.Timeout as error:
        raise CarrierTimeout(0, "The carrier did not answer in time.") from error
    except requests.exceptions.RequestException as error:
        if _was_never_connected(error):
            raise CarrierUnreachable(0, "The carrier could not be reached.") from error
        raise OutcomeUnknown(0, "The connection to the carrier broke.") from error
    except (TwilioException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise OutcomeUnknown(0, "The carrier's answer could not be read.") from error


def _was_never_connected(error: requests.exceptions.RequestException) -> bool:
    """Whether the request cannot have left us, because nothing accepted the connection."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
