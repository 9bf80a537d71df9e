"""One's own account, as pages: an overview, the profile, sign-ins, and what was done."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.organizations import user_of
from accounts.security import activity, sign_ins
from accounts.security.factors import factors_of, password_changed_at
from accounts.security.forms import ProfileForm
from didshop.listing import page_of

# What the overview shows of longer lists.
_A_FEW = 5


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How safe the account is: password, second factors, sign-ins, what was done lately."""
    user = user_of(request)
    found = sign_ins.sign_ins_of(user, current=sign_ins.current_of(request))
    context = {
        "password_changed_at": password_changed_at(user),
        "factors": factors_of(user),
        "sign_ins": found[:_A_FEW],
        "more_sign_ins": len(found[_A_FEW:]),
        "deeds": [activity.Deed(entry) for entry in activity.entries_of(user)[:_A_FEW]],
    }
    return render(request, "security/overview.html", context)


@login_required
@require_GET
def deeds(request: HttpRequest) -> HttpResponse:
    """All that was done with the account, newest first."""
    page = page_of(activity.entries_of(user_of(request)), request)
    context = {"deeds": [activity.Deed(entry) for entry in page.results], "page": page}
    return render(request, "security/activity.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Names, company and phone; with POST, change them."""
    form = ProfileForm(request.POST or None, user=user_of(request))
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, "Your profile is saved.")
        return redirect("security:profile")
    return render(request, "security/profile.html", {"form": form})


@login_required
@require_GET
def sign_in_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, browsers and programs alike."""
    found = sign_ins.sign_ins_of(user_of(request), current=sign_ins.current_of(request))
    context = {"sign_ins": found, "has_others": any(not it.is_current for it in found)}
    return render(request, "security/sign_ins.html", context)


@login_required
@require_POST
def end_sign_in(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    """End one sign-in. One's own is ended by logging out, which says so."""
    if sign_in_id == sign_ins.current_of(request):
        return redirect("account_logout")
    sign_ins.end(user_of(request), sign_in_id)
    messages.success(request, "That sign-in has ended.")
    return redirect("security:sign_ins")


@login_required
@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    """End every sign-in but this one."""
    ended = sign_ins.end_others(user_of(request), current=sign_ins.current_of(request))
    told = "1 sign-in has ended." if ended == 1 else f"{ended} sign-ins have ended."
    messages.success(request, f"{told} You are signed in here only." if ended else _ALONE)
    return redirect("security:sign_ins")


_ALONE = "You are signed in here only."
