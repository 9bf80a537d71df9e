"""Refusals and errors, for people as pages and for programs in the API's shape."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_redis.exceptions import ConnectionInterrupted
from djangorestframework_camel_case.util import camelize
from redis.exceptions import RedisError

from didshop.errors import Forbidden, NotFound, ShopError, Unavailable, error_body
from didshop.middleware import API_PREFIX, HookMiddleware, request_id
from didshop.refusals import without_cache
from didshop.throttling import caller_of, count_request

_TEMPLATES = {400: "400.html", 403: "403.html", 404: "404.html", 429: "429.html", 500: "500.html"}
# Whatever else happens on a page is the trouble of a service behind us.
_OTHERWISE = "carrier_down.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_page(request, ShopError("The request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_page(request, Forbidden("This is not allowed."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_page(request, NotFound("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    sentence = "Something broke on our side. It is logged."
    return refusal_page(request, ShopError(sentence, code="SERVER_ERROR", status=500))


def refusal_page(request: HttpRequest, refusal: ShopError) -> HttpResponse:
    """The page, or under /api/ the JSON, that tells about a refusal."""
    if request.path.startswith(API_PREFIX):
        request.allowance = count_request("default", caller_of(request))  # type: ignore[attr-defined]
        body = camelize(error_body(refusal, request_id(request)))
        return _with_wait(JsonResponse(body, status=refusal.status), refusal)
    is_ours = isinstance(refusal, Unavailable)
    template = "unavailable.html" if is_ours else _TEMPLATES.get(refusal.status, _OTHERWISE)
    # Without the request where we may be broken ourselves: 500.html needs nothing.
    context = {"message": refusal.sentence, "request_id": request_id(request)}
    page = render(
        None if refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR else request,
        template,
        context,
        status=refusal.status,
    )
    return _with_wait(page, refusal)


def _with_wait(answer: HttpResponse, refusal: ShopError) -> HttpResponse:
    if refusal.retry_after is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


class RefusalPagesMiddleware(HookMiddleware):
    """Shows a ShopError that a page did not handle itself as a page, never as a bare 500.

    And with DEBUG, our own page for an address that leads nowhere instead of Django's list of
    routes: the embedded default is what newcomers and integrators try the shop on.
    """

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        is_djangos = settings.DEBUG and b"DEBUG = True" in getattr(response, "content", b"")
        if is_djangos and response.status_code == HTTPStatus.NOT_FOUND:
            ours = not_found(request, Http404())
            assert isinstance(response, HttpResponse)  # it has content
            response.content = ours.content
            response.headers["Content-Type"] = ours.headers["Content-Type"]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ShopError):
            return refusal_page(request, exception)
        if isinstance(exception, ConnectionInterrupted | RedisError):
            return refusal_page(request, without_cache())
        return None
