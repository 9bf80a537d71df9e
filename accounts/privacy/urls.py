"""A copy of one's data, the end of one's account, and the audit log: where they answer."""

from django.urls import URLPattern

api_urlpatterns: list[URLPattern] = []

page_urlpatterns: list[URLPattern] = []
