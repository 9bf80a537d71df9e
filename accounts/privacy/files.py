"""Files that a browser saves instead of showing them."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.models import DataExport
from didshop.outbox import SHOP_NAME


def csv_file(content: str) -> HttpResponse:
    """The audit log as a spreadsheet."""
    name = f"{SHOP_NAME}-audit-log-{timezone.now():%Y-%m-%d}.csv"
    return _download(content.encode(), name, "text/csv; charset=utf-8")


def zip_file(export: DataExport) -> HttpResponse:
    """The copy of an account's data."""
    name = f"{SHOP_NAME}-my-data-{export.created_at:%Y-%m-%d}.zip"
    return _download(bytes(export.content or b""), name, "application/zip")


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
