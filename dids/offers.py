"""What we offer: a number that the carrier has, with our price for it."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from dids.models import NumberType
from dids.presentation import Presented
from telephony.carrier import AvailableNumber


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a number costs: once, a month, and a minute of an inbound call (None: unknown).

    carrier_monthly: what the carrier asks us. It is never shown to customers.
    """

    setup: Decimal
    monthly: Decimal
    carrier_monthly: Decimal
    inbound_per_minute: Decimal | None
    currency: str

    @property
    def first_charge(self) -> Decimal:
        """What is paid at purchase: set-up and the first month in full."""
        return self.setup + self.monthly

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Price":
        """The inverse of what `Offer.to_dict` says of a price."""
        per_minute = data["inbound_per_minute"]
        return cls(
            setup=Decimal(data["setup"]),
            monthly=Decimal(data["monthly"]),
            carrier_monthly=Decimal(data["carrier_monthly"]),
            inbound_per_minute=None if per_minute is None else Decimal(per_minute),
            currency=data["currency"],
        )


@dataclass(frozen=True, kw_only=True)
class Offer(AvailableNumber, Presented):
    """A number for sale at a price of ours."""

    price: Price

    @classmethod
    def of(cls, number: AvailableNumber, price: Price) -> "Offer":
        """The carrier's number at our price."""
        return cls(**vars(number), price=price)

    @property
    def number_type_label(self) -> str:
        """The type in words."""
        return str(NumberType(self.number_type).label)

    @property
    def needs_address(self) -> bool:
        """Whether the carrier wants an address for it."""
        return self.address_requirement != "none"

    def to_dict(self) -> dict[str, Any]:
        """For JSON and the cache: amounts as decimal strings."""
        return {
            **asdict(self),
            "capabilities": list(self.capabilities),
            "price": {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in asdict(self.price).items()
            },
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Offer":
        """The inverse of `to_dict`."""
        return cls(
            **{
                **data,
                "capabilities": tuple(data["capabilities"]),
                "price": Price.from_dict(data["price"]),
            }
        )
