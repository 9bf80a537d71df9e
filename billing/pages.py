"""Pages of billing: the cards on file."""

from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.organizations import current, user_of
from accounts.rights import Right, needs, rights_of
from billing.cards import (
    add_card,
    finish_setup,
    make_default,
    own_card,
    remove_card,
    start_setup,
)
from billing.demo_cards import DEMO_CARDS
from billing.models import PaymentMethod
from didshop.addresses import public_url
from didshop.errors import ShopError

# Stripe's Payment Element needs its hosts; no other page gets them.
_STRIPE_POLICY = {
    "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": ["https://api.stripe.com"],
}


@csp_update(_STRIPE_POLICY)
@needs(Right.BILLING_READ, post=Right.BILLING_WRITE)
@require_http_methods(["GET", "POST"])
def methods(request: HttpRequest) -> HttpResponse:
    """The cards on file, and adding one: a test card in the sandbox, else Stripe's own form."""
    onward, error = _onward(request), ""
    if request.method == "POST" and _plays_stripe():
        error = _add_demo_card(request)
        if not error:
            return redirect(onward or reverse("billing:methods"))
    # Nothing is begun at Stripe for who may only look.
    has_form = Right.BILLING_WRITE in rights_of(request) and not _plays_stripe()
    context = {
        "methods": PaymentMethod.objects.of(current(request)),
        "sandbox": _plays_stripe(),
        "test_cards": DEMO_CARDS if _plays_stripe() else (),
        "next": onward,
        "error": error,
        **(_payment_element(request, onward) if has_form else {}),
    }
    return render(request, "billing/methods.html", context)


@needs(Right.BILLING_WRITE)
@require_GET
def method_added(request: HttpRequest) -> HttpResponse:
    """Where Stripe's form comes back to."""
    setup_intent = request.GET.get("setup_intent", "")
    try:
        card = finish_setup(current(request), setup_intent, actor=user_of(request))
        messages.success(request, f"{card} is on file.")
    except ShopError as error:
        messages.error(request, error.sentence)
    return redirect(_onward(request) or reverse("billing:methods"))


@needs(Right.BILLING_WRITE)
@require_POST
def method_remove(request: HttpRequest, method_id: UUID) -> HttpResponse:
    """Take a card off file."""
    card = own_card(current(request), method_id)
    try:
        remove_card(card, actor=user_of(request))
        messages.success(request, f"{card} is removed.")
    except ShopError as error:
        messages.error(request, error.sentence)
    return redirect("billing:methods")


@needs(Right.BILLING_WRITE)
@require_POST
def method_default(request: HttpRequest, method_id: UUID) -> HttpResponse:
    """Charge this card from now on."""
    card = own_card(current(request), method_id)
    make_default(card)
    messages.success(request, f"{card} is charged from now on.")
    return redirect("billing:methods")


def _add_demo_card(request: HttpRequest) -> str:
    """Add the chosen test card; why that failed, or nothing."""
    chosen = request.POST.get("card", "")
    if chosen not in {card.id for card in DEMO_CARDS}:
        return "Choose one of the test cards."
    try:
        card = add_card(current(request), chosen, actor=user_of(request))
    except ShopError as error:
        return error.sentence
    messages.success(request, f"{card} is on file.")
    return ""


def _payment_element(request: HttpRequest, onward: str) -> dict[str, str]:
    """What the page needs to show Stripe's own card form."""
    back = public_url(reverse("billing:method_added"))
    try:
        secret = start_setup(current(request))
    except ShopError as error:
        return {"error": error.sentence}
    return {
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "client_secret": secret,
        "return_url": f"{back}?{urlencode({'next': onward})}" if onward else back,
    }


def _plays_stripe() -> bool:
    """Whether the sandbox stands in for Stripe."""
    return bool(settings.STRIPE_API_BASE)


def _onward(request: HttpRequest) -> str:
    """Where to go after a card is added, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""
