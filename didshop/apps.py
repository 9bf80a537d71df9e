from django.apps import AppConfig


class DidshopConfig(AppConfig):
    name = "didshop"
    verbose_name = "Shop"
