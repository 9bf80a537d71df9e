"""The OpenAPI schema: what holds for every endpoint is said here, once.

An endpoint names only what is its own, such as a declined card:
`@extend_schema(responses={201: OrderSerializer, 402: refusal("CARD_DECLINED")})`. One that can be
waited for adds `parameters=[PREFER_WAIT]`.
"""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from didshop.idempotency import HEADER
from didshop.waiting import LONGEST_WAIT_SECONDS


class ErrorDetailSerializer(serializers.Serializer[Any]):
    """One field that cannot be taken as it is."""

    field = serializers.CharField(help_text="Its path, such as items.0.phoneNumber; may be empty.")
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    """Why a request was not carried out."""

    error = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(help_text="A constant for programs, such as NUMBER_TAKEN.")
    details = ErrorDetailSerializer(many=True, required=False)
    request_id = serializers.CharField(help_text="Name it when you ask us about this.")


def refusal(codes: str) -> OpenApiResponse:
    """A refusal of an endpoint's own, by the codes it is told with: "A, B or C"."""
    return OpenApiResponse(ErrorSerializer, description=f"{codes}.")


PREFER_WAIT = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description=(
        f"`wait=N`: answer when it is over, or after N seconds (at most {LONGEST_WAIT_SECONDS}) "
        "with how it stands then."
    ),
    pattern=r"^wait=\d+$",
)
_IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "Any text of up to 255 characters, one for each purchase you mean to make. Sent again "
        "within 24 hours with the same body, it gets the first answer and nothing happens twice."
    ),
)
_ORGANIZATION = OpenApiParameter(
    "X-Organization",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    description="Which of your organisations you act for; without it, your first.",
)
_REQUEST_ID = OpenApiParameter(
    "X-Request-ID",
    str,
    OpenApiParameter.HEADER,
    description="An id of yours for this request: up to 64 letters, digits, dots, - and _.",
)
_REQUEST_ID_ANSWERED = OpenApiParameter(
    "X-Request-ID",
    str,
    OpenApiParameter.HEADER,
    response=True,
    description="Yours where it is well formed, else one that we made.",
)
_REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[200, 201, 202, 204],
    description="This is the first answer once more; nothing was done again.",
)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[429, 503],
    description="Seconds until it is worth trying again.",
)
_LIMITS = [
    OpenApiParameter(
        f"RateLimit-{name}", int, OpenApiParameter.HEADER, response=True, description=text
    )
    for name, text in (
        ("Limit", "Requests allowed in a window."),
        ("Remaining", "Requests left in this window."),
        ("Reset", "Seconds until the next window."),
    )
]
_SENTENCES = {
    400: "The request cannot be understood; `details` names the fields.",
    401: "No credentials, or bad ones.",
    403: "Not for this caller: the role does not allow it, or the key has no scope for it.",
    404: "Not there, or not yours.",
    406: "The API answers JSON only.",
    409: "The first request with this Idempotency-Key is still under way.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "This Idempotency-Key was used with another request.",
    429: "Too many requests.",
    503: "The shop is not able to work right now.",
}


class ShopSchema(AutoSchema):
    """AutoSchema with the errors and headers that an endpoint has by its nature."""

    def get_description(self) -> str:  # type: ignore[override]  # lazy text is text, too
        """What the endpoint does, and the right that it takes."""
        right = getattr(self.view, "rights", {}).get(self.method)
        told = super().get_description() or ""
        return f"{told}\n\nNeeds `{right.value}`.".strip() if right else told

    def get_override_parameters(self) -> list[Any]:
        """The headers, sent and answered."""
        return [*super().get_override_parameters(), *self._headers()]

    def _headers(self) -> Iterator[OpenApiParameter]:
        yield from (_REQUEST_ID, _REQUEST_ID_ANSWERED)
        if self._needs_user():
            yield _ORGANIZATION
        if self._is_idempotent():
            yield from (_IDEMPOTENCY_KEY, _REPLAYED)
        if self.view.get_throttles():
            yield from _LIMITS
        yield _RETRY_AFTER

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in sorted(set(self._error_statuses())):
            if str(status) not in bodies:
                answer = OpenApiResponse(ErrorSerializer, description=_SENTENCES[status])
                bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    answer, str(status), direction=direction
                )
        return bodies

    def _error_statuses(self) -> Iterator[int]:
        yield from (406, 503)
        if self._takes_body():
            yield from (400, 413, 415)
        if self._takes_query():
            yield 400
        if self.view.get_authenticators():
            yield 401
        if self._permissions() - {"AllowAny", "IsAuthenticated"}:
            yield 403
        if self._needs_user() or "{" in self.path:
            yield 404
        if self._is_idempotent():
            yield from (400, 409, 422)
        if self.view.get_throttles():
            yield 429

    def _needs_user(self) -> bool:
        """Whether it belongs to somebody: open endpoints take no permission class."""
        return bool(self._permissions() - {"AllowAny"})

    def _permissions(self) -> set[str]:
        return {type(permission).__name__ for permission in self.view.get_permissions()}

    def _takes_body(self) -> bool:
        return self.method in ("POST", "PUT", "PATCH") and bool(self.get_request_serializer())

    def _takes_query(self) -> bool:
        parameters = self._process_override_parameters()  # type: ignore[no-untyped-call]
        is_listed = self._is_list_view()
        return is_listed or any(place == OpenApiParameter.QUERY for _, place in parameters)

    def _is_idempotent(self) -> bool:
        handler = getattr(self.view, self.method.lower(), None)
        return bool(getattr(handler, "is_idempotent", False))
