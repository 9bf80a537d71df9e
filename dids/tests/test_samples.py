"""The home page's few numbers in stock: fetched once, and never in the home page's own way."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

SAMPLES = reverse("numbers:samples")


def test_strangers_see_numbers_with_prices(sandbox):
    page = Client().get(SAMPLES).content.decode()

    assert page.count("<li>") == 5
    assert "+1 415-" in page
    assert "$" in page


def test_they_are_fetched_once(sandbox):
    first = Client().get(SAMPLES).content
    sandbox.fault(service="twilio", method="GET", path="/", side="before", kind="500", count=0)

    assert Client().get(SAMPLES).content == first


def test_a_carrier_that_is_down_leaves_them_out(sandbox):
    sandbox.fault(service="twilio", method="GET", path="/", side="before", kind="500", count=0)

    answer = Client().get(SAMPLES)

    assert answer.status_code == 200
    assert "In stock" not in answer.content.decode()


def test_the_home_page_asks_nobody(sandbox):
    sandbox.fault(service="twilio", method="GET", path="/", side="before", kind="500", count=0)

    page = Client().get("/").content.decode()

    assert SAMPLES in page
