"""Stripe's errors: their statuses, their fields, their wording. (Stripe: Errors)"""

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.errors import SandboxError
from sandbox.store import Document

DOCS = "https://stripe.com/docs/error-codes/"
TOLD_OF_ATTEMPT = ("charge", "code", "decline_code", "payment_method")


class StripeError(SandboxError):
    """A refusal that leaves nothing behind; `extra` holds fields such as payment_intent.

    kept: whether an Idempotency-Key remembers it. Stripe forgets what it refused
    before it began to carry the request out, such as a parameter that it does not know.
    """

    type = "invalid_request_error"

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        fields = {
            "code": code,
            "param": param,
            "doc_url": code and doc_url(code),
            **extra,
        }
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def body(self) -> Document:
        """The body on the wire."""
        return {"error": {**self.fields, "message": str(self), "type": self.type}}

    def response(self) -> Response:
        """The answer on the wire, where no endpoint of Stripe's writes it."""
        return JSONResponse(self.body(), status_code=self.status)


class CardError(StripeError):
    """402: the bank, or Stripe in its name, says no, and nothing is left behind."""

    type = "card_error"

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message, status=402, **fields)


class FailedAttempt(CardError):
    """402 for an attempt that leaves its traces: a failed charge, an intent with an error."""

    @classmethod
    def told_by(cls, error: Document, **intent: Document) -> "FailedAttempt":
        """What an intent's last error tells, with the intent itself."""
        told = {name: error[name] for name in TOLD_OF_ATTEMPT if name in error}
        return cls(error["message"], **told, **intent)


class IdempotencyError(StripeError):
    """The key and the request do not go together."""

    type = "idempotency_error"


class ApiError(StripeError):
    """500: something is broken inside."""

    type = "api_error"


def doc_url(code: str) -> str:
    """Where Stripe explains a code."""
    return DOCS + code.replace("_", "-")


def resource_missing(noun: str, object_id: str, *, param: str, in_url: bool = False) -> StripeError:
    """No such object: 404 when the URL names it, 400 when a parameter does."""
    return StripeError(
        f"No such {noun}: '{object_id}'",
        status=404 if in_url else 400,
        code="resource_missing",
        param=param,
    )


def not_played(name: str) -> StripeError:
    """Stripe knows the parameter, the sandbox does not: better refused than silently ignored."""
    return StripeError(
        f"The sandbox does not play this parameter of Stripe's: {name}",
        code="sandbox_not_played",
        param=name,
        kept=False,
    )
