"""The API of orders: parse, call one verb, serialise."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Organization
from accounts.organizations import current, user_of
from accounts.rights import Right
from billing.cards import card_to_charge
from didshop.idempotency import Claim, idempotent
from didshop.schema import PREFER_WAIT, ErrorSerializer
from didshop.waiting import Waiter
from orders.cancelling import cancel
from orders.models import Order
from orders.placing import place
from orders.reading import own_order, with_lines
from orders.serializers import (
    NewOrderSerializer,
    OrderSerializer,
    OrderStatusSerializer,
    PurchaseAnswerSerializer,
    PurchaseSerializer,
)


def _place(request: Request, body: NewOrderSerializer) -> Order:
    """Place the order in the body; or find the one that a run before us, which died, has made."""
    organization, user = current(request), user_of(request)
    claim: Claim | None = request.claim  # type: ignore[attr-defined]
    if claim and claim.made:
        return Order.objects.of(organization).get(pk=claim.made)
    body.is_valid(raise_exception=True)
    return place(
        organization=organization,
        user=user,
        items=body.chosen_items(),
        method=card_to_charge(organization, body.chosen_method()),
        claim=claim,
    )


def _created(order: Order, shape: type[Any]) -> Response:
    """201 with the order as it is now; with `Prefer: wait`, as it is when it has ended."""
    organization, order_id = order.organization, order.pk
    response = _answer(organization, order_id, shape)
    response.waiter = Waiter(  # type: ignore[attr-defined]
        is_over=lambda: not Order.objects.open().filter(pk=order_id).exists(),
        answer=partial(_answer, organization, order_id, shape),
    )
    return response


def _answer(organization: Organization, order_id: UUID, shape: type[Any]) -> Response:
    order = with_lines(Order.objects.of(organization)).get(pk=order_id)
    location = reverse("api-order", args=[order_id])
    return Response(shape(order).data, status=201, headers={"Location": location})


class PurchaseView(APIView):
    """Buy up to ten numbers."""

    rights = {"POST": Right.ORDERS_WRITE}
    throttle_scope = "purchase"

    @extend_schema(
        request=PurchaseSerializer,
        parameters=[PREFER_WAIT],
        responses={201: PurchaseAnswerSerializer, 402: ErrorSerializer},
    )
    @idempotent
    def post(self, request: Request) -> HttpResponse:
        order = _place(request, PurchaseSerializer(data=request.data))
        return _created(order, PurchaseAnswerSerializer)


class OrderFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=Order.Status.choices)

    class Meta:
        model = Order
        fields = ["status"]


class OrderListView(ListAPIView[Order]):
    """The organisation's orders, newest first, and new ones."""

    rights = {"GET": Right.ORDERS_READ, "POST": Right.ORDERS_WRITE}
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    queryset = Order.objects.none()

    def get_throttles(self) -> list[Any]:
        self.throttle_scope = "purchase" if self.request.method == "POST" else "default"
        return super().get_throttles()

    def get_queryset(self) -> QuerySet[Order]:
        return with_lines(Order.objects.of(current(self.request)))

    @extend_schema(
        request=NewOrderSerializer,
        parameters=[PREFER_WAIT],
        responses={201: OrderSerializer, 402: ErrorSerializer},
    )
    @idempotent
    def post(self, request: Request) -> HttpResponse:
        order = _place(request, NewOrderSerializer(data=request.data))
        return _created(order, OrderSerializer)


class OrderView(APIView):
    """One order."""

    rights = {"GET": Right.ORDERS_READ}

    @extend_schema(responses=OrderSerializer)
    def get(self, request: Request, order_id: UUID) -> Response:
        return Response(OrderSerializer(own_order(current(request), order_id)).data)


class OrderStatusView(APIView):
    """How one order stands, line by line."""

    rights = {"GET": Right.ORDERS_READ}

    @extend_schema(responses=OrderStatusSerializer)
    def get(self, request: Request, order_id: UUID) -> Response:
        return Response(OrderStatusSerializer(own_order(current(request), order_id)).data)


class OrderCancelView(APIView):
    """Cancel what has not been bought yet."""

    rights = {"PUT": Right.ORDERS_WRITE}

    @extend_schema(request=None, responses=OrderSerializer)
    def put(self, request: Request, order_id: UUID) -> Response:
        cancel(own_order(current(request), order_id), actor=user_of(request))
        return Response(OrderSerializer(own_order(current(request), order_id)).data)
