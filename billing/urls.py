"""Where cards are kept, and where Stripe calls."""

from django.urls import path

from billing import api, pages, webhooks

api_urlpatterns = [
    path("billing/payment-method", api.NewPaymentMethodView.as_view(), name="api-payment-method"),
    path(
        "billing/payment-methods",
        api.PaymentMethodListView.as_view(),
        name="api-payment-methods",
    ),
    path(
        "billing/payment-methods/<uuid:method_id>",
        api.PaymentMethodView.as_view(),
        name="api-payment-method-detail",
    ),
]
webhook_urlpatterns = [
    path("stripe/payment", webhooks.stripe_payment, name="stripe-payment"),
]
page_urlpatterns = [
    path("billing/methods/", pages.methods, name="methods"),
    path("billing/methods/added/", pages.method_added, name="method_added"),
    path("billing/methods/<uuid:method_id>/remove/", pages.method_remove, name="method_remove"),
    path("billing/methods/<uuid:method_id>/default/", pages.method_default, name="method_default"),
]
