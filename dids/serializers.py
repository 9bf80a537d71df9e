"""Numbers on the wire (docs/api.md)."""

from typing import Any

from rest_framework import serializers

from dids.criteria import MOST_MILES, MOST_RESULTS, Criteria, clean_pattern
from dids.models import Number, NumberType
from dids.search import Found
from didshop.serializers import money
from telephony.carrier import normalise_number_type


class SearchSerializer(serializers.Serializer[Any]):
    """What to search for. The carrier's own rules are checked by the search itself."""

    country_code = serializers.CharField(help_text="ISO 3166-1, such as US.")
    number_type = serializers.CharField(
        default="local", help_text="local (default), tollFree, mobile or national."
    )
    area_code = serializers.CharField(required=False, help_text="US and Canada only.")
    contains = serializers.CharField(
        required=False,
        max_length=40,
        help_text="2 to 16 digits and letters; * is any one, % any number of them, + at the "
        "beginning ties to the start and $ at the end to the end.",
    )
    near_lat_long = serializers.CharField(
        required=False, help_text="Such as 37.78,-122.41. US and Canada only."
    )
    near_number = serializers.CharField(
        required=False, help_text="E.164, the plus sign encoded as %2B. US and Canada only."
    )
    distance = serializers.IntegerField(
        required=False, help_text=f"Miles around either, 1 to {MOST_MILES} (25)."
    )
    locality = serializers.CharField(required=False, help_text="A town, such as San Francisco.")
    region = serializers.CharField(required=False, help_text="Such as CA. US and Canada only.")
    postal_code = serializers.CharField(required=False, help_text="US and Canada only.")
    capabilities = serializers.CharField(
        required=False, help_text="Of voice, sms, mms and fax, with commas between them."
    )
    exclude_address_required = serializers.BooleanField(
        default=False, help_text="Leave out numbers that need an address."
    )
    limit = serializers.IntegerField(default=20, help_text=f"1 to {MOST_RESULTS}.")

    def criteria(self) -> Criteria:
        """What was given, in the spelling that the search takes."""
        given = dict(self.validated_data)
        words = given.get("capabilities", "").lower().split(",")
        capabilities = tuple(word.strip() for word in words if word.strip())
        given["country_code"] = given["country_code"].upper()
        # What is no type of ours stays as it came, to be refused with the rest.
        given["number_type"] = normalise_number_type(given["number_type"]) or given["number_type"]
        given["contains"] = clean_pattern(given.get("contains", ""))
        # A plus that was not encoded arrives as a space.
        near_number = given.get("near_number", "")
        if near_number[:1].isdigit():
            given["near_number"] = f"+{near_number}"
        return Criteria(**{**given, "capabilities": capabilities})


class PriceSerializer(serializers.Serializer[Any]):
    """What a number costs: once, a month, and a minute of an inbound call where that is known."""

    setup = money()
    monthly = money()
    inbound_per_minute = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    currency = serializers.CharField()


class OfferSerializer(serializers.Serializer[Any]):
    """A number for sale."""

    phone_number = serializers.CharField(help_text="E.164.")
    friendly_name = serializers.CharField()
    country_code = serializers.CharField()
    region = serializers.CharField()
    locality = serializers.CharField()
    postal_code = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    number_type = serializers.ChoiceField(choices=NumberType.choices)
    capabilities = serializers.ListField(child=serializers.CharField())
    address_requirement = serializers.ChoiceField(choices=["none", "any", "local", "foreign"])
    price = PriceSerializer()
    held = serializers.SerializerMethodField(
        help_text="Whether another customer of this shop holds it. Nobody holds numbers yet."
    )

    def get_held(self, offer: Any) -> bool:
        return False


class CriteriaSerializer(serializers.Serializer[Criteria]):
    """What was searched for; what was not given is left out."""

    def to_representation(self, criteria: Criteria) -> dict[str, Any]:
        given = {name: value for name, value in vars(criteria).items() if value}
        if criteria.capabilities:
            given["capabilities"] = ",".join(criteria.capabilities)
        return given


class AlternativeSerializer(serializers.Serializer[Any]):
    """Another search that may find something."""

    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it off the class
    search_params = serializers.DictField(source="criteria")

    def to_representation(self, alternative: Any) -> dict[str, Any]:
        return {
            "label": alternative.label,
            "search_params": CriteriaSerializer(alternative.criteria).data,
        }


class FoundSerializer(serializers.Serializer[Found]):
    """What a search found, or where to look instead."""

    numbers = OfferSerializer(many=True, source="offers")
    total = serializers.IntegerField()
    search_params = serializers.DictField()
    alternatives = AlternativeSerializer(many=True, required=False)

    def to_representation(self, found: Found) -> dict[str, Any]:
        answer = {
            "numbers": OfferSerializer(found.offers, many=True).data,
            "total": found.total,
            "search_params": CriteriaSerializer(self.context["criteria"]).data,
        }
        if found.alternatives:
            answer["alternatives"] = AlternativeSerializer(found.alternatives, many=True).data
        return answer


class CountryCodeSerializer(serializers.Serializer[Any]):
    """A country to ask about."""

    country_code = serializers.CharField(help_text="ISO 3166-1, such as US.")

    def validate_country_code(self, value: str) -> str:
        return value.upper()


class AreaCodesQuerySerializer(CountryCodeSerializer):
    """A country, or one of its regions."""

    region = serializers.CharField(
        required=False, default="", max_length=10, help_text="Such as CA. US and Canada only."
    )


class ListedPriceSerializer(serializers.Serializer[Any]):
    """A line of the price list."""

    number_type = serializers.ChoiceField(choices=NumberType.choices)
    price = PriceSerializer()


class PriceListSerializer(serializers.Serializer[Any]):
    """What numbers cost in a country."""

    country_code = serializers.CharField()
    prices = ListedPriceSerializer(many=True)


class CountrySerializer(serializers.Serializer[Any]):
    """A country that we sell numbers of."""

    code = serializers.CharField()
    name = serializers.CharField()
    calling_code = serializers.CharField()
    number_types = serializers.ListField(child=serializers.CharField())
    requirements = serializers.ListField(child=serializers.CharField())
    beta = serializers.BooleanField()


class CountriesSerializer(serializers.Serializer[Any]):
    countries = CountrySerializer(many=True)


class AreaCodeSerializer(serializers.Serializer[Any]):
    """An area code; the largest towns first."""

    area_code = serializers.CharField(source="code")
    region = serializers.CharField()
    region_name = serializers.CharField()
    localities = serializers.ListField(child=serializers.CharField())


class AreaCodesSerializer(serializers.Serializer[Any]):
    country_code = serializers.CharField()
    area_codes = AreaCodeSerializer(many=True)


class TypeSerializer(serializers.Serializer[Any]):
    """A type of number. `parameter`: how a search names it."""

    number_type = serializers.ChoiceField(choices=NumberType.choices)
    parameter = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it off the class
    description = serializers.CharField()


class TypesSerializer(serializers.Serializer[Any]):
    types = TypeSerializer(many=True)


class OrderOfNumberSerializer(serializers.Serializer[Any]):
    """The order that bought a number."""

    id = serializers.UUIDField()
    order_number = serializers.CharField()


class NumberSerializer(serializers.ModelSerializer[Number]):
    """A number of the organisation's."""

    setup_price = money(read_only=True)
    monthly_price = money(read_only=True)
    is_configured = serializers.BooleanField(
        read_only=True, help_text="Whether the carrier has heard of the newest routing."
    )
    call_count = serializers.IntegerField(read_only=True)
    order = OrderOfNumberSerializer(
        source="order_line.order", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = Number
        fields: tuple[str, ...] = (
            "id",
            "phone_number",
            "friendly_name",
            "country_code",
            "region",
            "locality",
            "area_code",
            "number_type",
            "capabilities",
            "status",
            "setup_price",
            "monthly_price",
            "currency",
            "forward_to",
            "voice_url",
            "voice_method",
            "voice_fallback_url",
            "status_callback",
            "is_configured",
            "paid_through",
            "release_at",
            "purchased_at",
            "call_count",
            "order",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ConfigurationSerializer(serializers.Serializer[Any]):
    """What to change; what is not named stays, and null or nothing clears.

    `forwardTo` and `voiceUrl` exclude each other: setting the one ends the other.
    """

    friendly_name = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    forward_to = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="A phone, in E.164 form."
    )
    voice_url = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    voice_method = serializers.ChoiceField(
        required=False, allow_null=True, choices=Number.HttpMethod.choices
    )
    voice_fallback_url = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    status_callback = serializers.CharField(required=False, allow_blank=True, allow_null=True)
