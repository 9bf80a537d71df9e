"""The pages of orders: check out, the list, one order and its changing part, cancelling."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory
from billing.cards import add_card
from billing.models import PaymentMethod
from dids.criteria import Criteria
from dids.search import search
from didshop.models import Transition
from didshop.tests.sandboxes import Sandbox
from orders.models import Order
from orders.provisioning import advance
from orders.tests.conftest import Shopper
from orders.tests.test_purchase_api import written

pytestmark = pytest.mark.django_db
CHECKOUT, ORDERS = "/checkout/", "/orders/"


@pytest.fixture
def alices(alice: User) -> Client:
    """A browser in which Alice is signed in."""
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(answer: Any, status: int = 200) -> str:
    """The page's words, white space in one."""
    assert answer.status_code == status, answer.content
    return " ".join(answer.content.decode().split())


# ---------------------------------------------------------------- check out
def test_what_it_costs_before_it_is_bought(
    alices: Client, card: PaymentMethod, numbers: list[str]
) -> None:
    text = shown(alices.get(CHECKOUT, {"number": numbers[:2]}))

    assert "2 numbers" in text
    assert all(f'name="number" value="{number}"' in text for number in numbers[:2])
    assert "Visa ending in 4242" in text
    assert text.count("3.00") >= 2
    assert written() == (0, 0, 0, 0)


def test_a_purchase_leads_to_its_order(
    alices: Client, shopper: Shopper, card: PaymentMethod, numbers: list[str]
) -> None:
    answer = alices.post(CHECKOUT, {"number": numbers[:2], "payment_method": card.pk})

    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{ORDERS}{order.pk}/")
    assert (order.organization, order.placed_by) == (shopper.organization, shopper.user)
    assert [line.phone_number for line in order.lines.all()] == numbers[:2]
    assert order.payment.payment_method == card


def test_prices_in_the_form_count_for_nothing(
    alices: Client, card: PaymentMethod, numbers: list[str]
) -> None:
    form = {"number": numbers[0], "payment_method": card.pk, "price": "0.01", "total": "0.01"}
    alices.post(CHECKOUT, form)
    assert str(Order.objects.get().total_amount) == "1.5000"


def test_without_a_card_the_way_to_one_is_shown(alices: Client, numbers: list[str]) -> None:
    text = shown(alices.get(CHECKOUT, {"number": numbers[0]}))
    assert "No card on file yet" in text
    assert "/billing/methods/?next=/checkout/%3Fnumber%3D%252B1415" in text
    alices.post(CHECKOUT, {"number": numbers[0]})
    assert written() == (0, 0, 0, 0)


def test_somebody_elses_card_cannot_be_chosen(
    alices: Client, card: PaymentMethod, charlie: User, numbers: list[str]
) -> None:
    theirs = add_card(charlie.organizations.get(), "pm_card_visa", actor=charlie)
    answer = alices.post(CHECKOUT, {"number": numbers[0], "payment_method": theirs.pk})
    assert "That card is not on file any more." in shown(answer)
    assert written() == (0, 0, 0, 0)


@pytest.mark.parametrize("chosen", ["", "x", "019b0000-0000-7000-8000-000000000000"])
def test_a_card_has_to_be_chosen(
    alices: Client, card: PaymentMethod, numbers: list[str], chosen: str
) -> None:
    answer = alices.post(CHECKOUT, {"number": numbers[0], "payment_method": chosen})
    assert "card" in shown(answer)
    assert written() == (0, 0, 0, 0)


def test_a_number_that_has_gone_is_told_and_left_out(
    alices: Client, card: PaymentMethod, numbers: list[str], sandbox: Sandbox
) -> None:
    sandbox.sold_elsewhere("+14155551234")
    text = shown(alices.get(CHECKOUT, {"number": ["+14155551234", numbers[0]]}))
    assert "not available any more" in text
    assert 'name="number" value="+14155551234"' not in text
    assert f'name="number" value="{numbers[0]}"' in text


def test_a_number_that_goes_while_one_thinks_is_told(
    alices: Client, shopper: Shopper, charlie: User, numbers: list[str]
) -> None:
    card = shopper.gives_card()
    alices.get(CHECKOUT, {"number": numbers[0]})
    Shopper(charlie).places(numbers[0])

    answer = alices.post(CHECKOUT, {"number": numbers[0], "payment_method": card.pk})

    assert "not available any more" in shown(answer)
    assert Order.objects.of(shopper.organization).count() == 0


@pytest.mark.parametrize("numbers_named", [[], ["x"], ["+1"], ["<script>"]])
def test_numbers_that_are_none(
    alices: Client, card: PaymentMethod, numbers_named: list[str]
) -> None:
    answer = alices.get(CHECKOUT, {"number": numbers_named})
    assert answer.status_code in {200, 302}
    posted = alices.post(CHECKOUT, {"number": numbers_named, "payment_method": card.pk})
    assert posted.status_code in {200, 302}
    assert written() == (0, 0, 0, 0)


def test_a_number_that_needs_an_address(alices: Client, card: PaymentMethod) -> None:
    german = search(Criteria(country_code="DE", number_type="LOCAL", limit=20)).offers
    needy = next(offer.phone_number for offer in german if offer.needs_address)

    for answer in (
        alices.get(CHECKOUT, {"number": needy}),
        alices.post(CHECKOUT, {"number": needy, "payment_method": card.pk}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/find/")
    assert "address or documents" in shown(alices.get("/find/"))
    assert written() == (0, 0, 0, 0)


def test_a_carrier_that_is_down_leads_back_to_the_search(
    alices: Client, card: PaymentMethod, sandbox: Sandbox
) -> None:
    cache.clear()
    sandbox.fault(
        service="twilio",
        method="GET",
        path="AvailablePhoneNumbers",
        side="before",
        kind="500",
        count=9,
    )
    answer = alices.post(CHECKOUT, {"number": "+14155551234", "payment_method": card.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/find/")
    assert written() == (0, 0, 0, 0)


# ---------------------------------------------------------------- the list
def test_no_order_yet(alices: Client) -> None:
    assert "No order yet" in shown(alices.get(ORDERS))


@pytest.mark.parametrize("count", [1, 8])
def test_the_list_costs_a_constant_number_of_queries(
    alices: Client,
    shopper: Shopper,
    numbers: list[str],
    django_assert_num_queries: Any,
    count: int,
) -> None:
    orders = [shopper.places(number) for number in numbers[:count]]
    # The browser's session, its user, the membership with its organisation, the orders.
    with django_assert_num_queries(4):
        text = shown(alices.get(ORDERS))
    assert all(f"{ORDERS}{order.pk}/" in text for order in orders)
    assert text.count("0 of 1 delivered") == count


def test_the_list_says_what_was_charged(
    alices: Client, shopper: Shopper, numbers: list[str]
) -> None:
    shopper.buys(numbers[0])
    shopper.places(numbers[1])
    text = shown(alices.get(ORDERS))
    assert "1 of 1 delivered" in text
    assert text.count("not yet") == 1


def test_a_cursor_that_is_none_of_ours(alices: Client) -> None:
    assert alices.get(ORDERS, {"cursor": "x"}).status_code == 404


# ---------------------------------------------------------------- one order
@pytest.mark.parametrize("count", [1, 10])
def test_an_order_costs_a_constant_number_of_queries(
    alices: Client,
    shopper: Shopper,
    numbers: list[str],
    django_assert_num_queries: Any,
    count: int,
) -> None:
    order = shopper.places(*numbers[:count])
    # Session, user, membership; the order with its payment and card, its lines, their story.
    for headers in ({}, {"HX-Request": "true"}):
        with django_assert_num_queries(6):
            text = shown(alices.get(f"{ORDERS}{order.pk}/", headers=headers))
        assert text.count('class="order-line"') == count


def test_while_it_is_open_it_looks_again_by_itself(
    alices: Client, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.places(numbers[0])
    whole = shown(alices.get(f"{ORDERS}{order.pk}/"))
    part = shown(alices.get(f"{ORDERS}{order.pk}/", headers={"HX-Request": "true"}))

    assert part.startswith('<div id="order"')
    assert 'hx-trigger="every 1s"' in part
    assert part.count("<html") == 0
    assert whole.count("<html") == 1
    assert "Cancel what is not bought yet" in part
    assert "not yet" in part

    advance(order.pk)
    ended = shown(alices.get(f"{ORDERS}{order.pk}/", headers={"HX-Request": "true"}))
    assert "hx-get" not in ended
    assert "Cancel what is not bought yet" not in ended
    assert "All numbers are yours and live." in ended


@pytest.mark.django_db(transaction=True)
def test_a_partial_order_says_what_is_charged_and_why(
    alices: Client, shopper: Shopper, numbers: list[str], sandbox: Sandbox
) -> None:
    order = shopper.places(*numbers[:3])
    sandbox.sold_elsewhere(numbers[1])
    advance(order.pk)
    text = shown(alices.get(f"{ORDERS}{order.pk}/"))

    assert "2 of 3 numbers are yours and live. You were charged for those only" in text
    assert text.count("Somebody else bought this number first. It was not charged.") >= 1
    assert "Let go, not charged" in text


def test_a_declined_card_is_told(alices: Client, shopper: Shopper, numbers: list[str]) -> None:
    shopper.gives_card("pm_card_chargeCustomerFail")
    order = shopper.buys(numbers[0])
    text = shown(alices.get(f"{ORDERS}{order.pk}/"))
    assert "The card was not accepted" in text
    assert "The card was declined. Use another card, or ask your bank." in text


def test_the_bank_is_one_click_away(alices: Client, shopper: Shopper, numbers: list[str]) -> None:
    shopper.gives_card("pm_card_threeDSecure2Required")
    order = shopper.buys(numbers[0])
    text = shown(alices.get(f"{ORDERS}{order.pk}/"))
    assert "Your bank asks you to confirm" in text
    assert order.action_url.split("?", maxsplit=1)[0] in text


# ---------------------------------------------------------------- cancelling
def test_cancelling_on_the_page(alices: Client, shopper: Shopper, numbers: list[str]) -> None:
    order = shopper.places(numbers[0])
    answer = alices.post(f"{ORDERS}{order.pk}/cancel/", follow=True)

    assert "What was not bought yet is cancelled and not charged." in shown(answer)
    assert order.lines.get().status == "CANCELLED"
    advance(order.pk)
    assert "The order was cancelled." in shown(alices.get(f"{ORDERS}{order.pk}/"))


def test_an_ended_order_says_that_it_is_too_late(
    alices: Client, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.buys(numbers[0])
    answer = alices.post(f"{ORDERS}{order.pk}/cancel/", follow=True)
    assert "has ended; there is nothing left to cancel" in shown(answer)


def test_a_link_cancels_nothing(alices: Client, shopper: Shopper, numbers: list[str]) -> None:
    order = shopper.places(numbers[0])
    assert alices.get(f"{ORDERS}{order.pk}/cancel/").status_code == 405
    assert order.lines.get().status == "PENDING"


def test_a_form_of_another_site_cancels_and_buys_nothing(
    alice: User, shopper: Shopper, card: PaymentMethod, numbers: list[str]
) -> None:
    order = shopper.places(numbers[0])
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(f"{ORDERS}{order.pk}/cancel/").status_code == 403
    form = {"number": numbers[1], "payment_method": card.pk}
    assert browser.post(CHECKOUT, form).status_code == 403
    assert order.lines.get().status == "PENDING"
    assert Order.objects.count() == 1


# ---------------------------------------------------------------- whose it is
def test_strangers_are_asked_to_sign_in(shopper: Shopper, numbers: list[str]) -> None:
    order = shopper.places(numbers[0])
    stranger, path = Client(), f"{ORDERS}{order.pk}/"
    for answer in (
        stranger.get(CHECKOUT, {"number": numbers[1]}),
        stranger.post(CHECKOUT, {"number": numbers[1]}),
        stranger.get(ORDERS),
        stranger.get(path),
        stranger.get(path, headers={"HX-Request": "true"}),
        stranger.post(f"{path}cancel/"),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/")
    assert Order.objects.count() == 1
    assert order.lines.get().status == "PENDING"


def test_an_outsider_finds_nothing_there(shopper: Shopper, numbers: list[str]) -> None:
    order = shopper.places(numbers[0])
    outsider, before = signed_in(UserFactory()), Transition.objects.count()
    for order_id in (order.pk, uuid4()):
        path = f"{ORDERS}{order_id}/"
        assert outsider.get(path).status_code == 404
        assert outsider.get(path, headers={"HX-Request": "true"}).status_code == 404
        assert outsider.post(f"{path}cancel/").status_code == 404
    assert "No order yet" in shown(outsider.get(ORDERS))
    assert Transition.objects.count() == before


def test_a_colleague_sees_it_and_may_cancel(
    bob: User, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.places(numbers[0])
    browser = signed_in(bob)
    assert browser.get(f"{ORDERS}{order.pk}/").status_code == 200
    assert browser.post(f"{ORDERS}{order.pk}/cancel/").status_code == 302
    assert order.lines.get().transitions.last().actor == bob
