"""The call log as pages."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.organizations import current
from accounts.rights import Right, needs
from didshop.listing import page_of
from telephony.filters import CallFilters
from telephony.models import CallLog
from telephony.timeline import find, timeline


@needs(Right.CALLS_READ)
def call_list(request: HttpRequest) -> HttpResponse:
    """The organisation's calls, newest first, narrowed by the form. The API's filters and pages."""
    calls = CallLog.objects.of(current(request)).select_related("number")
    filters = CallFilters(request.GET, queryset=calls)
    page = page_of(filters.qs, request)
    context = {
        "calls": page.results,
        "page": page,
        "form": filters.form,
        "filtered": any(request.GET.get(name) for name in CallFilters.base_filters),
    }
    return render(request, "telephony/calls.html", context)


@needs(Right.CALLS_READ)
def call_detail(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call with its legs and its timeline."""
    call = find(current(request), call_id)
    context = {
        "call": call,
        "number": call.number,
        "legs": call.legs.all(),
        "timeline": timeline(call),
    }
    return render(request, "telephony/call.html", context)
