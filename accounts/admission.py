"""Who of the staff gets into the admin: with a second factor, and lately proved to be themselves.

Both hold where STAFF_NEED_MFA is on, as it is in production.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from accounts.models import User
from accounts.security.factors import factors_of
from didshop.middleware import ViewMiddleware

# How long ago staff may have proved who they are when they change something.
PROOF_SECONDS = 15 * 60

_DOORS = {"admin", "impersonation"}
# Signing out is open to all. Stopping leads out of another's place.
_OPEN = frozenset({"admin:logout", "impersonation:stop"})
_PASSWORD_PAGE = "admin:auth_user_password_change"  # noqa: S105 - Django's name for it


def connect() -> None:
    """Have a second factor that is set up in a session count as used in it. Called at start."""
    mfa_signals.authenticator_added.connect(
        _on_factor_added, dispatch_uid="accounts.admission.factor_added"
    )


def _on_factor_added(
    sender: Any, *, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    # Setting it up has just shown that they have it. Recovery codes show nothing.
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type
        )


class AdmissionMiddleware(ViewMiddleware):
    """Stands before every page of the admin, those of the rooms and of packages alike."""

    def concerns(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        if not settings.STAFF_NEED_MFA or match is None or match.view_name in _OPEN:
            return False
        return not _DOORS.isdisjoint(match.namespaces)

    def look(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
        user = request.user
        # Whoever is not staff is refused by the admin itself.
        if not isinstance(user, User) or not user.is_staff or not user.is_active:
            return None
        proofs = get_authentication_records(request, user)
        if not factors_of(user).is_on:
            return render(request, "staff/second_factor.html", status=403)
        if not any(proof["method"] == "mfa" for proof in proofs):
            return _ask(request, second_factor=True)
        if _is_critical(request) and not _is_fresh(proofs):
            return _ask(request)
        return None


def _is_critical(request: HttpRequest) -> bool:
    """Whatever is sent changes something. Passwords are asked for before they are typed."""
    match = request.resolver_match
    is_password_page = match is not None and match.view_name == _PASSWORD_PAGE
    return is_password_page or request.method not in ("GET", "HEAD", "OPTIONS")


def _is_fresh(proofs: list[dict[str, Any]]) -> bool:
    return bool(proofs) and time.time() - proofs[-1]["at"] < PROOF_SECONDS


def _ask(request: HttpRequest, *, second_factor: bool = False) -> HttpResponse:
    """Have them prove who they are, and come back here: what they have sent is then done."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    urls = [
        method["url"] for method in methods if method["id"] != "reauthenticate" or not second_factor
    ]
    if any("password" in name for name in request.POST):
        # allauth would keep what was sent in the session until they come back.
        return redirect(f"{urls[0]}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
    answer: HttpResponse = suspend_request(request, urls[0])
    return answer
