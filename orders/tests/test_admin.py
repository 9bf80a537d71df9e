"""Orders in the admin: all staff look, who may change orders acts."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("admin:orders_order_changelist")


def staff(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def act(client: Client, action: str, order: Order) -> None:
    client.post(LIST, {"action": action, "_selected_action": [str(order.pk)]})
    order.refresh_from_db()


@pytest.mark.parametrize("role", [User.Role.ADMIN, User.Role.SUPER_ADMIN])
def test_staff_see_an_order_with_its_lines_and_history(role, shopper, numbers):
    order = shopper.buys(numbers[0])
    client = staff(role)

    assert order.order_number in client.get(LIST).content.decode()
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert numbers[0] in page
    assert "All numbers are live." in page
    assert 'name="_save"' not in page


def test_who_may_change_orders_cancels(shopper, numbers):
    order = shopper.places(numbers[0])

    act(staff(User.Role.SUPER_ADMIN), "cancel_orders", order)

    assert order.cancel_requested_at is not None


def test_who_may_only_look_does_not(shopper, numbers):
    order = shopper.places(numbers[0])

    act(staff(User.Role.ADMIN), "cancel_orders", order)

    assert order.cancel_requested_at is None


def test_customers_have_no_business_there(shopper):
    client = Client()
    client.force_login(shopper.user)

    assert client.get(LIST).status_code == 302
