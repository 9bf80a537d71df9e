"""Which Content-Security-Policy a page gets: the strict one of settings, but for the admin."""

from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# The admin's theme is built on Alpine, which evaluates what stands in attributes and sets styles
# from scripts; its menus do not open otherwise. Scripts still come from our own files only.
_ADMIN: dict[str, Any] = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class PolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, with the admin's own allowance."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - the signature is django-csp's
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        match = request.resolver_match
        if match and "admin" in match.namespaces:
            parts.update = {**_ADMIN, **(parts.update or {})}
        return parts
