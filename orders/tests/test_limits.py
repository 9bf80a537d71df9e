"""Odd customers: who hoards, who clicks twice, who sends what is no number."""

import pytest
from django.test import Client
from django.urls import reverse

from dids.models import Number
from didshop.errors import Conflict
from orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = reverse("orders:checkout")


def test_nobody_claims_more_numbers_than_are_bought_at_a_time(shopper, numbers, settings):
    settings.MOST_CLAIMS = 3
    shopper.places(*numbers[:2])

    with pytest.raises(Conflict) as refusal:
        shopper.places(*numbers[2:4])

    assert refusal.value.code == "TOO_MANY_CLAIMS"
    assert Number.objects.count() == 2
    shopper.places(numbers[2])


def test_numbers_that_are_bought_are_no_claims(shopper, numbers, settings):
    settings.MOST_CLAIMS = 2
    shopper.buys(*numbers[:2])

    shopper.places(*numbers[2:4])

    assert Order.objects.count() == 2


def test_a_second_click_leads_to_the_order_of_the_first(shopper, numbers):
    card = shopper.gives_card()
    client = Client()
    client.force_login(shopper.user)
    form = {"number": numbers[:2], "payment_method": str(card.pk)}

    first = client.post(CHECKOUT, form)
    second = client.post(CHECKOUT, form)

    assert Order.objects.count() == 1
    assert first.status_code == second.status_code == 302
    assert first.url == second.url


@pytest.mark.parametrize("number", ["\x00", "nonsense", "+1415", "+1415555\u0660123"])
def test_what_is_no_number_is_said_so(number, shopper):
    client = Client()
    client.force_login(shopper.user)

    answer = client.get(CHECKOUT, {"number": number}, follow=True)

    assert answer.status_code == 200
    assert "E.164" in answer.content.decode()


@pytest.mark.parametrize("cursor", ["cD0yMDIw", "nonsense"])
def test_a_bad_cursor_is_no_page(cursor, shopper):
    client = Client()
    client.force_login(shopper.user)

    assert client.get(reverse("orders:list"), {"cursor": cursor}).status_code == 404
