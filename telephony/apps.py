from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = "Calls"

    def ready(self) -> None:
        # Models cannot be imported before every app is loaded.
        from didshop import health, inbox
        from didshop.models import WebhookEvent
        from telephony import call_log, carrier, privacy

        inbox.register(WebhookEvent.Provider.TWILIO, call_log.handle)
        health.register("twilio", carrier.is_up)
        privacy.register()
