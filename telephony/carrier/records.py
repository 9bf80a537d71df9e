"""What the carrier facade hands out: plain records, nothing of the SDK's."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class AvailableNumber:
    """A number that the carrier has for sale.

    phone_number: E.164. number_type: LOCAL, TOLL_FREE, MOBILE or NATIONAL. capabilities: of
    voice, sms, mms, fax. address_requirement: none, any, local or foreign. Texts are empty and
    coordinates None where the carrier names none.
    """

    phone_number: str
    friendly_name: str
    country_code: str
    region: str
    locality: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    number_type: str
    capabilities: tuple[str, ...]
    address_requirement: str


@dataclass(frozen=True, kw_only=True)
class NumberSettings:
    """Where the carrier sends the calls of a number and the news of them. Empty clears."""

    voice_url: str
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    status_callback: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnedNumber:
    """A number in our account at the carrier. friendly_name: our reference, as given to `buy`."""

    sid: str
    phone_number: str
    friendly_name: str
    voice_url: str
    voice_method: str
    voice_fallback_url: str
    status_callback: str

    @property
    def settings(self) -> NumberSettings:
        """Where its calls go now."""
        return NumberSettings(
            voice_url=self.voice_url,
            voice_method=self.voice_method,
            voice_fallback_url=self.voice_fallback_url,
            status_callback=self.status_callback,
        )


@dataclass(frozen=True, kw_only=True)
class NumberPrice:
    """What the carrier asks us a month for a number. currency: ISO 4217 in upper case."""

    number_type: str
    monthly: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class VoicePrice:
    """What the carrier asks us a minute of an inbound call."""

    number_type: str
    inbound_per_minute: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class CarrierCountry:
    """A country in which the carrier sells numbers, and which types. code: ISO 3166-1 alpha-2."""

    code: str
    name: str
    number_types: tuple[str, ...]
    beta: bool
