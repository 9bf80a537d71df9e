"""What every template knows about the shop."""

from django.conf import settings
from django.http import HttpRequest


def demo_mode(request: HttpRequest) -> dict[str, object]:
    """Whether the sandbox plays Twilio or Stripe here, and where its page is."""
    sandbox_url = settings.TWILIO_API_BASE or settings.STRIPE_API_BASE
    return {"demo_mode": bool(sandbox_url), "sandbox_url": sandbox_url}
