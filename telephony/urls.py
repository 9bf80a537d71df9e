"""Where calls come in, and where they are read."""

from django.urls import path

from telephony import api, pages, webhooks

api_urlpatterns = [
    path("calls", api.CallListView.as_view(), name="api-calls"),
    path("calls/<uuid:call_id>", api.CallView.as_view(), name="api-call"),
]

webhook_urlpatterns = [
    path("twilio/voice", webhooks.voice, name="twilio-voice"),
    path("twilio/status", webhooks.status, name="twilio-status"),
    path("twilio/dial", webhooks.dial, name="twilio-dial"),
]

page_urlpatterns = [
    path("calls/", pages.call_list, name="list"),
    path("calls/<uuid:call_id>/", pages.call_detail, name="detail"),
]
