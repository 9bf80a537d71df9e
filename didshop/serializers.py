"""What every room needs to put things on the wire, and to take them from it."""

from typing import Any

from rest_framework import serializers


def checked(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What a body, or a query, says. Raises ValidationError, a 400, where it cannot be taken."""
    body = kind(data=data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def money(**kwargs: Any) -> serializers.DecimalField:
    """An amount as a decimal string with two places."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, **kwargs)
