"""Where people sign up and in: `/api/v1/auth/*` and `/accounts/*`."""

from django.urls import include, path

from accounts import api

api_urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="api-auth-register"),
    path("auth/login", api.LoginView.as_view(), name="api-auth-login"),
    path("auth/refresh", api.RefreshView.as_view(), name="api-auth-refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="api-auth-logout"),
    path("auth/me", api.MeView.as_view(), name="api-auth-me"),
]

page_urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
