"""What money tells of a customer: copied out, and erased.

Payments are kept: the law wants books kept. The customer's record at Stripe goes, and the cards
with it; Stripe keeps its own books of what was paid.
"""

import structlog
from django.utils import timezone

from accounts.models import Organization
from accounts.privacy import registry
from accounts.privacy.closing import closed_organizations
from accounts.privacy.registry import Rows
from billing import gateway
from billing.models import BillingAccount, Payment, PaymentMethod
from didshop.waking import wake

log = structlog.get_logger(__name__)


def register() -> None:
    """Take part in exports and erasures. Called once, at start."""
    registry.register_section(
        "cards", "Cards on file, and those removed. We never had more than this of them.", _cards
    )
    registry.register_section("payments", "Every attempt to take money, and its end.", _payments)
    registry.register_section("payments-history", "Every change of a payment's status.", _history)
    registry.register_eraser(_remove_cards)


def forget_customers() -> None:
    """Delete at Stripe whoever's organisation has ended. Where Stripe is away, the next time does.

    Source: Stripe, "Delete a customer": it takes their cards with it.
    """
    left = BillingAccount.objects.filter(organization__in=closed_organizations())
    for account in left.exclude(stripe_customer_id=None):
        try:
            gateway.delete_customer(str(account.stripe_customer_id))
        except gateway.GatewayError as error:
            log.warning("stripe_customer_not_deleted", account=str(account.pk), error=str(error))
        else:
            BillingAccount.objects.filter(pk=account.pk).update(stripe_customer_id=None)


def _cards(organization: Organization) -> Rows:
    return registry.columns(
        PaymentMethod.objects.filter(organization=organization),
        "id",
        "brand",
        "last4",
        "exp_month",
        "exp_year",
        "is_default",
        "created_at",
        "removed_at",
    )


def _payments(organization: Organization) -> Rows:
    return registry.columns(
        Payment.objects.filter(organization=organization),
        "id",
        "reference",
        "attempt",
        "status",
        "amount",
        "captured_amount",
        "currency",
        "payment_method_id",
        "created_at",
        "error",
    )


def _history(organization: Organization) -> Rows:
    return registry.history(Payment, Payment.objects.filter(organization=organization))


def _remove_cards(organization: Organization) -> None:
    """From now on nothing can be charged; Stripe is told by a task."""
    PaymentMethod.objects.of(organization).update(removed_at=timezone.now(), is_default=False)
    wake("billing.tasks.forget_customers")
