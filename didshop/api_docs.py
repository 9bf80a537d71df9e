"""Swagger UI and Redoc, from the sidecar package: nothing comes from elsewhere."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

# Both pages set styles from their scripts; Redoc searches in a worker made of a blob.
_POLICY = {
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "worker-src": ["blob:"],
}

swagger = csp_update(_POLICY)(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))
redoc = csp_update(_POLICY)(
    SpectacularRedocView.as_view(url_name="api-schema", template_name="docs/redoc.html")
)
