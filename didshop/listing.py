"""Lists on HTML pages: the API's cursor pagination, in the shape that templates read."""

from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from didshop.pagination import NewestFirstPagination


@dataclass(frozen=True)
class Page:
    """A page of rows, and the links to the ones beside it (None where there is none)."""

    results: list[Any]
    next: str | None
    previous: str | None


def page_of(queryset: QuerySet[Any], request: HttpRequest) -> Page:
    """The page of `queryset`, newest first, that the request's cursor names. 404 for a bad one."""
    pagination = NewestFirstPagination()
    try:
        rows = pagination.paginate_queryset(queryset, Request(request), cast(APIView, None))
    except (APIException, ValidationError) as error:
        raise Http404("There is no such page of the list.") from error
    return Page(list(rows or []), pagination.get_next_link(), pagination.get_previous_link())
