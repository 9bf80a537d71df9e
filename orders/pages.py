"""Pages of orders: check out, the list, one order and how it goes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.entrance import confirming
from accounts.organizations import current, user_of
from accounts.rights import Right, needs
from billing.models import PaymentMethod
from dids.presentation import international
from didshop.errors import ShopError
from didshop.listing import page_of
from orders.cancelling import cancel
from orders.forms import CheckoutForm
from orders.models import Order
from orders.placing import MOST_LINES, place
from orders.quotes import Item, Quote, quote_items
from orders.reading import just_placed, own_order, with_counts
from orders.showing import order_context


@needs(Right.ORDERS_WRITE)
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """What the chosen numbers cost; with POST, buy them."""
    organization = current(request)
    chosen = request.POST if request.method == "POST" else request.GET
    items = [Item(number) for number in dict.fromkeys(chosen.getlist("number"))][:MOST_LINES]
    form = CheckoutForm(request.POST or None, organization=organization)
    if request.method == "POST" and items and form.is_valid():
        try:
            order = place(
                organization=organization,
                user=user_of(request),
                items=items,
                method=form.cleaned_data["payment_method"],
            )
        except ShopError as error:
            placed = just_placed(organization, [item.phone_number for item in items])
            if placed:
                return redirect("orders:detail", placed.pk)
            form.add_error(None, error.sentence)
        else:
            return redirect("orders:detail", order.pk)
    return _checkout_page(request, form, items)


def _checkout_page(request: HttpRequest, form: CheckoutForm, items: list[Item]) -> HttpResponse:
    try:
        quote = quote_items(items) if items else Quote()
    except ShopError as error:
        messages.error(request, error.sentence)
        return redirect("numbers:search")
    context = {
        "lines": [_quoted_line(quoted) for quoted in quote.items],
        "sold": len(quote.offers),
        "total": quote.total,
        "monthly_total": quote.monthly_total,
        "currency": quote.offers[0].price.currency if quote.offers else "",
        "methods": PaymentMethod.objects.of(current(request)),
        "form": form,
        "must_confirm": confirming.waits(user_of(request)),
    }
    return render(request, "orders/checkout.html", context)


def _quoted_line(quoted: Any) -> Any:
    """The offer as the page shows it, or the bare number with what is wrong about it."""
    if quoted.offer is not None:
        return quoted.offer
    return {
        "phone_number": quoted.item.phone_number,
        "international": international(quoted.item.phone_number),
        "problem": quoted.problem.message,
    }


@needs(Right.ORDERS_READ)
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """The organisation's orders, newest first."""
    page = page_of(with_counts(Order.objects.of(current(request))), request)
    return render(request, "orders/list.html", {"orders": page.results, "page": page})


@needs(Right.ORDERS_READ)
@require_GET
def order_detail(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order. htmx asks for its changing part every second while it is open."""
    order = own_order(current(request), order_id)
    template = "orders/_order.html" if request.htmx else "orders/detail.html"  # type: ignore[attr-defined]
    return render(request, template, order_context(order))


@needs(Right.ORDERS_WRITE)
@require_POST
def order_cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Cancel what has not been bought yet."""
    order = own_order(current(request), order_id)
    try:
        cancel(order, actor=user_of(request))
        messages.success(request, "What was not bought yet is cancelled and not charged.")
    except ShopError as error:
        messages.error(request, error.sentence)
    return redirect("orders:detail", order_id)
