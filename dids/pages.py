"""Pages of numbers: find one, the list, one number with its route, and letting it go."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.organizations import current, user_of
from accounts.rights import Right, needs, rights_of
from dids import lifecycle, presentation, prices
from dids.configuration import CONFIGURABLE, configure
from dids.criteria import Criteria
from dids.forms import NumberFilterForm, NumberForm, SearchForm
from dids.models import Number
from dids.reading import own_number, with_calls_and_order
from dids.search import search
from didshop.errors import CarrierTrouble, Invalid, ShopError
from didshop.listing import page_of
from didshop.throttling import limit_page

LATEST_CALLS = 5
SAMPLES_KEY = "number-samples"
SAMPLES = Criteria(country_code="US", area_code="415", limit=5)
# Where a form calls a field otherwise than the verb that complains about it.
_FORM_FIELDS = {"country_code": "country", "capabilities": "sms"}


@require_GET
@limit_page("search")
def find(request: HttpRequest) -> HttpResponse:
    """The search, for everybody. htmx asks for the whole page and takes its results."""
    form = SearchForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "offers": [], "searched": False, "error": ""}
    # Strangers choose first and sign in at the checkout.
    is_stranger = not request.user.is_authenticated
    context["can_buy"] = is_stranger or Right.ORDERS_WRITE in rights_of(request)
    if form.is_bound and form.is_valid():
        context.update(_search(form))
    return render(request, "dids/search.html", context)


def _search(form: SearchForm) -> dict[str, Any]:
    """What the search found, or why it found nothing."""
    try:
        found = search(form.criteria())
    except Invalid as invalid:
        _put_beside_fields(form, invalid)
        return {"error": "Something in the search cannot be understood; it is marked above."}
    except ShopError as error:
        return {"error": error.sentence, "retryable": isinstance(error, CarrierTrouble)}
    return {
        "searched": True,
        "offers": found.offers,
        "alternatives": [
            {"label": alternative.label, "url": _search_url(alternative.criteria), "count": None}
            for alternative in found.alternatives
        ],
    }


def _search_url(criteria: Criteria) -> str:
    return f"{reverse('numbers:search')}?{urlencode(SearchForm.query(criteria))}"


@require_GET
@limit_page("search")
def samples(request: HttpRequest) -> HttpResponse:
    """A few numbers in stock, for the home page; none where the carrier does not answer."""
    offers = cache.get(SAMPLES_KEY)
    if offers is None:
        try:
            offers = search(SAMPLES).offers
        except ShopError:
            offers = []
        cache.set(SAMPLES_KEY, offers, settings.QUOTE_SECONDS)
    return render(request, "dids/_samples.html", {"samples": offers})


@needs(Right.NUMBERS_READ)
@require_GET
def number_list(request: HttpRequest) -> HttpResponse:
    """The organisation's numbers, newest first, narrowed by the form."""
    form = NumberFilterForm(request.GET)
    filtered = form.is_valid() and any(form.cleaned_data.values())
    numbers = form.narrow(Number.objects.of(current(request)))
    page = page_of(with_calls_and_order(numbers), request)
    context = {"form": form, "numbers": page.results, "page": page, "filtered": filtered}
    return render(request, "dids/list.html", context)


@needs(Right.NUMBERS_READ, post=Right.NUMBERS_WRITE)
@require_http_methods(["GET", "POST"])
def number_detail(request: HttpRequest, number_id: UUID) -> HttpResponse:
    """One number: its route, its latest calls, its cost; with POST, its name and route change."""
    number = own_number(current(request), number_id)
    form = NumberForm(request.POST or None, number=number)
    if request.method == "POST" and form.is_valid():
        try:
            configure(number, actor=user_of(request), **form.changes())
        except Invalid as invalid:
            _put_beside_fields(form, invalid)
        except ShopError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Saved. It holds from the next call on.")
            return redirect("numbers:detail", number_id)
    return render(request, "dids/detail.html", _detail_context(number, form))


def _detail_context(number: Number, form: NumberForm) -> dict[str, Any]:
    is_in_service = number.status in CONFIGURABLE
    calls = number.calls.filter(parent=None).order_by("-id")
    return {
        "number": number,
        "form": form if is_in_service else None,
        "forward_text": presentation.international(number.forward_to),
        "calls": calls[:LATEST_CALLS],
        "can_release": number.status in (Number.Status.ACTIVE, Number.Status.SUSPENDED),
        "can_restore": number.status == Number.Status.RELEASING,
        "release_days": settings.RELEASE_DAYS,
        "inbound_per_minute": prices.known_minute(number.country_code, number.number_type),
    }


@needs(Right.NUMBERS_WRITE)
@require_http_methods(["GET", "POST"])
def number_release(request: HttpRequest, number_id: UUID) -> HttpResponse:
    """Ask, and with POST, let the number go."""
    number = own_number(current(request), number_id)
    if request.method == "GET":
        context = {"number": number, "release_days": settings.RELEASE_DAYS}
        return render(request, "dids/release.html", context)
    try:
        released = lifecycle.release(number, actor=user_of(request))
        messages.success(
            request, f"{number.international} goes back on {released.release_at:%A %-d %B}."
        )
    except ShopError as error:
        messages.error(request, error.sentence)
    return redirect("numbers:detail", number_id)


@needs(Right.NUMBERS_WRITE)
@require_POST
def number_restore(request: HttpRequest, number_id: UUID) -> HttpResponse:
    """Keep a number that was on its way out."""
    number = own_number(current(request), number_id)
    try:
        lifecycle.restore(number, actor=user_of(request))
        messages.success(request, f"{number.international} stays yours.")
    except ShopError as error:
        messages.error(request, error.sentence)
    return redirect("numbers:detail", number_id)


def _put_beside_fields(form: Form, invalid: Invalid) -> None:
    """Show each of a verb's complaints beside the field that it is about."""
    for detail in invalid.details:
        field = _FORM_FIELDS.get(detail["field"], detail["field"])
        form.add_error(field if field in form.fields else None, detail["message"])
    if not invalid.details:
        form.add_error(None, invalid.message)
