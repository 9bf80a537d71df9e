"""allauth's second factors in this shop's words."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from accounts.models import User
from didshop.outbox import SHOP_NAME


class MFAAdapter(DefaultMFAAdapter):
    """How second factors are called, and what is said when one is refused."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": (
            "Add a passkey or an authenticator app first: recovery codes stand in for those."
        ),
        "incorrect_code": "This is not right, or was used already. Try again.",
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """What a new passkey is called until its owner says otherwise."""
        known = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {known + 1}" if known else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What a device shows as the place that the passkey is for."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": SHOP_NAME}
