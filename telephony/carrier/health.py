"""Whether the carrier answers and knows us. (Twilio: Balance)"""

import structlog
from django.conf import settings

from telephony.carrier.client import shared
from telephony.carrier.errors import CarrierError, translated

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 4.0


def is_up() -> bool:
    """Ask for the balance, briefly: the cheapest question that needs our credentials."""
    client = shared()
    uri = f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}/Balance.json"
    try:
        with translated():
            client.request(
                "GET", uri, timeout=min(PATIENCE_SECONDS, settings.TWILIO_TIMEOUT_SECONDS)
            )
    except CarrierError as error:
        log.warning("carrier_down", error=type(error).__name__, code=error.code)
        return False
    return True
