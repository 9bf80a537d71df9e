"""Lists in the API: newest first, a cursor instead of page numbers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

if TYPE_CHECKING:
    # DRF's views load this module by name while they are being made.
    from rest_framework.views import APIView


class NewestFirstPagination(CursorPagination):
    """`{"results", "next", "previous"}`, `limit` of 1 to 100 (20).

    A view may set `ordering` (a field, `-` for descending) and `orderings`, the names that
    callers may give as `?ordering=`, mapped to fields: {"createdAt": "created_at"}.
    """

    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
    ordering = "-id"

    def get_page_size(self, request: Request) -> int:
        """How many the caller wants. ValidationError outside of 1 to 100."""
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        # Not int() alone, which takes "+5", "5_0" and digits of every script.
        if given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= self.max_page_size:
            return int(given)
        raise ValidationError({"limit": [f"Give a whole number from 1 to {self.max_page_size}."]})

    def get_ordering(
        self, request: Request, queryset: QuerySet[Any], view: "APIView"
    ) -> tuple[str, ...]:
        """The fields to order by, ending with the id, so that no two rows are equal."""
        field = self._wanted(request, view) or getattr(view, "ordering", self.ordering)
        if field.lstrip("-") == "id":
            return (field,)
        return (field, "-id" if field.startswith("-") else "id")

    def _wanted(self, request: Request, view: "APIView") -> str:
        given = request.query_params.get("ordering", "")
        orderings: Mapping[str, str] = getattr(view, "orderings", {})
        if not given or not orderings:
            return ""
        field = orderings.get(given.removeprefix("-"))
        if field is None:
            names = ", ".join(sorted(orderings))
            raise ValidationError({"ordering": [f"Order by one of: {names}."]})
        return f"-{field}" if given.startswith("-") else field

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place to go on from. ValidationError if the cursor was not made by us."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise ValidationError({"cursor": ["This cursor is not one of ours."]}) from None

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "results": data,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
            }
        )

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        parameters = [
            _query("cursor", {"type": "string"}, "Where to go on; take `next` and `previous`."),
            _query("limit", {**limit, "default": self.page_size}, "How many results at most."),
        ]
        names = sorted(getattr(view, "orderings", {}))
        if names:
            both_ways = [*names, *(f"-{name}" for name in names)]
            parameters.append(
                _query("ordering", {"type": "string", "enum": both_ways}, "Order; - is downward.")
            )
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
    }
