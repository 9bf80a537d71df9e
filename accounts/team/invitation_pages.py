"""Where the link of an invitation's mail leads: what is offered, and taking it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import organizations
from accounts.models import Membership
from accounts.organizations import user_of
from accounts.team.invitations import accept_invitation, must_be_for, read_invitation
from accounts.team.roles import EXPLAINED
from didshop.errors import Invalid, ShopError

_SESSION_KEY = "invitation"


@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the token in the browser's session, where it survives signing up, and show it.

    So it leaves the address bar, and no page that comes after has it in its address.
    """
    request.session[_SESSION_KEY] = token
    return redirect("team:invited")


@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """What is offered, or why the link does not work; with POST, take it."""
    token = request.session.get(_SESSION_KEY, "")
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(reverse("team:invited"))
    try:
        if request.method == "POST":
            return _accept(request, token)
        return render(request, "team/invitation.html", _offer(request, token))
    except ShopError as refusal:
        context = {"refusal": refusal, "token": token}
        return render(request, "team/invitation.html", context, status=refusal.status)


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    place = accept_invitation(token=token, actor=user_of(request))
    request.session.pop(_SESSION_KEY)
    organizations.choose(request, place.organization_id)
    messages.success(
        request, f"Welcome to {place.organization}. You are {place.get_role_display()} there."
    )
    return redirect("home")


def _offer(request: HttpRequest, token: str) -> dict[str, Any]:
    """What the page shows. Raises what `read_invitation` and `must_be_for` raise."""
    if not token:
        raise Invalid("Open the link in the mail that invited you.", code="INVITATION_MALFORMED")
    invitation = read_invitation(token)
    if request.user.is_authenticated:
        must_be_for(invitation, user_of(request))
    way_back = urlencode({"email": invitation.email, "next": reverse("team:invited")})
    return {
        "invitation": invitation,
        "explanation": EXPLAINED[Membership.Role(invitation.role)],
        "sign_up_url": f"{reverse('account_signup')}?{way_back}",
        "sign_in_url": f"{reverse('account_login')}?{way_back}",
    }
