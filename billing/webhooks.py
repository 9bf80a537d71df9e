"""Stripe's webhook: verify, keep, answer at once. The worker looks at Stripe itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing import gateway
from didshop import inbox
from didshop.models import WebhookEvent


@csrf_exempt
@require_POST
def stripe_payment(request: HttpRequest) -> HttpResponse:
    """200 for an event that is kept, or was before; 400, and nothing written, for any other."""
    event = gateway.verified_event(request.body, request.headers.get("Stripe-Signature", ""))
    if event is None or not isinstance(event.get("id"), str):
        return HttpResponse("The signature or the body is not Stripe's.", status=400)
    kind = str(event.get("type", ""))
    inbox.receive(WebhookEvent.Provider.STRIPE, event["id"], kind, event)
    return HttpResponse(status=200)
