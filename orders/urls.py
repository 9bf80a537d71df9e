"""Where numbers are bought, and orders read and cancelled."""

from django.urls import path

from orders import api, pages

api_urlpatterns = [
    path("numbers/purchase", api.PurchaseView.as_view(), name="api-purchase"),
    path("orders", api.OrderListView.as_view(), name="api-orders"),
    path("orders/<uuid:order_id>", api.OrderView.as_view(), name="api-order"),
    path("orders/<uuid:order_id>/status", api.OrderStatusView.as_view(), name="api-order-status"),
    path("orders/<uuid:order_id>/cancel", api.OrderCancelView.as_view(), name="api-order-cancel"),
]
page_urlpatterns = [
    path("checkout/", pages.checkout, name="checkout"),
    path("orders/", pages.order_list, name="list"),
    path("orders/<uuid:order_id>/", pages.order_detail, name="detail"),
    path("orders/<uuid:order_id>/cancel/", pages.order_cancel, name="cancel"),
]
