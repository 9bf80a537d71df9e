"""A copy of one's data, the end of one's account, and the audit log, as pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import impersonator_of
from accounts.models import Organization
from accounts.organizations import current, user_of
from accounts.privacy import erasing, exporting, reading
from accounts.privacy.files import csv_file, zip_file
from accounts.privacy.filters import AuditFilters
from accounts.privacy.forms import ErasureForm
from accounts.rights import Right, needs
from didshop.errors import Forbidden, ShopError
from didshop.listing import page_of

Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])


def in_person(view: Page) -> Page:
    """For the customer alone, who has just shown that it is them; not for staff in their place."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if impersonator_of(request):
            raise Forbidden("This is for the customer alone. Staff cannot do it in their place.")
        return cast(Callable[..., HttpResponseBase], reauthentication_required(view))(
            request, *args, **kwargs
        )

    return cast(Page, guarded)


# ---------------------------------------------------------------- one's own data
@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What can be done about one's data, and the copies that were asked for.

    `?fetch=<id>` begins the download of a copy, after its owner has shown who they are.
    """
    exports = list(exporting.exports_of(user_of(request)))
    ready = [export for export in exports if export.status == exporting.Status.READY]
    wanted = next((it for it in ready if str(it.pk) == request.GET.get("fetch")), None)
    is_waiting = any(export.status == exporting.Status.WAITING for export in exports)
    context = {
        "exports": exports,
        "is_waiting": is_waiting,
        "fetch": reverse("privacy:download", args=[wanted.pk]) if wanted else "",
        "most_a_day": exporting.MOST_A_DAY,
        "days_kept": exporting.KEPT.days,
    }
    template = "privacy/_exports.html" if _is_refreshing(request) else "privacy/overview.html"
    return render(request, template, context)


def _is_refreshing(request: HttpRequest) -> bool:
    """Whether htmx looks again for a copy that is being made."""
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]


@require_POST
@in_person
def ask_export(request: HttpRequest) -> HttpResponse:
    """Have a copy of one's data made."""
    try:
        exporting.ask(user_of(request))
    except ShopError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "A copy of your data is being made. A mail says when it is done.")
    return redirect("privacy:overview")


@require_GET
@in_person
def fetch(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The way to a download: who had to show first that it is them comes back to the page."""
    export = exporting.own_export(user_of(request), export_id)
    return redirect(f"{reverse('privacy:overview')}?fetch={export.pk}")


@require_GET
@in_person
def download(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The ZIP."""
    return zip_file(exporting.download(user_of(request), export_id))


# ---------------------------------------------------------------- the end of an account
@in_person
def erase(request: HttpRequest) -> HttpResponse:
    """What happens when the account is deleted, what stands in the way, and doing it."""
    user = user_of(request)
    form = ErasureForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase(user)
        except ShopError as refusal:
            messages.error(request, refusal.sentence)
            return redirect("privacy:erase")
        logout(request)
        messages.success(request, "Your account has been deleted. A last mail tells you so.")
        return redirect("home")
    context = {
        "form": form,
        "hindrances": erasing.hindrances(user),
        "ending": erasing.ending_with(user),
    }
    return render(request, "privacy/erase.html", context)


# ---------------------------------------------------------------- the audit log
@needs(Right.AUDIT_READ)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """What was done in the organisation, newest first, narrowed by the form."""
    organization = current(request)
    filters = AuditFilters(request.GET, queryset=reading.entries_of(organization))
    _for_people(filters.form, organization, chosen=request.GET.get("person", ""))
    page = page_of(filters.qs, request)
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "lines": reading.lines(page.results),
        "page": page,
        "form": filters.form,
        "filtered": any(request.GET.get(name) for name in AuditFilters.base_filters),
        "csv_url": f"{reverse('privacy:audit-csv')}?{query.urlencode()}",
        "most_in_a_file": f"{reading.MOST_IN_A_FILE:,}",
    }
    return render(request, "privacy/audit.html", context)


def _for_people(form: forms.Form, organization: Organization, *, chosen: str) -> None:
    """Programs name a person by their id; people choose from names."""
    members = reading.people(organization)
    choices = [("", "Anybody"), *members]
    if chosen and chosen not in dict(members):
        choices.append((chosen, "Somebody who is no member"))
    form.fields["person"].widget = forms.Select(choices=choices)
    for field in form.fields.values():
        field.help_text = ""


@needs(Right.AUDIT_READ)
@require_GET
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file for spreadsheets."""
    filters = AuditFilters(request.GET, queryset=reading.entries_of(current(request)))
    return csv_file(reading.as_csv(filters.qs))
