from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from accounts import admission
        from accounts.entrance import notices
        from accounts.privacy import changes, own_sections

        changes.register()
        own_sections.register()
        notices.connect()
        admission.connect()
