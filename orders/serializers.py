"""Orders on the wire (docs/api.md)."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from dids.models import Number
from dids.quoting import E164, GIVE_E164
from dids.routing_rules import LONGEST_NAME, LONGEST_URL, check_name, check_url
from didshop.serializers import money
from orders.models import Order, OrderLine
from orders.placing import MOST_LINES
from orders.quotes import Item
from orders.reading import PAYMENT_STATUS, timelines

E164_ONLY = RegexValidator(E164, GIVE_E164)
# They answer the text in its proper form, of which DRF takes no notice.
PRINTABLE: Any = check_name
CALLABLE: Any = check_url


def url() -> serializers.CharField:
    """An address that may be called, or left out."""
    return serializers.CharField(required=False, max_length=LONGEST_URL, validators=[CALLABLE])


class RoutingConfigSerializer(serializers.Serializer[Any]):
    """Where the number's calls go from the start."""

    voice_url = url()
    voice_method = serializers.ChoiceField(choices=Number.HttpMethod.choices, required=False)
    status_callback = url()


class ItemSerializer(serializers.Serializer[Any]):
    """One number to buy."""

    phone_number = serializers.CharField(validators=[E164_ONLY])
    friendly_name = serializers.CharField(
        required=False, max_length=LONGEST_NAME, validators=[PRINTABLE]
    )
    config = RoutingConfigSerializer(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The item with what its `config` says beside the rest."""
        fields = super().to_internal_value(data)
        config = fields.pop("config", {})
        return {**fields, **config}


class ItemListField(serializers.ListField):
    """One to ten numbers to buy, each named once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"child": ItemSerializer(), "min_length": 1, "max_length": MOST_LINES, **kwargs}
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = super().to_internal_value(data)
        numbers = [item["phone_number"] for item in items]
        twice: Any = {
            position: {"phone_number": ["This number stands in the order already."]}
            for position, number in enumerate(numbers)
            if number in numbers[:position]
        }
        if twice:
            raise serializers.ValidationError(twice)
        return items


class BillingInfoSerializer(serializers.Serializer[Any]):
    """How the order is paid: a card on file, by our id or Stripe's."""

    payment_method_id = serializers.CharField(required=False, max_length=64)
    use_balance = serializers.BooleanField(
        required=False, help_text="Only false is taken: there is no balance to pay from yet."
    )

    def validate_use_balance(self, value: bool) -> bool:  # noqa: FBT001 - as DRF calls it
        if value:
            sentence = "Orders cannot be paid from a balance yet. Name a card instead."
            raise serializers.ValidationError(sentence)
        return value


class NewOrderSerializer(serializers.Serializer[Any]):
    """An order to place. `strategy` bestEffort: buy what can be had, charge only that."""

    items = ItemListField()
    billing_info = BillingInfoSerializer(required=False)
    strategy = serializers.ChoiceField(
        choices=["bestEffort"],
        required=False,
        error_messages={
            "invalid_choice": "Only bestEffort is possible yet: what can be had is bought and "
            "charged, the rest is not."
        },
    )

    def chosen_items(self) -> list[Item]:
        return [Item(**item) for item in self.validated_data[self.list_name]]

    def chosen_method(self) -> str:
        info = self.validated_data.get("billing_info", {})
        return str(info.get("payment_method_id", ""))

    list_name = "items"


class PurchaseSerializer(NewOrderSerializer):
    """The same under the plan's name for the list."""

    items = None  # type: ignore[assignment]  # so DRF drops an inherited field
    phone_numbers = ItemListField()
    list_name = "phone_numbers"


class PurchaseResultSerializer(serializers.Serializer[OrderLine]):
    """What became of one number so far."""

    phone_number = serializers.CharField()
    status = serializers.SerializerMethodField()
    number_id = serializers.UUIDField(required=False)
    error = serializers.CharField(required=False)
    code = serializers.CharField(source="error_code", required=False)

    def get_status(self, line: OrderLine) -> str:
        """PENDING, SUCCESS or FAILED."""
        if line.status == OrderLine.Status.ACTIVE:
            return "SUCCESS"
        failed = (OrderLine.Status.FAILED, OrderLine.Status.CANCELLED)
        return "FAILED" if line.status in failed else "PENDING"

    def to_representation(self, line: OrderLine) -> dict[str, Any]:
        """Without what is empty: a number that is not delivered has no id."""
        shown = super().to_representation(line)
        if line.status != OrderLine.Status.ACTIVE:
            # The claim on a number that is still being bought is nobody's number yet.
            del shown["number_id"]
        return {name: value for name, value in shown.items() if value not in (None, "")}


class PurchaseAnswerSerializer(serializers.Serializer[Order]):
    """The order that a purchase made, with a result for each number."""

    order_id = serializers.UUIDField(source="pk")
    order_number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    results = PurchaseResultSerializer(source="lines.all", many=True)
    total_purchased = serializers.SerializerMethodField()

    def get_total_purchased(self, order: Order) -> int:
        return sum(line.status == OrderLine.Status.ACTIVE for line in order.lines.all())


class LineSerializer(serializers.ModelSerializer[OrderLine]):
    """One number of an order."""

    setup_price = money()
    monthly_price = money()
    number_id = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(source="error_code")

    class Meta:
        model = OrderLine
        fields = [
            "id",
            "phone_number",
            "status",
            "setup_price",
            "monthly_price",
            "number_id",
            "error",
            "code",
        ]
        read_only_fields = fields


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order with its lines, what was quoted and what was charged."""

    total_amount = money()
    captured_amount = money(source="payment.captured_amount")
    payment_status = serializers.SerializerMethodField()
    payment_method = serializers.CharField(source="payment.payment_method")
    action_url = serializers.SerializerMethodField()
    lines = LineSerializer(many=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "order_number",
            "status",
            "payment_status",
            "payment_method",
            "total_amount",
            "captured_amount",
            "currency",
            "action_url",
            "created_at",
            "completed_at",
            "lines",
        ]
        read_only_fields = fields

    def get_payment_status(self, order: Order) -> str:
        """PENDING, SUCCEEDED, FAILED or CANCELLED."""
        return PAYMENT_STATUS[order.payment_state]

    def get_action_url(self, order: Order) -> str | None:
        """Where the customer confirms the payment with their bank, while that is needed."""
        return order.action_url or None


class TimelineEntrySerializer(serializers.Serializer[Any]):
    """One change of a line."""

    at = serializers.DateTimeField(source="created_at")
    status = serializers.CharField(source="new")
    reason = serializers.CharField()


class LineStatusSerializer(serializers.Serializer[OrderLine]):
    """How a line stands and how it came to that."""

    phone_number = serializers.CharField()
    status = serializers.ChoiceField(choices=OrderLine.Status.choices)
    error = serializers.CharField(required=False)
    timeline = TimelineEntrySerializer(many=True)


class OrderStatusSerializer(serializers.Serializer[Order]):
    """How an order stands, for polling."""

    status = serializers.ChoiceField(choices=Order.Status.choices)
    payment_status = serializers.CharField()
    lines = LineStatusSerializer(many=True)

    def to_representation(self, order: Order) -> dict[str, Any]:
        found = timelines(order)
        return {
            "status": order.status,
            "payment_status": PAYMENT_STATUS[order.payment_state],
            "lines": [_line_status(line, found[line.pk]) for line in order.lines.all()],
        }


def _line_status(line: OrderLine, rows: list[Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"phone_number": line.phone_number, "status": line.status}
    if line.error:
        shown["error"] = line.error
    shown["timeline"] = TimelineEntrySerializer(rows, many=True).data
    return shown
