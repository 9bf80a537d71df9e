from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        """Stripe's events wake the order whose payment they are about."""
        from didshop import inbox
        from didshop.models import WebhookEvent
        from orders import privacy
        from orders.payment_events import handle

        inbox.register(WebhookEvent.Provider.STRIPE, handle)
        privacy.register()
