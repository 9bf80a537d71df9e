"""Copies of what an account holds: that there is one, never what is in it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import DataExport
from didshop.admin import ReadOnlyAdmin


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    list_display = ("user", "status", "size_bytes", "created_at", "ready_at", "expires_at")
    list_filter = ("status", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataExport]:
        found: QuerySet[DataExport] = super().get_queryset(request)
        return found.defer("content")
