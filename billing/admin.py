"""Billing in the admin: to be read. Money moves by verbs only."""

from django.contrib import admin

from billing.models import BillingAccount, Payment, PaymentMethod
from didshop.admin import ReadOnlyAdmin


@admin.register(BillingAccount)
class BillingAccountAdmin(ReadOnlyAdmin):
    list_display = ["organization", "stripe_customer_id", "created_at"]
    search_fields = ["organization__name", "stripe_customer_id"]
    list_select_related = ["organization"]


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "organization", "is_default", "exp_month", "exp_year", "removed_at"]
    list_filter = ["brand", "is_default"]
    search_fields = ["organization__name", "stripe_id", "last4"]
    list_select_related = ["organization"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "organization",
        "status",
        "held",
        "captured",
        "currency",
        "error",
    ]
    fields = [
        "organization",
        "payment_method",
        "reference",
        "attempt",
        "status",
        "amount",
        "captured_amount",
        "currency",
        "intent_id",
        "action_url",
        "return_url",
        "error_code",
        "error",
    ]
    list_filter = ["status", "currency"]
    search_fields = ["organization__name", "intent_id", "reference"]
    list_select_related = ["organization"]
    date_hierarchy = "created_at"

    @admin.display(description="Held", ordering="amount")
    def held(self, payment: Payment) -> str:
        return f"{payment.amount:.2f}"

    @admin.display(description="Charged", ordering="captured_amount")
    def captured(self, payment: Payment) -> str:
        return f"{payment.captured_amount:.2f}"
