"""Errors in the shapes of the two services, for those parts that serve both."""

from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Service = Literal["twilio", "stripe"]

TWILIO_PRODUCTS = ("api", "pricing", "numbers")


class SandboxError(Exception):
    """An answer that is raised. Twilio's and Stripe's errors derive from it, each with its look."""

    def response(self) -> Response:
        """The answer on the wire."""
        return JSONResponse({"error": str(self)}, status_code=500)


def answer_sandbox_error(request: Request, error: Exception) -> Response:
    """Starlette's exception handler for all of them."""
    assert isinstance(error, SandboxError)
    return error.response()


def service_of(path: str) -> Service | None:
    """Whose URL it is: Twilio's products are the first segment, Stripe lives under /v1 and /v2."""
    first = path.lstrip("/").split("/", 1)[0]
    if first in TWILIO_PRODUCTS:
        return "twilio"
    return "stripe" if first in ("v1", "v2") else None


def twilio_body(status: int, code: int, message: str) -> dict[str, Any]:
    """Twilio's error body."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def stripe_body(error_type: str, message: str, code: str | None = None) -> dict[str, Any]:
    """Stripe's error body with the fields that every error has."""
    error = {"message": message, "type": error_type}
    if code is not None:
        error["code"] = code
    return {"error": error}


def too_many_requests(service: Service) -> Response:
    """429 as the service words it."""
    if service == "twilio":
        body = twilio_body(429, 20429, "Too Many Requests")
    else:
        body = stripe_body("invalid_request_error", "Too many requests.", "rate_limit")
    return JSONResponse(body, status_code=429, headers={"Retry-After": "1"})


def server_error(service: Service) -> Response:
    """500 as the service words it."""
    if service == "twilio":
        body = twilio_body(500, 20500, "An internal server error has occurred")
    else:
        body = stripe_body("api_error", "An unknown error occurred.")
    return JSONResponse(body, status_code=500)


def not_found(request: Request, error: Exception) -> Response:
    """404 for a URL that no route answers, in the shape of the service that it belongs to."""
    path = request.url.path
    match service_of(path):
        case "twilio":
            message = f"The requested resource {path} was not found"
            return JSONResponse(twilio_body(404, 20404, message), status_code=404)
        case "stripe":
            message = f"Unrecognized request URL ({request.method}: {path})."
            return JSONResponse(stripe_body("invalid_request_error", message), status_code=404)
    return JSONResponse({"error": f"The sandbox has nothing at {path}."}, status_code=404)
