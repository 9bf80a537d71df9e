"""Small views that use each piece of the plumbing, for the tests of it."""

import threading
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from didshop import health, pages
from didshop.errors import CarrierTrouble, Conflict, Invalid, PaymentNeeded, Unauthenticated, Unmet
from didshop.fields import new_id
from didshop.idempotency import idempotent
from didshop.models import Heartbeat, Transition
from didshop.schema import PREFER_WAIT, ErrorSerializer
from didshop.waiting import Waiter

ERRORS: dict[str, Exception] = {
    "invalid": Invalid(
        "Validation error", details=[{"field": "items.0.phone_number", "message": "Too short."}]
    ),
    "unauthenticated": Unauthenticated("Sign in.", code="INVALID_CREDENTIALS"),
    "unpaid": PaymentNeeded("The card was declined.", code="CARD_DECLINED"),
    "conflict": Conflict("Somebody else has it.", code="NUMBER_TAKEN", phone_number="+14155550100"),
    "unmet": Unmet("An address is needed.", code="ADDRESS_REQUIRED"),
    "carrier": CarrierTrouble("Telephony service error", status=504, retry_after=7),
    "gone": Http404("secret inner text"),
    "denied": PermissionDenied("secret inner text"),
    "django": ValidationError({"voice_url": ["Not a URL."]}),
    "drf": exceptions.ValidationError(
        {"items": [{}, {"phone_number": ["Not E.164."]}], "non_field_errors": ["Empty."]}
    ),
    "database": OperationalError("connection to 10.0.0.5 refused"),
    "defect": ZeroDivisionError("secret inner text"),
}


class ErrorView(APIView):
    """Raises what its URL names."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(responses={204: None}, auth=[])
    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]


class EchoSerializer(serializers.Serializer[Any]):
    voice_url = serializers.URLField(required=False)
    items = serializers.ListField(required=False)


class EchoView(APIView):
    """Answers with what it understood."""

    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "search"

    @extend_schema(request=EchoSerializer, responses=EchoSerializer, auth=[])
    def post(self, request: Request) -> Response:
        body = EchoSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.validated_data)


class TransitionSerializer(serializers.ModelSerializer[Transition]):
    class Meta:
        model = Transition
        fields = ("id", "created_at", "new")


class TransitionListView(ListAPIView[Transition]):
    """Transitions, newest first."""

    authentication_classes = ()
    permission_classes = ()
    serializer_class = TransitionSerializer
    queryset = Transition.objects.all()
    orderings = {"createdAt": "created_at", "new": "new"}


class PurchaseView(APIView):
    """Makes a heartbeat a time, slowly if asked, and can be waited for."""

    permission_classes = (IsAuthenticated,)
    entered = threading.Event()
    may_go_on = threading.Event()

    @extend_schema(
        request=EchoSerializer,
        responses={201: EchoSerializer, 402: ErrorSerializer},
        parameters=[PREFER_WAIT],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponse:
        if request.data.get("refuse"):
            raise ERRORS[request.data["refuse"]]
        if request.data.get("slow"):
            self.entered.set()
            assert self.may_go_on.wait(20)
        name = request.claim.made if request.claim else ""
        if not name:
            name = str(new_id())
            Heartbeat.objects.create(name=name, beat_at="2026-01-01T00:00:00Z")
            if request.claim:
                request.claim.keep(name)
        if request.data.get("crash"):
            raise ZeroDivisionError
        response = _bought(name)
        response.waiter = Waiter(
            is_over=lambda: bool(Heartbeat.objects.get(pk=name).note),
            answer=lambda: _bought(name),
        )
        return response


def _bought(name: str) -> Response:
    note = Heartbeat.objects.get(pk=name).note
    body = {"order_number": name, "order_status": note or "PENDING"}
    return Response(body, status=201, headers={"Location": f"/api/v1/orders/{name}"})


class WhoView(APIView):
    """Who is signed in."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses={200: None})
    def get(self, request: Request) -> Response:
        return Response({"email": request.user.email})


class WaitView(APIView):
    """Can be waited for, without a database."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    is_over = threading.Event()

    @extend_schema(responses={200: None}, auth=[])
    def get(self, request: Request) -> Response:
        response = Response({"is_over": False})
        response.waiter = Waiter(self.is_over.is_set, lambda: Response({"is_over": True}))
        return response


def page(request: HttpRequest) -> HttpResponse:
    """A page of anybody's."""
    return HttpResponse("hello")


urlpatterns = [
    path("page", page),
    path("api/v1/errors/<str:name>", ErrorView.as_view()),
    path("api/v1/echo", EchoView.as_view()),
    path("api/v1/transitions", TransitionListView.as_view()),
    path("api/v1/purchase", PurchaseView.as_view()),
    path("api/v1/who", WhoView.as_view()),
    path("api/v1/wait", WaitView.as_view()),
    *health.urlpatterns,
]

handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
