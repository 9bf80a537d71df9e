"""Orders in the admin: read mostly; the actions call the same verbs as everybody else."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from accounts.organizations import user_of
from didshop.errors import ShopError
from orders.cancelling import cancel
from orders.models import Order, OrderLine
from orders.provisioning import wake_for
from orders.reading import timelines


class LineInline(TabularInline):
    """The lines of an order."""

    model = OrderLine
    fields = [
        "position",
        "phone_number",
        "status",
        "first_charge",
        "attempts",
        "error_code",
        "error",
    ]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ModelAdmin):
    list_display = [
        "order_number",
        "organization",
        "status",
        "total_amount",
        "captured",
        "currency",
        "created_at",
    ]
    list_filter = ["status", "lines__status"]
    search_fields = ["order_number", "organization__name", "lines__phone_number"]
    list_select_related = ["organization", "payment"]
    date_hierarchy = "created_at"
    inlines = [LineInline]
    actions = ["wake_orders", "cancel_orders"]
    exclude = ["payment"]
    readonly_fields = [
        "order_number",
        "organization",
        "placed_by",
        "status",
        "total_amount",
        "captured",
        "currency",
        "payment_state",
        "cancel_requested_at",
        "completed_at",
        "history",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Charged")
    def captured(self, order: Order) -> str:
        return f"{order.payment.captured_amount:.2f}"

    @admin.display(description="Payment")
    def payment_state(self, order: Order) -> str:
        return f"{order.payment_state.label} ({order.payment.payment_method})"

    @admin.display(description="History")
    def history(self, order: Order) -> SafeString:
        """Every change of the order, its payment and its lines."""
        rows = sorted((row for rows in timelines(order).values() for row in rows), key=_by_time)
        return format_html_join(
            "\n",
            "<p>{} · {} · {} {}</p>",
            (
                (f"{row.created_at:%Y-%m-%d %H:%M:%S}", row.subject_kind, row.new, row.reason)
                for row in rows
            ),
        )

    @admin.action(description="Advance now", permissions=["change"])
    def wake_orders(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders:
            wake_for(order.pk)
        messages.success(request, "The worker looks at them now.")

    @admin.action(description="Cancel what is not bought yet", permissions=["change"])
    def cancel_orders(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders:
            try:
                cancel(order, actor=user_of(request))
                messages.success(request, f"{order}: cancelled what was not bought yet.")
            except ShopError as error:
                messages.error(request, f"{order}: {error.message}")


def _by_time(row: Any) -> Any:
    return row.id
