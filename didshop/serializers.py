"""Fields that every room puts on the wire."""

from typing import Any

from rest_framework import serializers


def money(**kwargs: Any) -> serializers.DecimalField:
    """An amount as a decimal string with two places."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, **kwargs)
