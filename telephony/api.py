"""`/api/v1/calls`: the call log."""

from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.organizations import current
from accounts.rights import Right
from telephony.filters import CallFilters
from telephony.models import CallLog, CallLogQuerySet
from telephony.serializers import CallSerializer, StorySerializer
from telephony.timeline import find


@extend_schema_view(get=extend_schema(operation_id="list_calls", summary="List calls"))
class CallListView(ListAPIView[CallLog]):
    """The calls of the organisation's numbers, newest first."""

    rights = {"GET": Right.CALLS_READ}
    queryset = CallLog.objects.none()
    serializer_class = CallSerializer
    filterset_class = CallFilters

    def get_queryset(self) -> CallLogQuerySet:
        return CallLog.objects.of(current(self.request)).select_related("number")


class CallView(APIView):
    rights = {"GET": Right.CALLS_READ}

    @extend_schema(operation_id="get_call", summary="Read a call", responses={200: StorySerializer})
    def get(self, request: Request, call_id: UUID) -> Response:
        """One call with its legs and its timeline."""
        return Response(StorySerializer(find(current(request), call_id)).data)
