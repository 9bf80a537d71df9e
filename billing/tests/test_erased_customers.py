"""Whoever deletes their account is deleted at Stripe, too, with their cards."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organization, User
from accounts.privacy import erasing
from billing import gateway, tasks
from billing.models import BillingAccount, PaymentMethod
from billing.tests.conftest import CardAdder, stripe_down
from didshop.tests.sandboxes import Sandbox

pytestmark = pytest.mark.django_db


def test_the_customer_goes_with_the_cards(
    alice: User,
    add: CardAdder,
    run_tasks: Callable[[], list[str]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    card = add()
    customer = BillingAccount.objects.get().stripe_customer_id
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(alice)
    assert not PaymentMethod.objects.of(card.organization).exists()
    run_tasks()
    assert BillingAccount.objects.get().stripe_customer_id is None
    assert gateway.fetch_card(card.stripe_id).customer_id == ""
    with pytest.raises(gateway.Refused):
        gateway.start_setup(customer_id=str(customer))


def test_where_stripe_is_away_the_next_time_does_it(
    alice: User, add: CardAdder, sandbox: Sandbox
) -> None:
    add()
    erasing.erase(alice)
    stripe_down(sandbox)
    tasks.forget_customers()
    assert BillingAccount.objects.get().stripe_customer_id
    sandbox.clear_faults()
    tasks.forget_customers()
    assert BillingAccount.objects.get().stripe_customer_id is None


def test_one_that_is_gone_already_is_no_error(alice: User, add: CardAdder) -> None:
    add()
    gateway.delete_customer(str(BillingAccount.objects.get().stripe_customer_id))
    erasing.erase(alice)
    tasks.forget_customers()
    assert BillingAccount.objects.get().stripe_customer_id is None


def test_nobody_else_is_forgotten(home: Organization, alice: User, bob: User, add: Any) -> None:
    add()
    erasing.erase(bob)
    # Staff may take members out by hand; that ends nothing.
    home.memberships.all().delete()
    tasks.forget_customers()
    assert BillingAccount.objects.get().stripe_customer_id
    assert PaymentMethod.objects.of(home).count() == 1
