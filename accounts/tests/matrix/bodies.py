"""What the matrix sends: enough for most acts to be done, so that a refusal refuses something."""

import json
from urllib.parse import urlencode

from accounts.tests.matrix.world import World

PHONE = "+14155550199"


def body_for(path: str, world: World) -> tuple[bytes, str]:
    """The same for all, in JSON for the API and as a form for pages, with its content type."""
    if path.startswith("/api/"):
        return json.dumps(_of_endpoints(world)).encode(), "application/json"
    return urlencode(_of_pages(world), doseq=True).encode(), "application/x-www-form-urlencoded"


def _of_endpoints(world: World) -> dict[str, object]:
    lines = [{"phoneNumber": PHONE}]
    return {
        "name": "Mallory",
        "friendlyName": "Mallory",
        "forwardTo": PHONE,
        "phoneNumbers": lines,
        "items": lines,
        "paymentMethodId": "pm_card_visa",
        "scopes": ["numbers:read"],
        "role": "VIEWER",
        "email": "mallory@example.com",
        "memberId": str(world.newcomer.pk),
    }


def _of_pages(world: World) -> dict[str, object]:
    return {
        "name": "Mallory",
        "friendly_name": "Mallory",
        "route": "forward",
        "forward_to": PHONE,
        "number": PHONE,
        "payment_method": world.card.pk,
        "card": "pm_card_visa",
        "scopes": ["numbers:read"],
        "expires": "never",
        "role": "VIEWER",
        "email": "mallory@example.com",
        "member": world.newcomer.pk,
        "organization": world.organization.pk,
        # Whom staff would see the shop as.
        "user_pk": world.people["OWNER"].pk,
        "confirmation": "delete",
    }
