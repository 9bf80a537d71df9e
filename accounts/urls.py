"""Where people sign up and in, and run their account, their team and their keys."""

from django.contrib import admin
from django.urls import include, path

import accounts.keys.urls
import accounts.privacy.urls
import accounts.security.urls
import accounts.team.urls
from accounts import api, impersonation

SUBJECTS = [accounts.security.urls, accounts.privacy.urls, accounts.team.urls, accounts.keys.urls]

api_urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="api-auth-register"),
    path("auth/login", api.LoginView.as_view(), name="api-auth-login"),
    path("auth/refresh", api.RefreshView.as_view(), name="api-auth-refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="api-auth-logout"),
    path(
        "auth/forgot-password",
        api.ForgotPasswordView.as_view(),
        name="api-auth-forgot-password",
    ),
    path("auth/reset-password", api.ResetPasswordView.as_view(), name="api-auth-reset-password"),
    path("auth/verify-email", api.VerifyEmailView.as_view(), name="api-auth-verify-email"),
    path(
        "auth/resend-verification",
        api.ResendVerificationView.as_view(),
        name="api-auth-resend-verification",
    ),
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
