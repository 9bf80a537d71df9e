"""Where one signs up and in over the API. The pages of it are allauth's, in our templates."""

from django.urls import path

from accounts.entrance import api

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
]
