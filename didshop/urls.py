"""Where everything answers: the API under /api/v1/, pages beside it, the admin for staff."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

import accounts.urls
import billing.urls
import dids.urls
import orders.urls
import telephony.urls
from accounts.entrance import limits
from didshop import api_docs, components_page, dev_mail, health, home, pages

ROOMS: list[Any] = [accounts.urls, orders.urls, dids.urls, telephony.urls, billing.urls]

api_urlpatterns = [pattern for room in ROOMS for pattern in room.api_urlpatterns]
webhook_urlpatterns = [*telephony.urls.webhook_urlpatterns, *billing.urls.webhook_urlpatterns]

urlpatterns = [
    path("", home.home, name="home"),
    path("", include((dids.urls.page_urlpatterns, "numbers"))),
    path("", include((telephony.urls.page_urlpatterns, "calls"))),
    path("", include((orders.urls.page_urlpatterns, "orders"))),
    path("", include((billing.urls.page_urlpatterns, "billing"))),
    path("", include(accounts.urls.page_urlpatterns)),
    path("api/v1/webhooks/", include((webhook_urlpatterns, "webhooks"))),
    path("api/v1/", include(api_urlpatterns)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", api_docs.swagger, name="api-docs"),
    path("api/redoc/", api_docs.redoc, name="api-redoc"),
    path("admin/", include((accounts.urls.staff_urlpatterns, "impersonation"))),
    path("admin/", admin.site.urls),
    *health.urlpatterns,
]
if settings.DEBUG:
    urlpatterns += [
        path("dev/components/", components_page.components, name="dev-components"),
        *dev_mail.urlpatterns,
    ]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler429 = limits.too_many_requests  # allauth's
handler500 = pages.server_error
