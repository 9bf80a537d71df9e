"""What can go wrong for a caller, as exceptions with a sentence, a code and an HTTP status.

Verbs raise these; the API answers them in the shape of docs/api.md, pages show the sentence.
"""

import re
from collections.abc import Sequence
from typing import Any


class ShopError(Exception):
    """A refusal that the caller can act on.

    `message` is a sentence for people, `code` a constant for programs, `details` the fields at
    fault as {"field": "snake_case.path", "message": "…"}, `retry_after` seconds, `status` the
    HTTP status where it is not the class's. `extra` stands in the API's answer as it is.
    """

    status = 400
    code = "BAD_REQUEST"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        details: Sequence[dict[str, str]] = (),
        retry_after: int | None = None,
        status: int | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = list(details)
        self.retry_after = retry_after
        self.status = status or self.status
        self.extra = extra

    @property
    def sentence(self) -> str:
        """What to show a person. The API's `error` is fixed for some; `reason` then says more."""
        return str(self.extra.get("reason") or self.message)


class Invalid(ShopError):
    """400: what was sent cannot be understood."""

    code = "VALIDATION_ERROR"


class Unauthenticated(ShopError):
    """401: no credentials, or bad ones."""

    status = 401
    code = "UNAUTHENTICATED"


class PaymentNeeded(ShopError):
    """402: no means to pay, or the card was declined."""

    status = 402
    code = "PAYMENT_REQUIRED"


class Forbidden(ShopError):
    """403: known, but not allowed."""

    status = 403
    code = "FORBIDDEN"


class NotFound(ShopError):
    """404: not there, or not yours."""

    status = 404
    code = "NOT_FOUND"


class Conflict(ShopError):
    """409: the state of things does not allow it (any more)."""

    status = 409
    code = "CONFLICT"


class Unmet(ShopError):
    """422: understood, but a requirement is not met."""

    status = 422
    code = "REQUIREMENT_UNMET"


class TooManyRequests(ShopError):
    """429: a limit is exceeded; `retry_after` says when to come back."""

    status = 429
    code = "TOO_MANY_REQUESTS"


class Unavailable(ShopError):
    """503: something of ours is away. Nothing was done."""

    status = 503
    code = "UNAVAILABLE"


class CarrierTrouble(ShopError):
    """502, 503 or 504: the carrier did not do its part. Nothing was sold."""

    status = 502
    code = "CARRIER_ERROR"


class PaymentTrouble(ShopError):
    """502 or 503: the payment service did not do its part. Nothing was charged."""

    status = 503
    code = "PAYMENT_SERVICE_ERROR"


def error_body(refusal: ShopError, request_id: str) -> dict[str, Any]:
    """The refusal in the API's error shape, its keys still in snake_case."""
    body: dict[str, Any] = {"error": refusal.message, "code": refusal.code}
    if refusal.details:
        body["details"] = [
            {"field": _camel(detail["field"]), "message": detail["message"]}
            for detail in refusal.details
        ]
    return {**body, **refusal.extra, "request_id": request_id}


def _camel(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda match: match[1].upper(), path)
