"""`/api/v1/auth/sessions`: where one is signed in, for people alone."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.organizations import user_of
from accounts.permissions import IsPerson
from accounts.security import sign_ins
from accounts.security.serializers import SignInListSerializer


class SignInsView(APIView):
    permission_classes = (IsPerson,)

    @extend_schema(
        operation_id="listSessions",
        summary="Where you are signed in",
        responses={200: SignInListSerializer},
    )
    def get(self, request: Request) -> Response:
        """Browsers and programs; this one first, then by last use. At most 100 of each kind."""
        current = sign_ins.current_of(request)
        found = sign_ins.sign_ins_of(user_of(request), current=current)
        answer = SignInListSerializer({"results": found, "next": None, "previous": None})
        return Response(answer.data)

    @extend_schema(
        operation_id="endOtherSessions",
        summary="End all other sign-ins",
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        """End every sign-in but this one: browsers at their next request, tokens at once."""
        sign_ins.end_others(user_of(request), current=sign_ins.current_of(request))
        return Response(status=204)


class SignInView(APIView):
    permission_classes = (IsPerson,)

    @extend_schema(operation_id="endSession", summary="End a sign-in", responses={204: None})
    def delete(self, request: Request, sign_in_id: UUID) -> Response:
        """End one sign-in, which may be this one. SESSION_NOT_FOUND where it is not yours."""
        sign_ins.end(user_of(request), sign_in_id)
        return Response(status=204)
