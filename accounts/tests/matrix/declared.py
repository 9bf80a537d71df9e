"""What each view says about who may call it, and what must therefore come of a call."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from accounts.permissions import HasRight, IsPerson
from accounts.rights import Right
from accounts.tests.matrix.callers import Caller, Walks, Whose
from accounts.tests.matrix.kwargs import known
from accounts.tests.matrix.routes import Route

# Everything that is open to anybody, and why. Nothing else is.
PUBLIC: dict[str, str] = {
    "home": "the shop window",
    "numbers:search": "prices are shown to everybody",
    "numbers:samples": "a part of the shop window",
    "api-auth-register": "has no account yet",
    "api-auth-login": "has no token yet",
    "api-auth-refresh": "the refresh token says who it is",
    "api-auth-logout": "the refresh token says who it is",
    "api-auth-forgot-password": "cannot sign in",
    "api-auth-reset-password": "the mail's token says who it is",
    "api-auth-verify-email": "the mail's token says who it is",
    "api-auth-resend-verification": "cannot sign in",
    "account_signup": "has no account yet",
    "account_login": "is not signed in yet",
    "account_logout": "asks who is signed in, and does nothing for others",
    "account_inactive": "tells why one cannot sign in",
    "account_email_verification_sent": "comes before the first sign-in",
    "account_confirm_email": "the mail's token says who it is",
    "account_reset_password": "cannot sign in",
    "account_reset_password_done": "cannot sign in",
    "account_reset_password_from_key": "the mail's token says who it is",
    "account_reset_password_from_key_done": "cannot sign in",
    "mfa_login_webauthn": "a passkey signs in by itself",
    "team:invitation": "the mail's token says who is invited",
    "team:invited": "what the mail's token offers; to take it one signs in",
    "api-schema": "documentation",
    "api-docs": "documentation",
    "api-redoc": "documentation",
    "health": "load balancers and people look at it",
    "api-health": "the same",
    "livez": "load balancers look at it",
    "readyz": "load balancers look at it",
    "dev-components": "with DEBUG alone: our components",
    "dev-mail": "with DEBUG alone: what was mailed",
    "dev-mail-one": "with DEBUG alone: a mail",
    "dev-mail-html": "with DEBUG alone: its HTML",
    "admin:login": "leads to the sign-in page",
    "admin:logout": "asks who is signed in, and does nothing for others",
    "impersonation:stop": "ends what only staff can have begun, and leads others home",
}
# Our pages about the person who looks at them. allauth's, all of them, are.
PERSONAL = (
    "security:",
    "privacy:",
    "team:create",
    "team:leave",
    "team:switch",
)


class Kind(Enum):
    OPEN = "open to anybody"
    SIGNED = "for Twilio and Stripe, by their signatures"
    PERSONAL = "about whoever is signed in"
    BY_RIGHT = "for who has the right"
    STAFF = "for staff"
    UNSAID = "says nothing"


class Outcome(Enum):
    """What must come of a call."""

    ANSWERED = "no server error"
    KNOWN = "neither 401 nor led to sign in"
    WELCOME = "neither 401, 403 nor 404"
    STRANGER = "401, or led to sign in, and no effect"
    OUTSIDE = "403, or led to sign in as somebody else, and no effect"
    FORBIDDEN = "403, and no effect"
    ELSEWHERE = "404, and no effect"
    UNSIGNED = "400 or 403, and no effect"
    LOOKING = "no server error, and no effect"
    NOT_ASKED = "nothing: the call is another caller's business"


@dataclass(frozen=True)
class Declared:
    """What a view says. `rights` by method; `is_for_people` alone, or for keys, too."""

    kind: Kind
    rights: dict[str, Right]
    is_for_people: bool = False


class Careless(ValueError):
    """A view that does not say who may call it."""


def declared(route: Route, method: str) -> Declared:
    """What the view says about a method. Raises Careless if it says nothing."""
    if route.name in PUBLIC:
        return Declared(Kind.OPEN, {})
    if route.name.startswith("webhooks:"):
        return Declared(Kind.SIGNED, {})
    if route.template.startswith("admin/"):
        return Declared(Kind.STAFF, {})
    if isinstance(route.view_class, type) and issubclass(route.view_class, APIView):
        return _of_endpoint(route, method)
    rights = getattr(route.view, "rights", None)
    if rights is not None:
        right = rights["GET" if method == "GET" else "POST"]
        return Declared(Kind.BY_RIGHT, {method: right})
    is_allauths = route.view.__module__.startswith("allauth.")
    if is_allauths or route.name.startswith(PERSONAL):
        return Declared(Kind.PERSONAL, {}, is_for_people=True)
    raise Careless(
        f"{route} says neither by @needs which right it takes, nor is it named among the PUBLIC "
        "or PERSONAL pages in accounts/tests/matrix/declared.py."
    )


def _of_endpoint(route: Route, method: str) -> Declared:
    """What an endpoint's permission classes and `rights` say."""
    view = route.view_class(**getattr(route.view, "initkwargs", {}))
    view.request = SimpleNamespace(method=method)
    permissions = view.get_permissions()
    if not any(isinstance(permission, IsAuthenticated) for permission in permissions):
        raise Careless(
            f"{route} lets anybody in, and is not named among the PUBLIC ones in "
            "accounts/tests/matrix/declared.py."
        )
    is_for_people = any(isinstance(permission, IsPerson) for permission in permissions)
    if not any(isinstance(permission, HasRight) for permission in permissions):
        return Declared(Kind.PERSONAL, {}, is_for_people=is_for_people)
    rights: dict[str, Right] = getattr(view, "rights", {})
    if method not in rights:
        raise Careless(f"{route} names no right for {method} in its `rights`.")
    return Declared(Kind.BY_RIGHT, rights, is_for_people=is_for_people)


def expected(route: Route, method: str, caller: Caller) -> Outcome:
    """What must come of it if the caller asks for the route by the method."""
    said = declared(route, method)
    is_page = not route.template.startswith("api/")
    # A key is no cookie: to pages, who comes with one is a stranger.
    is_stranger = not caller.user or (caller.is_program and is_page)
    return _JUDGES[said.kind](said, route, method, caller, is_stranger)


def _open(said: Declared, route: Route, method: str, caller: Caller, stranger: bool) -> Outcome:
    # What is open asks nobody who they are: a stranger and a customer stand for all.
    is_one_of_two = caller.walks is Walks.EVERYWHERE and not caller.is_staff
    return Outcome.ANSWERED if is_one_of_two and not caller.is_program else Outcome.NOT_ASKED


def _signed(said: Declared, route: Route, method: str, caller: Caller, stranger: bool) -> Outcome:
    return Outcome.UNSIGNED


def _staff(said: Declared, route: Route, method: str, caller: Caller, stranger: bool) -> Outcome:
    if stranger:
        return Outcome.STRANGER
    if not caller.is_staff:
        return Outcome.OUTSIDE
    return Outcome.ANSWERED if caller.is_superuser else Outcome.LOOKING


def _personal(said: Declared, route: Route, method: str, caller: Caller, stranger: bool) -> Outcome:
    if stranger:
        return Outcome.STRANGER
    if caller.is_program and said.is_for_people:
        return Outcome.FORBIDDEN
    if _is_foreign(route, caller):
        return Outcome.ELSEWHERE
    return Outcome.KNOWN if caller.whose is Whose.THEIRS else Outcome.NOT_ASKED


def _by_right(said: Declared, route: Route, method: str, caller: Caller, stranger: bool) -> Outcome:
    if stranger:
        return Outcome.STRANGER
    if (caller.is_program and said.is_for_people) or said.rights[method] not in caller.rights:
        return Outcome.FORBIDDEN
    if _is_foreign(route, caller):
        return Outcome.ELSEWHERE
    if caller.names_foreign_organization and route.template.startswith("api/"):
        return Outcome.ELSEWHERE
    return Outcome.WELCOME if caller.whose is Whose.THEIRS else Outcome.NOT_ASKED


_Judge = Callable[[Declared, Route, str, Caller, bool], Outcome]
_JUDGES: dict[Kind, _Judge] = {
    Kind.OPEN: _open,
    Kind.SIGNED: _signed,
    Kind.STAFF: _staff,
    Kind.PERSONAL: _personal,
    Kind.BY_RIGHT: _by_right,
}


def _is_foreign(route: Route, caller: Caller) -> bool:
    """Whether the URL names something that is not the caller's."""
    owners: set[Any] = {kwarg.belongs_to for kwarg in known(route)}
    if caller.whose is Whose.A_COLLEAGUES:
        return "person" in owners
    return caller.whose is Whose.ANOTHER_CUSTOMERS and bool(owners & {"organisation", "person"})
