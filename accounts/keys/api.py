"""`/api/v1/api-keys`: for people alone, since a key that makes keys would outlive its end."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keys import making, revoking
from accounts.keys.reading import own_key, seen_by
from accounts.keys.serializers import (
    ApiKeyNameSerializer,
    ApiKeySerializer,
    MadeApiKeySerializer,
    NewApiKeySerializer,
)
from accounts.models import ApiKey
from accounts.organizations import membership, user_of
from accounts.permissions import HasRight, IsPerson
from accounts.rights import Right
from didshop.schema import ErrorSerializer
from didshop.serializers import checked


class ApiKeyListView(ListAPIView[ApiKey]):
    """The keys that you may see, newest first, and new ones."""

    permission_classes = (IsPerson, HasRight)
    rights = {"GET": Right.KEYS_WRITE, "POST": Right.KEYS_WRITE}
    serializer_class = ApiKeySerializer
    queryset = ApiKey.objects.none()

    def get_throttles(self) -> list[Any]:
        self.throttle_scope = "key" if self.request.method == "POST" else "default"
        return super().get_throttles()

    def get_queryset(self) -> QuerySet[ApiKey]:
        return seen_by(membership(self.request))

    @extend_schema(
        summary="The API keys that you may see",
        description="Your own; with `keys:manage` everybody's, also those that have ended.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Make an API key",
        request=NewApiKeySerializer,
        responses={201: MadeApiKeySerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a key for the organisation. The answer is the only place where it ever stands."""
        given = checked(NewApiKeySerializer, request.data)
        made = making.create(place=membership(request), **given)
        key = own_key(membership(request), made.key.pk)
        answer = MadeApiKeySerializer(key, context={"secret": made.secret})
        location = reverse("api-key", args=[key.pk])
        return Response(answer.data, status=201, headers={"Location": location})


class ApiKeyView(APIView):
    """One key."""

    permission_classes = (IsPerson, HasRight)
    rights = {"GET": Right.KEYS_WRITE, "PATCH": Right.KEYS_WRITE, "DELETE": Right.KEYS_WRITE}

    @extend_schema(summary="One API key", responses=ApiKeySerializer)
    def get(self, request: Request, key_id: UUID) -> Response:
        return Response(ApiKeySerializer(own_key(membership(request), key_id)).data)

    @extend_schema(
        summary="Rename an API key", request=ApiKeyNameSerializer, responses=ApiKeySerializer
    )
    def patch(self, request: Request, key_id: UUID) -> Response:
        """Only the name changes. For other scopes or another end, make another key."""
        key = own_key(membership(request), key_id)
        making.rename(key, **checked(ApiKeyNameSerializer, request.data))
        return Response(ApiKeySerializer(key).data)

    @extend_schema(summary="Revoke an API key", responses={204: None})
    def delete(self, request: Request, key_id: UUID) -> Response:
        """End it for good, from the next request on."""
        revoking.revoke(own_key(membership(request), key_id), actor=user_of(request))
        return Response(status=204)
