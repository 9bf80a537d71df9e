"""What an endpoint of the API asks of its caller."""

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts.rights import Right, check, key_of, not_for_keys

if TYPE_CHECKING:
    # DRF's views load this module by name while they are being made.
    from rest_framework.views import APIView


class HasRight(IsAuthenticated):
    """The caller has the right that the view's `rights` names for the method.

    This is the default of the API, and closed: a view that names none answers nobody.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not super().has_permission(request, view):
            return False
        right = _right_for(request, view)
        if right is not None:
            check(request, right)
        return True


class IsPerson(IsAuthenticated):
    """The caller is signed in as themselves: what is about a person is closed to keys."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not super().has_permission(request, view):
            return False
        if key_of(request) is not None:
            raise not_for_keys()
        return True


def _right_for(request: Request, view: "APIView") -> Right | None:
    """What the method needs. None for a method that the view does not have: a 405 follows."""
    method = {"HEAD": "GET", "OPTIONS": "GET"}.get(request.method or "", request.method or "")
    if method not in view.allowed_methods:
        return None
    rights: dict[str, Right] = getattr(view, "rights", {})
    if method not in rights:
        raise ImproperlyConfigured(f"{type(view).__name__} names no right for {method}.")
    return rights[method]
