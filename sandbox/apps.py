"""The sandbox as a Django app: it only lends `manage.py sandbox` to the project."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Has no models, no URLs and no tables; the sandbox is a process of its own."""

    name = "sandbox"
    verbose_name = "Sandbox (Twilio and Stripe for development)"
