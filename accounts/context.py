"""What every page knows about who looks at it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import organizations
from accounts.models import Organization
from accounts.rights import Right, rights_of
from didshop.errors import NotFound


def organization(request: HttpRequest) -> dict[str, object]:
    """The signed-in user's organisation, rights and places, read when a template asks for them.

    `{% if "numbers:write" in rights %}` hides what would be refused.
    """
    # Error pages are also rendered for requests that never reached the middleware.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "organization": SimpleLazyObject(lambda: _current_or_none(request)),
        "rights": SimpleLazyObject(lambda: _rights_or_none(request)),
        "places": SimpleLazyObject(lambda: organizations.places(request)),
    }


def _current_or_none(request: HttpRequest) -> Organization | None:
    try:
        return organizations.current(request)
    except NotFound:
        return None


def _rights_or_none(request: HttpRequest) -> frozenset[Right]:
    try:
        return rights_of(request)
    except NotFound:
        return frozenset()
