"""Staff who act in a customer's place, to see what the customer sees.

django-hijack signs them in as the customer. What is here besides: they look, and change nothing
(ImpersonationMiddleware); it ends by itself; the browser is theirs again after, with what it knew
of how they have signed in; and both are in the audit log of the customer's organisation.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django_htmx.http import HttpResponseClientRedirect
from hijack.signals import no_update_last_login
from hijack.views import AcquireUserView

from accounts import audit
from accounts.audit import Act
from accounts.models import Membership, User
from accounts.organizations import user_of
from didshop.errors import Forbidden
from didshop.middleware import API_PREFIX, ViewMiddleware

# django-hijack's, and ours beside it.
_HISTORY = "hijack_history"
_STATE = "impersonation"

# What is open to who acts in somebody's place. Besides, pages that ask for a right to read.
_OPEN_TO_LOOK = frozenset(
    {"home", "numbers:search", "numbers:samples", "orders:checkout", "account_logout"}
)
_OPEN_TO_ACT = frozenset({"impersonation:stop", "team:switch"})
_SIGN_OUT = frozenset({"account_logout", "admin:logout"})


def may_impersonate(*, hijacker: User, hijacked: User | None) -> bool:
    """Whether `hijacker` may act in the place of `hijacked`: staff for active customers only."""
    if hijacked is None or not hijacked.is_active or hijacked.is_staff:
        return False
    return hijacker.is_staff and hijacker.has_perm("accounts.impersonate_user")


# ---------------------------------------------------------------- beginning and stopping
class BeginView(AcquireUserView):
    """Begin: POST with `user_pk`. From here on the browser is the customer's, for a while."""

    def get_object(self, queryset: Any = None) -> User:
        try:
            user: User = super().get_object(queryset)
        except ValidationError as error:
            raise Http404 from error
        return user

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        staff, session_key = user_of(request), str(request.session.session_key)
        state = {
            "customer": str(self.get_object().pk),
            "began_at": time.time(),
            "staff_hash": request.session.get(HASH_SESSION_KEY, ""),
            # Signing in as somebody else empties the session.
            "kept": {
                name: value
                for name, value in request.session.items()
                if not name.startswith("_auth_user_")
            },
        }
        answer: HttpResponse = super().post(request, *args, **kwargs)
        request.session[_STATE] = state
        _move_sign_in(request, staff, session_key)
        _record(Act.IMPERSONATION_BEGAN, user_of(request))
        return answer


def stop(request: HttpRequest, *, how: str) -> User | None:
    """Give the browser back to the member of staff, or to nobody if they may not sign in any more.

    `how`: "stopped", "time" (it was over), "signed out", or "refused" (something has changed
    about either of the two).
    """
    state = request.session.get(_STATE) or {}
    staff = User.objects.filter(pk=request.session[_HISTORY][0], is_active=True).first()
    customer = User.objects.filter(pk=state["customer"]).first() if state else None
    with transaction.atomic():
        if customer is not None:
            _record(Act.IMPERSONATION_ENDED, customer, how=how)
        if staff is None or not _is_same_sign_in(staff, state):
            request.session.flush()
            request.user = AnonymousUser()
            return None
        session_key = str(request.session.session_key)
        with no_update_last_login():
            login(request, staff, backend=request.session[BACKEND_SESSION_KEY])
        request.session.pop(_HISTORY, None)
        request.session.update(state["kept"])
        _move_sign_in(request, staff, session_key)
    return staff


@login_required
def stop_page(request: HttpRequest) -> HttpResponse:
    """Stop, and go back to the page of that user in the admin."""
    if not request.session.get(_HISTORY):
        raise Forbidden("You are in nobody's place.", code="NOT_IMPERSONATING")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return _leave(request, how="stopped")


def _leave(request: HttpRequest, *, how: str) -> HttpResponse:
    customer = (request.session.get(_STATE) or {}).get("customer")
    staff = stop(request, how=how)
    if how == "time":
        messages.info(request, "You have stopped acting in the customer's place: it was time.")
    if staff is None or customer is None:
        return redirect("account_login")
    return redirect("admin:accounts_user_change", customer)


def _record(act: Act, customer: User, **details: Any) -> None:
    """As every act in the customer's place: theirs, by the member of staff."""
    place = Membership.objects.select_related("organization").filter(user=customer)
    first = place.order_by("id").first()
    audit.record(
        act,
        actor=customer,
        organization=first.organization if first else None,
        target=customer,
        **details,
    )


def _move_sign_in(request: HttpRequest, staff: User, old_key: str) -> None:
    """Keep the session among the sign-ins of the member of staff, so that ending those ends it."""
    if not request.session.session_key:
        request.session.save()
    rows = UserSession.objects.filter(session_key=old_key, user=staff)
    rows.update(session_key=request.session.session_key)


def _is_same_sign_in(staff: User, state: dict[str, Any]) -> bool:
    """Whether the password of the member of staff is the one that they have signed in with."""
    return constant_time_compare(state.get("staff_hash", ""), staff.get_session_auth_hash())


# ---------------------------------------------------------------- what is open meanwhile
class ImpersonationMiddleware(ViewMiddleware):
    """Lets who acts in a customer's place look at the shop, and nothing more.

    It is closed by default: a new page is shut until it asks for a right to read, or is named
    above; and nothing can be sent to any but the few that are named. What a customer has for
    themselves alone (password, addresses, second factors, sign-ins, keys, their data) is not
    shown either. The API does not know browsers' sessions.
    """

    def concerns(self, request: HttpRequest) -> bool:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        return has_session and not request.path.startswith(API_PREFIX)

    def look(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
        if not request.session.get(_HISTORY):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in _SIGN_OUT and request.method == "POST":
            # What follows then signs the member of staff out.
            stop(request, how="signed out")
            return None
        reason = _why_over(request)
        if reason:
            return _elsewhere(request, _leave(request, how=reason))
        return None if _is_open(request, name, view) else _closed(request)


def _why_over(request: HttpRequest) -> str:
    """Why it must not go on; empty if it may."""
    state = request.session.get(_STATE)
    if not state or time.time() - state["began_at"] > settings.IMPERSONATION_MINUTES * 60:
        return "time"
    customer = request.user
    staff = User.objects.filter(pk=request.session[_HISTORY][0], is_active=True).first()
    if (
        staff is None
        or not _is_same_sign_in(staff, state)
        or str(customer.pk) != state["customer"]
        or not may_impersonate(hijacker=staff, hijacked=user_of(request))
    ):
        return "refused"
    return ""


def _is_open(request: HttpRequest, name: str, view: Callable[..., Any]) -> bool:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        return name in _OPEN_TO_ACT
    right = getattr(view, "rights", {}).get("GET", "")
    return name in _OPEN_TO_LOOK or str(right).endswith(":read")


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "impersonation/closed.html", status=403)


def _elsewhere(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A redirect that htmx follows with the whole page, too."""
    if isinstance(answer, HttpResponseRedirect) and getattr(request, "htmx", False):
        return HttpResponseClientRedirect(answer.url)
    return answer
