"""`/api/v1/auth/me`: who one is to the shop."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.organizations import user_of
from accounts.permissions import IsPerson
from accounts.privacy.api import EraseMixin
from accounts.profile import change_profile
from accounts.serializers import MeSerializer, ProfileSerializer
from didshop.serializers import checked


class MeView(EraseMixin, APIView):
    def get_permissions(self) -> list[BasePermission]:
        """A key may ask what it is of; it may not change whose it is."""
        return [IsAuthenticated() if self.request.method == "GET" else IsPerson()]

    @extend_schema(operation_id="me", summary="Who am I", responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        """Whose the access token or key is, the organisation it acts for, and what it may do."""
        return _me(request)

    @extend_schema(
        operation_id="changeMe",
        summary="Change my profile",
        request=ProfileSerializer,
        responses={200: MeSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change names, company or phone. What is left out stays."""
        change_profile(user_of(request), **checked(ProfileSerializer, request.data))
        return _me(request)


def _me(request: Request) -> Response:
    return Response(MeSerializer(user_of(request), context={"request": request}).data)
