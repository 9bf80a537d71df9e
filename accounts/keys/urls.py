"""API keys: where they answer."""

from django.urls import path

from accounts.keys import api, pages

api_urlpatterns = [
    path("api-keys", api.ApiKeyListView.as_view(), name="api-keys"),
    path("api-keys/<uuid:key_id>", api.ApiKeyView.as_view(), name="api-key"),
]

page_urlpatterns = [
    path("keys/", pages.key_list, name="list"),
    path("keys/new/", pages.key_create, name="create"),
    path("keys/<uuid:key_id>/revoke/", pages.key_revoke, name="revoke"),
]
