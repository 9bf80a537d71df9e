"""The admin's site: unfold's, with the content security policy that its scripts need."""

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from unfold.sites import UnfoldAdminSite

# unfold is drawn by Alpine, which evaluates the expressions in its attributes and sets styles.
# Only signed-in staff get this; every other page keeps the strict policy.
_POLICY = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class ShopAdminSite(UnfoldAdminSite):
    """`django.contrib.admin.site`, by `didshop.admin_config.ShopAdminConfig`."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        return csp_update(_POLICY)(super().admin_view(view, cacheable))
