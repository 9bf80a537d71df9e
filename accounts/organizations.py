"""Who a request comes from, and which organisation it acts for."""

from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, Membership, Organization, User
from didshop.errors import NotFound

HEADER = "X-Organization"
SESSION_KEY = "organization"


def user_of(request: Request | HttpRequest) -> User:
    """Who asks. Every view that needs to know refuses strangers beforehand."""
    assert isinstance(request.user, User)
    return request.user


def current(request: Request | HttpRequest) -> Organization:
    """The organisation that `request` acts for: see `membership`."""
    return membership(request).organization


def membership(request: Request | HttpRequest) -> Membership:
    """The signed-in user's place in the organisation that `request` acts for.

    An API key is bound to one organisation. With a token the `X-Organization` header names it,
    on pages the browser's session; without either it is the user's first. Read once a request.

    Raises NotFound ORGANIZATION_NOT_FOUND where the user has no part in the organisation named.
    """
    known: Membership | None = getattr(request, "membership", None)
    if known is None or known.user_id != request.user.pk:
        known = _by_header(request) if isinstance(request, Request) else _by_session(request)
        if known is None:
            raise no_part_in_it()
        request.membership = known  # type: ignore[union-attr]
    return known


def places(request: HttpRequest) -> list[Membership]:
    """Every place of whoever looks at a page, the first one first. Read once a request."""
    known: list[Membership] | None = getattr(request, "places", None)
    if known is None or any(it.user_id != request.user.pk for it in known):
        own = Membership.objects.select_related("organization").filter(user=user_of(request))
        known = list(own.order_by("id"))
        request.places = known  # type: ignore[attr-defined]  # ours, beside Django's own
    return known


def choose(request: HttpRequest, organization_id: UUID) -> Membership:
    """Have the pages of this browser act for another organisation from now on.

    Raises NotFound ORGANIZATION_NOT_FOUND where the user has no part in it.
    """
    chosen = _find(request, organization_id)
    if chosen is None:
        raise no_part_in_it()
    request.session[SESSION_KEY] = str(organization_id)
    return chosen


def no_part_in_it() -> NotFound:
    """The refusal of an organisation that is not there or not the caller's."""
    return NotFound(
        "There is no such organisation, or you have no part in it.",
        code="ORGANIZATION_NOT_FOUND",
    )


def _by_header(request: Request) -> Membership | None:
    named = request.headers.get(HEADER)
    try:
        chosen = UUID(named) if named is not None else None
    except ValueError:
        return None
    if isinstance(request.auth, ApiKey):
        bound_to = request.auth.organization_id
        return _find(request, bound_to) if chosen in (None, bound_to) else None
    return _find(request, chosen)


def _by_session(request: HttpRequest) -> Membership | None:
    named = request.session.get(SESSION_KEY)
    own = places(request)
    # They may have left the organisation that they last looked at.
    return next((it for it in own if str(it.organization_id) == named), own[0] if own else None)


def _find(request: Request | HttpRequest, organization_id: UUID | None = None) -> Membership | None:
    found = Membership.objects.select_related("organization").filter(user=user_of(request))
    if organization_id is not None:
        found = found.filter(organization_id=organization_id)
    return found.order_by("id").first()
