"""What every page knows about who looks at it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import organizations
from accounts.models import Organization
from didshop.errors import NotFound


def organization(request: HttpRequest) -> dict[str, object]:
    """The signed-in user's organisation, read when a template asks for it."""
    # Error pages are also rendered for requests that never reached the middleware.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"organization": SimpleLazyObject(lambda: _current_or_none(request))}


def _current_or_none(request: HttpRequest) -> Organization | None:
    try:
        return organizations.current(request)
    except NotFound:
        return None
