"""One's own account: profile, second factors, sign-ins: where they answer."""

from django.urls import URLPattern

api_urlpatterns: list[URLPattern] = []

page_urlpatterns: list[URLPattern] = []
