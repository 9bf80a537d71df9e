from django.apps import AppConfig


class DidsConfig(AppConfig):
    name = "dids"
    verbose_name = "Numbers"

    def ready(self) -> None:
        from dids import privacy

        privacy.register()
