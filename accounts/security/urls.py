"""One's own account: profile, second factors, sign-ins: where they answer."""

from django.urls import path

from accounts.security import api, pages

api_urlpatterns = [
    path("auth/sessions", api.SignInsView.as_view(), name="api-auth-sessions"),
    path("auth/sessions/<uuid:sign_in_id>", api.SignInView.as_view(), name="api-auth-session"),
]

# Passwords, addresses and second factors are allauth's pages, in our templates.
page_urlpatterns = [
    path("accounts/security/", pages.overview, name="overview"),
    path("accounts/security/activity/", pages.deeds, name="activity"),
    path("accounts/profile/", pages.profile, name="profile"),
    # In the place of allauth's own page, which knows browsers only.
    path("accounts/sessions/", pages.sign_in_list, name="sign_ins"),
    path("accounts/sessions/end/", pages.end_other_sign_ins, name="end_others"),
    path("accounts/sessions/<uuid:sign_in_id>/end/", pages.end_sign_in, name="end"),
]
