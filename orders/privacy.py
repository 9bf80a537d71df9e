"""What orders tell of a customer: copied out, and in the way of an end.

Nothing of an order is erased: it is kept as the books want it, with ids in place of people.
"""

from collections.abc import Iterator

from accounts.models import Organization
from accounts.privacy import registry
from accounts.privacy.registry import Hindrance, Rows
from orders.models import Order, OrderLine


def register() -> None:
    """Take part in exports and erasures. Called once, at start."""
    registry.register_section("orders", "Your orders, and what they came to.", _orders)
    registry.register_section("orders-history", "Every change of an order's status.", _history)
    registry.register_section("orders-lines", "The numbers of each order, as offered.", _lines)
    registry.register_section(
        "orders-lines-history", "Every change of a line's status.", _lines_history
    )
    registry.register_hindrance(_open_orders)


def _orders(organization: Organization) -> Rows:
    return registry.columns(
        Order.objects.of(organization),
        "id",
        "order_number",
        "status",
        "total_amount",
        "currency",
        "payment_id",
        "placed_by_id",
        "created_at",
        "completed_at",
        "cancel_requested_at",
    )


def _history(organization: Organization) -> Rows:
    return registry.history(Order, Order.objects.of(organization))


def _lines(organization: Organization) -> Rows:
    return registry.columns(
        OrderLine.objects.filter(order__organization=organization),
        "id",
        "order_id",
        "position",
        "phone_number",
        "status",
        "setup_price",
        "monthly_price",
        "offer",
        "number_id",
        "error",
    )


def _lines_history(organization: Organization) -> Rows:
    return registry.history(OrderLine, OrderLine.objects.filter(order__organization=organization))


def _open_orders(organization: Organization) -> Iterator[Hindrance]:
    count = Order.objects.of(organization).open().count()
    if count:
        orders = "An order" if count == 1 else f"{count} orders"
        yield Hindrance(
            "OPEN_ORDERS",
            f"{orders} of {organization} {'is' if count == 1 else 'are'} still under way. "
            "Wait for the end, or cancel.",
        )
