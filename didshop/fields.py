"""Columns that every room shares."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and in the order of creation."""
    return uuid7()


class Record(models.Model):
    """A row with a UUIDv7 as its id and the time it was made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


if TYPE_CHECKING:
    _Decimal = models.DecimalField[Any, Any]
else:
    # Generic for mypy only.
    _Decimal = models.DecimalField


class MoneyField(_Decimal):
    """An amount of money, to a hundredth of a cent (prices a minute need it), never float."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)
