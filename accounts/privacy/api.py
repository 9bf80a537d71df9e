"""`/api/v1/auth/me/export*`, `DELETE auth/me`, and `/api/v1/audit`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db.models import QuerySet
from django.http import HttpResponse
from djangorestframework_camel_case.render import CamelCaseJSONRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.entrance import limits
from accounts.models import AuditEntry, DataExport
from accounts.organizations import current, user_of
from accounts.permissions import IsPerson
from accounts.privacy import erasing, exporting, reading
from accounts.privacy.files import csv_file, zip_file
from accounts.privacy.filters import AuditFilters
from accounts.privacy.serializers import (
    AuditEntrySerializer,
    ErasureRefusedSerializer,
    ErasureSerializer,
    ExportSerializer,
)
from accounts.rights import Right
from didshop.errors import Unauthenticated
from didshop.schema import refusal
from didshop.serializers import checked


class FileRenderer(BaseRenderer):
    """Lets callers ask for a file; views answer the file itself, and refusals in JSON."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Whatever is no file is told in JSON, as everywhere in the API."""
        return bytes(CamelCaseJSONRenderer().render(data))


class CsvRenderer(FileRenderer):
    media_type = "text/csv"
    format = "csv"


class ZipRenderer(FileRenderer):
    media_type = "application/zip"
    format = "zip"


class FileView(APIView):
    """A view that answers files; its refusals are JSON whatever was asked for."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        # A file is no Response of DRF's and has been rendered.
        if isinstance(getattr(answer, "accepted_renderer", None), FileRenderer):
            answer.accepted_renderer = CamelCaseJSONRenderer()
            answer.accepted_media_type = CamelCaseJSONRenderer.media_type
        return answer


@extend_schema_view(
    get=extend_schema(
        operation_id="listAudit",
        summary="Read the audit log",
        responses={
            (200, "application/json"): AuditEntrySerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
)
class AuditView(FileView, ListAPIView[AuditEntry]):
    """What was done in the organisation, newest first; as CSV, at most the newest 10,000."""

    rights = {"GET": Right.AUDIT_READ}
    renderer_classes = (CamelCaseJSONRenderer, CsvRenderer)
    queryset = AuditEntry.objects.none()
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilters

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return reading.entries_of(current(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        entries = self.filter_queryset(self.get_queryset())
        if isinstance(request.accepted_renderer, CsvRenderer):
            return csv_file(reading.as_csv(entries))
        page: Sequence[AuditEntry] = self.paginate_queryset(entries) or []
        lines = reading.lines(page)
        return self.get_paginated_response(AuditEntrySerializer(lines, many=True).data)


class AskExportView(APIView):
    permission_classes = (IsPerson,)

    @extend_schema(
        operation_id="askExport",
        summary="Ask for a copy of my data",
        request=None,
        responses={
            202: ExportSerializer,
            409: refusal("EXPORT_UNDER_WAY"),
        },
    )
    def post(self, request: Request) -> Response:
        """Have everything that the account holds put into a ZIP. A mail says when it is ready."""
        export = exporting.ask(user_of(request))
        return Response(ExportSerializer(export).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(get=extend_schema(operation_id="listExports", summary="List my copies"))
class ExportListView(ListAPIView[DataExport]):
    """The copies of one's data of the last week, newest first."""

    permission_classes = (IsPerson,)
    queryset = DataExport.objects.none()
    serializer_class = ExportSerializer

    def get_queryset(self) -> QuerySet[DataExport]:
        return exporting.exports_of(user_of(self.request))


class DownloadView(FileView):
    permission_classes = (IsPerson,)
    renderer_classes = (CamelCaseJSONRenderer, ZipRenderer)

    @extend_schema(
        operation_id="downloadExport",
        summary="Download a copy",
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            409: refusal("EXPORT_NOT_READY"),
        },
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponse:
        """The ZIP, as long as it is kept."""
        return zip_file(exporting.download(user_of(request), export_id))


class EraseMixin:
    """`DELETE auth/me`, for the view that has the rest of it."""

    @extend_schema(
        operation_id="eraseMe",
        summary="Delete my account",
        request=ErasureSerializer,
        responses={
            204: None,
            401: refusal("INVALID_CREDENTIALS and others"),
            409: OpenApiResponse(ErasureRefusedSerializer, description="ACCOUNT_IN_USE."),
        },
    )
    def delete(self, request: Request) -> Response:
        """Delete the account for good. `hindrances` say what stands in the way."""
        user = user_of(request)
        password = checked(ErasureSerializer, request.data)["password"]
        limits.hold(request, "reauthenticate", user=user)
        if not get_adapter(request).reauthenticate(user, password):
            raise Unauthenticated("The password is not right.", code="INVALID_CREDENTIALS")
        erasing.erase(user)
        return Response(status=status.HTTP_204_NO_CONTENT)
