"""Orders in the admin: read mostly; the actions call the same verbs as everybody else."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.organizations import user_of
from didshop.admin import ReadOnlyAdmin, ReadOnlyInline, history_of
from didshop.errors import ShopError
from orders.cancelling import cancel
from orders.models import Order, OrderLine
from orders.provisioning import wake_for
from orders.reading import timelines


class LineInline(ReadOnlyInline):
    """The lines of an order."""

    model = OrderLine
    verbose_name_plural = "Lines"
    fields = [
        "position",
        "phone_number",
        "status",
        "charge",
        "attempts",
        "error_code",
        "error",
    ]
    readonly_fields = fields
    hide_title = True

    @admin.display(description="First charge")
    def charge(self, line: OrderLine) -> str:
        return f"{line.first_charge:.2f}"


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = [
        "order_number",
        "organization",
        "status",
        "asked",
        "captured",
        "currency",
        "created_at",
    ]
    list_filter = ["status", "lines__status"]
    search_fields = ["order_number", "organization__name", "lines__phone_number"]
    list_select_related = ["organization", "payment__payment_method"]
    date_hierarchy = "created_at"
    inlines = [LineInline]
    actions = ["wake_orders", "cancel_orders"]
    fields = [
        "order_number",
        "organization",
        "placed_by",
        "status",
        "asked",
        "captured",
        "currency",
        "payment_state",
        "created_at",
        "cancel_requested_at",
        "completed_at",
        "history",
    ]

    @admin.display(description="Asked", ordering="total_amount")
    def asked(self, order: Order) -> str:
        return f"{order.total_amount:.2f}"

    @admin.display(description="Charged")
    def captured(self, order: Order) -> str:
        return f"{order.payment.captured_amount:.2f}"

    @admin.display(description="Payment")
    def payment_state(self, order: Order) -> str:
        return f"{order.payment_state.label} ({order.payment.payment_method})"

    @admin.display(description="History")
    def history(self, order: Order) -> SafeString:
        """Every change of the order, its payment and its lines, oldest first."""
        return history_of(row for rows in timelines(order).values() for row in rows)

    @admin.action(description="Advance now", permissions=["act"])
    def wake_orders(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders:
            wake_for(order.pk)
        messages.success(request, "The worker looks at them now.")

    @admin.action(description="Cancel what is not bought yet", permissions=["act"])
    def cancel_orders(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders:
            try:
                cancel(order, actor=user_of(request))
                messages.success(request, f"{order}: cancelled what was not bought yet.")
            except ShopError as error:
                messages.error(request, f"{order}: {error.sentence}")
