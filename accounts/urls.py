"""Where people sign up and in, and run their account, their team and their keys."""

from django.contrib import admin
from django.urls import include, path

import accounts.entrance.urls
import accounts.keys.urls
import accounts.privacy.urls
import accounts.security.urls
import accounts.team.urls
from accounts import api, impersonation

SUBJECTS = [
    accounts.entrance.urls,
    accounts.security.urls,
    accounts.privacy.urls,
    accounts.team.urls,
    accounts.keys.urls,
]

api_urlpatterns = [
    path("auth/me", api.MeView.as_view(), name="api-auth-me"),
    *(pattern for subject in SUBJECTS for pattern in subject.api_urlpatterns),
]

page_urlpatterns = [
    # Ours first: some stand in the place of allauth's own.
    path("", include((accounts.security.urls.page_urlpatterns, "security"))),
    path("", include((accounts.privacy.urls.page_urlpatterns, "privacy"))),
    path("", include((accounts.team.urls.page_urlpatterns, "team"))),
    path("", include((accounts.keys.urls.page_urlpatterns, "keys"))),
    path("accounts/", include("allauth.urls")),
]

staff_urlpatterns = [
    path(
        "impersonate/",
        admin.site.admin_view(impersonation.BeginView.as_view()),
        name="begin",
    ),
    path("impersonate/stop/", impersonation.stop_page, name="stop"),
]
