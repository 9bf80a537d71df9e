"""Every exception that leaves an API view, as an answer in the shape of docs/api.md."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError
from rest_framework import exceptions, status
from rest_framework.response import Response

from didshop.errors import Forbidden, Invalid, NotFound, ShopError, Unavailable, error_body
from didshop.middleware import request_id
from didshop.throttling import count_refused

log = structlog.get_logger(__name__)

# DRF's own refusals, where their name is not the code already.
_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.NotAuthenticated: "UNAUTHENTICATED",
    exceptions.AuthenticationFailed: "UNAUTHENTICATED",
    exceptions.PermissionDenied: "FORBIDDEN",
    exceptions.ParseError: "MALFORMED_REQUEST",
    exceptions.Throttled: "TOO_MANY_REQUESTS",
}


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: the answer in the API's error shape.

    None, so that Django logs it and answers 500, for what is a defect of ours.
    """
    wait = count_refused(context["request"], context["view"])
    if wait is not None:
        exc = exceptions.Throttled(wait)
    refusal = _as_refusal(exc)
    if refusal is None:
        return None
    if refusal.status >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        log.warning("answered_with_trouble", code=refusal.code, exc_info=exc)
    body = error_body(refusal, request_id(context["request"]))
    response = Response(body, status=refusal.status)
    for name, value in _headers(refusal, exc).items():
        response[name] = value
    return response


def _as_refusal(exc: Exception) -> ShopError | None:
    """The exception as one of ours; None if it is neither the caller's nor the database's fault."""
    match exc:
        case ShopError():
            return exc
        case exceptions.ValidationError():
            return Invalid("Validation error", details=list(_flatten(exc.detail)))
        case ValidationError():
            messages = exc.message_dict if hasattr(exc, "error_dict") else exc.messages
            return Invalid("Validation error", details=list(_flatten(messages)))
        case exceptions.APIException():
            return _from_api_exception(exc)
    return _from_django(exc)


def _from_django(exc: Exception) -> ShopError | None:
    """What Django raises, without its text, which is not meant for callers."""
    match exc:
        case Http404():
            return NotFound("There is nothing here.")
        case PermissionDenied():
            return Forbidden("You may not do this.")
        case RequestDataTooBig():
            return ShopError("That is too much.", code="REQUEST_TOO_LARGE", status=413)
        case OperationalError() | InterfaceError():
            sentence = "The shop cannot reach its database. Please try again."
            return Unavailable(sentence, retry_after=5)
        case ConnectionInterrupted() | RedisError():
            return without_cache()
    return None


def without_cache() -> Unavailable:
    """The refusal of what must not be done uncounted, such as trying passwords."""
    sentence = "This cannot be done for a moment: attempts cannot be counted. Try again soon."
    return Unavailable(sentence, retry_after=30)


def _from_api_exception(exc: exceptions.APIException) -> ShopError:
    detail: Any = exc.detail
    # simplejwt puts its sentence and its code into a mapping.
    sentence = detail.get("detail", "") if isinstance(detail, dict) else detail
    code = next((_CODES[kind] for kind in type(exc).__mro__ if kind in _CODES), "")
    wait = getattr(exc, "wait", None)
    return ShopError(
        str(sentence),
        code=code or str(exc.default_code).upper(),
        retry_after=None if wait is None else max(1, math.ceil(wait)),
        status=exc.status_code,
    )


def _headers(refusal: ShopError, exc: Exception) -> dict[str, str]:
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = getattr(exc, "auth_header", 'Bearer realm="api"')
    return headers


def _flatten(messages: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Nested validation messages as {"field": "items.0.phone_number", "message": "…"}."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            # DRF's and Django's names for what concerns no single field.
            is_whole = name in ("non_field_errors", "__all__")
            yield from _flatten(inner, path if is_whole else f"{path}.{name}".lstrip("."))
    elif isinstance(messages, list | tuple):
        for index, inner in enumerate(messages):
            is_message = not isinstance(inner, Mapping | list | tuple)
            yield from _flatten(inner, path if is_message else f"{path}.{index}".lstrip("."))
    else:
        yield {"field": path, "message": str(messages)}
