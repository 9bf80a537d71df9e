"""3-D Secure, through the buttons of the bank's page."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from sandbox.tests.stripe_shop import Shop, open_shop, refused

RETURN_URL = "https://shop.example/orders/7?tab=pay"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def bank_page(intent: Any) -> str:
    """The address of the page to which the owner is sent."""
    assert intent.status == "requires_action"
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == RETURN_URL
    return str(intent.next_action.redirect_to_url.url)


def press(shop: Shop, url: str, label: str) -> dict[str, list[str]]:
    """Open the page, press the button that begins with the label; the query of where it leads."""
    page = shop.http.get(url)
    assert page.status_code == 200
    assert "Your bank asks: was it you?" in page.text
    [(name, value)] = re.findall(rf'name="(\w+)" value="(\w+)">{label}', page.text)
    answer = shop.http.post(url, data={name: value})
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == RETURN_URL.removesuffix("?tab=pay")
    query = parse_qs(target.query)
    assert query["tab"] == ["pay"]
    return query


def on_session(shop: Shop, card: str, **more: Any) -> stripe.PaymentIntent:
    """A payment that its owner makes while present."""
    return shop.pay(1999, card, off_session=None, return_url=RETURN_URL, **more)


@pytest.mark.parametrize("method", ["manual", "automatic"])
def test_the_owner_confirms_a_payment(shop: Shop, method: str) -> None:
    intent = on_session(shop, "pm_card_threeDSecure2Required", capture_method=method)
    url = bank_page(intent)
    assert "19.99" in shop.http.get(url).text
    query = press(shop, url, "Confirm")
    assert query["payment_intent"] == [intent.id]
    assert query["payment_intent_client_secret"] == [str(intent.client_secret)]
    assert query["redirect_status"] == ["succeeded"]
    after = shop.client.v1.payment_intents.retrieve(intent.id)
    assert after.status == ("requires_capture" if method == "manual" else "succeeded")
    assert after.next_action is None
    types = [event.type for event in shop.client.v1.events.list({"limit": 6})]
    assert "payment_intent.requires_action" in types


def test_the_owner_refuses_a_payment(shop: Shop) -> None:
    intent = on_session(shop, "pm_card_authenticationRequired")
    query = press(shop, bank_page(intent), "Refuse")
    assert query["redirect_status"] == ["failed"]
    after = shop.client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.payment_method) == ("requires_payment_method", None)
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == "payment_intent_authentication_failure"
    assert after.amount_received == 0
    event = shop.client.v1.events.list({"limit": 1}).data[0]
    assert event.type == "payment_intent.payment_failed"


def test_the_bank_may_decline_after_the_owner_confirmed(shop: Shop) -> None:
    card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    intent = on_session(shop, card)
    assert press(shop, bank_page(intent), "Confirm")["redirect_status"] == ["failed"]
    after = shop.client.v1.payment_intents.retrieve(intent.id)
    assert after.last_payment_error is not None
    assert after.last_payment_error.decline_code == "insufficient_funds"


def test_a_declined_renewal_is_finished_while_the_owner_is_there(shop: Shop) -> None:
    error = refused(lambda: shop.hold(card="pm_card_threeDSecure2Required"), stripe.CardError)
    failed = error.error.payment_intent
    again = shop.client.v1.payment_intents.confirm(
        failed.id,
        {"payment_method": error.error.payment_method.id, "return_url": RETURN_URL},
    )
    press(shop, bank_page(again), "Confirm")
    assert shop.client.v1.payment_intents.retrieve(failed.id).status == "requires_capture"


def test_the_page_asks_once(shop: Shop) -> None:
    intent = on_session(shop, "pm_card_threeDSecure2Required")
    url = bank_page(intent)
    press(shop, url, "Confirm")
    for again in (shop.http.get(url), shop.http.post(url, data={"answer": "refuse"})):
        assert again.status_code == 200
        assert "Nothing left to confirm" in again.text
        assert "Confirm: it was me" not in again.text
        assert "redirect_status=succeeded" in again.text
    assert shop.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_answer_that_is_none_changes_nothing(shop: Shop) -> None:
    intent = on_session(shop, "pm_card_threeDSecure2Required")
    page = shop.http.post(bank_page(intent), data={"answer": "perhaps"})
    assert "Your bank asks" in page.text
    assert shop.client.v1.payment_intents.retrieve(intent.id).status == "requires_action"


def test_a_cancelled_payment_asks_nothing(shop: Shop) -> None:
    intent = on_session(shop, "pm_card_threeDSecure2Required")
    shop.client.v1.payment_intents.cancel(intent.id)
    assert "Nothing left to confirm" in shop.http.get(bank_page(intent)).text


def test_the_bank_knows_no_other_payment(shop: Shop) -> None:
    page = shop.http.get("/stripe/3ds/pi_none")
    assert page.status_code == 404
    assert "Nothing to confirm" in page.text


def test_without_a_return_url_the_browser_sdk_has_to_act(shop: Shop) -> None:
    never = {"enabled": True, "allow_redirects": "never"}
    intent = shop.pay(
        card="pm_card_authenticationRequired", off_session=None, automatic_payment_methods=never
    )
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"
    page = shop.http.post(f"/stripe/3ds/{intent.id}", data={"answer": "confirm"})
    assert page.status_code == 200
    assert shop.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_shop_that_cannot_redirect_gets_a_decline(shop: Shop) -> None:
    error = refused(
        lambda: on_session(shop, "pm_card_threeDSecure2Required", error_on_requires_action=True),
        stripe.CardError,
    )
    assert error.code == "authentication_required"


def set_up(shop: Shop, card: str, label: str) -> tuple[dict[str, list[str]], stripe.SetupIntent]:
    """Save a card whose owner presses this button; where they land, and the intent after."""
    customer = shop.client.v1.customers.create()
    intents = shop.client.v1.setup_intents
    intent = intents.create(
        {
            "customer": customer.id,
            "payment_method": card,
            "confirm": True,
            "return_url": RETURN_URL,
        }
    )
    query = press(shop, bank_page(intent), label)
    assert query["setup_intent_client_secret"] == [str(intent.client_secret)]
    return query, intents.retrieve(intent.id)


def test_a_card_once_set_up_pays_without_its_owner(shop: Shop) -> None:
    query, intent = set_up(shop, "pm_card_authenticationRequiredOnSetup", "Confirm")
    assert (query["redirect_status"], intent.status) == (["succeeded"], "succeeded")
    paid = shop.client.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": str(intent.customer),
            "payment_method": str(intent.payment_method),
            "confirm": True,
            "off_session": True,
        }
    )
    assert paid.status == "succeeded"
    error = refused(
        lambda: shop.hold(card="pm_card_authenticationRequiredOnSetup"), stripe.CardError
    )
    assert error.code == "authentication_required"


def test_a_card_that_always_asks_fails_without_its_owner_though_set_up(shop: Shop) -> None:
    _, intent = set_up(shop, "pm_card_authenticationRequired", "Confirm")
    intents = shop.client.v1.payment_intents
    error = refused(
        lambda: intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": str(intent.customer),
                "payment_method": str(intent.payment_method),
                "confirm": True,
                "off_session": True,
            }
        ),
        stripe.CardError,
    )
    assert error.code == "authentication_required"


def test_the_owner_refuses_to_have_the_card_saved(shop: Shop) -> None:
    query, intent = set_up(shop, "pm_card_authenticationRequiredOnSetup", "Refuse")
    assert query["redirect_status"] == ["failed"]
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_setup_error is not None
    assert intent.last_setup_error.code == "setup_intent_authentication_failure"
    assert shop.client.v1.payment_methods.list({"customer": str(intent.customer)}).data == []
