"""Views that are wrong in every way that the matrix is there to find, beside the shop's own."""

from typing import Any
from uuid import UUID

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right
from dids.models import Number
from didshop.errors import Forbidden
from didshop.urls import handler403, handler404, handler500
from didshop.urls import urlpatterns as of_the_shop

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def forgets_its_right(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Everybody's numbers")


def only_says_its_right(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Everybody's numbers")


def acts_before_it_refuses(request: HttpRequest) -> HttpResponse:
    Number.objects.update(friendly_name="Mallory was here")
    raise Forbidden("This is not allowed.")


def calls_before_it_refuses(request: HttpRequest) -> HttpResponse:
    requests.get(f"{settings.STRIPE_API_BASE}/v1/charges", timeout=5)
    raise Forbidden("This is not allowed.")


def of_the_moon(request: HttpRequest, moon_id: UUID) -> HttpResponse:
    return HttpResponse("The moon")


_FOR_WRITERS = {"GET": Right.NUMBERS_WRITE, "POST": Right.NUMBERS_WRITE}
for view in (only_says_its_right, acts_before_it_refuses, calls_before_it_refuses, of_the_moon):
    view.rights = _FOR_WRITERS  # type: ignore[attr-defined]


class OpenDoorView(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({})


class LeakingView(APIView):
    rights = {"GET": Right.NUMBERS_READ}

    def get(self, request: Request, number_id: UUID) -> Response:
        return Response({"phone_number": Number.objects.get(pk=number_id).phone_number})


class HalfSaidView(APIView):
    rights = {"GET": Right.NUMBERS_READ}

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response({})


class BreakingView(APIView):
    rights = {"GET": Right.NUMBERS_READ}

    def get(self, request: Request) -> Response:
        raise ZeroDivisionError


urlpatterns: list[Any] = [
    path("careless/forgets/", forgets_its_right, name="forgets"),
    path("careless/says/", only_says_its_right, name="says"),
    path("careless/acts/", acts_before_it_refuses, name="acts"),
    path("careless/calls/", calls_before_it_refuses, name="calls"),
    path("careless/moon/<uuid:moon_id>/", of_the_moon, name="moon"),
    path("api/v1/careless/open", OpenDoorView.as_view(), name="open"),
    path("api/v1/careless/leaks/<uuid:number_id>", LeakingView.as_view(), name="leaks"),
    path("api/v1/careless/half", HalfSaidView.as_view(), name="half"),
    path("api/v1/careless/breaks", BreakingView.as_view(), name="breaks"),
    *of_the_shop,
]
