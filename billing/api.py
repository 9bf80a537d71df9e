"""The API of billing: parse, call one verb, serialise."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.organizations import current, user_of
from accounts.rights import Right
from billing.cards import add_card, own_card, remove_card
from billing.models import PaymentMethod
from billing.serializers import NewPaymentMethodSerializer, PaymentMethodSerializer
from didshop.schema import ErrorSerializer


class NewPaymentMethodView(APIView):
    """Put a card on file."""

    rights = {"POST": Right.BILLING_WRITE}
    throttle_scope = "card"

    @extend_schema(
        request=NewPaymentMethodSerializer,
        responses={201: PaymentMethodSerializer, 402: ErrorSerializer, 503: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        body = NewPaymentMethodSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        method = add_card(
            current(request),
            body.validated_data["payment_method_id"],
            actor=user_of(request),
        )
        return Response(PaymentMethodSerializer(method).data, status=201)


class PaymentMethodListView(ListAPIView[PaymentMethod]):
    """The cards on file, newest first."""

    rights = {"GET": Right.BILLING_READ}
    serializer_class = PaymentMethodSerializer
    queryset = PaymentMethod.objects.none()

    def get_queryset(self) -> QuerySet[PaymentMethod]:
        return PaymentMethod.objects.of(current(self.request))


class PaymentMethodView(APIView):
    """One card on file."""

    rights = {"DELETE": Right.BILLING_WRITE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, method_id: UUID) -> Response:
        remove_card(own_card(current(request), method_id), actor=user_of(request))
        return Response(status=204)
