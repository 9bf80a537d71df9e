"""A copy of one's data, the end of one's account, and the audit log: where they answer."""

from django.urls import path

from accounts.privacy import api, pages

# DELETE auth/me stands with the rest of auth/me.
api_urlpatterns = [
    path("auth/me/export", api.AskExportView.as_view(), name="api-export-ask"),
    path("auth/me/exports", api.ExportListView.as_view(), name="api-exports"),
    path(
        "auth/me/exports/<uuid:export_id>/download",
        api.DownloadView.as_view(),
        name="api-export-download",
    ),
    path("audit", api.AuditView.as_view(), name="api-audit"),
]

page_urlpatterns = [
    path("accounts/privacy/", pages.overview, name="overview"),
    path("accounts/privacy/exports/", pages.ask_export, name="export"),
    path("accounts/privacy/exports/<uuid:export_id>/fetch/", pages.fetch, name="fetch"),
    path("accounts/privacy/exports/<uuid:export_id>/", pages.download, name="download"),
    path("accounts/privacy/delete/", pages.erase, name="erase"),
    path("audit/", pages.audit, name="audit"),
    path("audit/csv/", pages.audit_csv, name="audit-csv"),
]
