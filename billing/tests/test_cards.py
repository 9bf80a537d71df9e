"""Cards on file: over the API and by the verbs, on the sandbox's Stripe."""

from typing import Any
from uuid import uuid4

import pytest
import requests
from django.conf import settings as shop_settings
from rest_framework.test import APIClient

from accounts.models import Organization, User
from accounts.tests.factories import organization_of
from billing.cards import add_card, card_to_charge, finish_setup, make_default, start_setup
from billing.models import BillingAccount, PaymentMethod
from billing.tests.conftest import CardAdder, stripe_down
from didshop.errors import Invalid, NotFound, PaymentNeeded, PaymentTrouble
from didshop.tests.sandboxes import Sandbox

pytestmark = pytest.mark.django_db
ADD, CARDS = "/api/v1/billing/payment-method", "/api/v1/billing/payment-methods"


def on_file(api: APIClient) -> list[dict[str, Any]]:
    answer = api.get(CARDS)
    assert answer.status_code == 200
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


# ---------------------------------------------------------------- adding
def test_the_first_card_becomes_the_default(alice_api: APIClient, sandbox: Sandbox) -> None:
    answer = alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"})

    assert answer.status_code == 201
    card = PaymentMethod.objects.get()
    assert answer.json() == {
        "id": str(card.pk),
        "brand": "visa",
        "last4": "4242",
        "expMonth": card.exp_month,
        "expYear": card.exp_year,
        "isDefault": True,
        "createdAt": card.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert on_file(alice_api) == [answer.json()]


def test_a_second_one_does_not(alice_api: APIClient, add: CardAdder) -> None:
    first = add()
    answer = alice_api.post(ADD, {"paymentMethodId": "pm_card_mastercard"})

    assert answer.json()["isDefault"] is False
    assert [card["id"] for card in on_file(alice_api)] == [answer.json()["id"], str(first.pk)]
    assert BillingAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("pm_card_chargeDeclined", "The card was declined. Use another card, or ask your bank."),
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "The card has not enough funds. Use another card, or try again later.",
        ),
        (
            "pm_card_chargeDeclinedExpiredCard",
            "The card has expired. Add its new dates or use another card.",
        ),
        (
            "pm_card_chargeDeclinedIncorrectCvc",
            "The card's security code is not right. Add the card again.",
        ),
        (
            "pm_card_chargeDeclinedProcessingError",
            "The card's bank could not answer. Try again in a few minutes.",
        ),
        # Never why a bank suspects anything.
        (
            "pm_card_chargeDeclinedStolenCard",
            "The card was declined. Use another card, or ask your bank.",
        ),
        ("pm_card_radarBlock", "The card was declined. Use another card, or ask your bank."),
    ],
)
def test_a_card_that_its_bank_refuses(
    alice_api: APIClient, sandbox: Sandbox, card: str, words: str
) -> None:
    answer = alice_api.post(ADD, {"paymentMethodId": card})
    assert answer.status_code == 402
    assert (answer.json()["code"], answer.json()["error"]) == ("CARD_DECLINED", words)
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize("wanted", ["pm_unknown", "x", "cus_1", "../customers", "pm card", "pm?a"])
def test_an_id_that_stripe_does_not_know(
    alice_api: APIClient, sandbox: Sandbox, wanted: str
) -> None:
    answer = alice_api.post(ADD, {"paymentMethodId": wanted})
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == ["paymentMethodId"]
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"paymentMethodId": ""},
        {"paymentMethodId": None},
        {"paymentMethodId": "x" * 65},
        {"paymentMethodId": ["pm_card_visa"]},
        {"paymentMethodId": "pm\x00"},
    ],
)
def test_a_body_that_names_no_card(alice_api: APIClient, body: dict[str, Any]) -> None:
    answer = alice_api.post(ADD, body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Validation error"
    assert [detail["field"] for detail in answer.json()["details"]] == ["paymentMethodId"]
    assert not BillingAccount.objects.exists()


def test_a_card_of_another_customer_cannot_be_added(
    add: CardAdder, charlie: User, charlie_api: APIClient
) -> None:
    card = add()
    answer = charlie_api.post(ADD, {"paymentMethodId": card.stripe_id})
    assert answer.status_code == 400
    card.refresh_from_db()
    assert PaymentMethod.objects.get() == card
    assert card.organization != charlie.organizations.get()


def test_the_same_card_twice_is_one(alice: User, home: Organization, add: CardAdder) -> None:
    card = add()
    assert add_card(home, card.stripe_id, actor=alice) == card
    assert PaymentMethod.objects.count() == 1


@pytest.mark.parametrize("kind", ["500", "garbage", "429", "reset"])
def test_with_stripe_down_nothing_is_written(
    alice_api: APIClient, sandbox: Sandbox, kind: str
) -> None:
    stripe_down(sandbox, kind=kind)
    answer = alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"})

    assert answer.status_code == 503
    assert answer.json()["code"] == "PAYMENT_SERVICE_ERROR"
    assert "Nothing was changed" in answer.json()["error"]
    assert not PaymentMethod.objects.exists()
    assert not BillingAccount.objects.exclude(stripe_customer_id=None).exists()

    sandbox.clear_faults()
    assert alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"}).status_code == 201


def test_a_key_that_stripe_refuses_is_the_operators_to_mend(
    alice_api: APIClient, sandbox: Sandbox, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    answer = alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"})
    assert answer.status_code == 503
    assert "sk_test" not in answer.content.decode()
    assert "stripe_misconfigured" in caplog.text


def test_a_customer_is_made_once_though_its_answer_is_lost(
    alice_api: APIClient, sandbox: Sandbox, home: Organization
) -> None:
    stripe_down(sandbox, path="/v1/customers", side="after", kind="500", count=3)
    assert alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"}).status_code == 503
    assert alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"}).status_code == 201
    assert len(at_stripe(sandbox, "customers")["data"]) == 1


# ---------------------------------------------------------------- choosing
def test_another_card_is_made_the_default(alice_api: APIClient, add: CardAdder) -> None:
    first, second = add(), add("pm_card_mastercard")
    make_default(second)
    assert [(card["id"], card["isDefault"]) for card in on_file(alice_api)] == [
        (str(second.pk), True),
        (str(first.pk), False),
    ]


def test_a_card_that_is_gone_does_not_become_the_default(
    alice_api: APIClient, add: CardAdder
) -> None:
    first, second = add(), add("pm_card_mastercard")
    assert alice_api.delete(f"{CARDS}/{second.pk}").status_code == 204
    with pytest.raises(NotFound):
        make_default(second)
    assert [(card["id"], card["isDefault"]) for card in on_file(alice_api)] == [
        (str(first.pk), True)
    ]


def test_the_card_that_is_charged(home: Organization, add: CardAdder, charlie: User) -> None:
    with pytest.raises(PaymentNeeded):
        card_to_charge(home)
    first, second = add(), add("pm_card_mastercard")
    assert card_to_charge(home) == first
    assert card_to_charge(home, str(second.pk)) == second
    assert card_to_charge(home, second.stripe_id) == second
    theirs = add_card(charlie.organizations.get(), "pm_card_visa", actor=charlie)
    for wanted in (str(theirs.pk), theirs.stripe_id, "pm_card_visa", str(uuid4())):
        with pytest.raises(NotFound):
            card_to_charge(home, wanted)


# ---------------------------------------------------------------- removing
def test_a_card_is_removed_and_another_becomes_the_default(
    alice_api: APIClient, add: CardAdder, sandbox: Sandbox
) -> None:
    first, second, third = add(), add("pm_card_mastercard"), add("pm_card_amex")
    assert alice_api.delete(f"{CARDS}/{first.pk}").status_code == 204

    assert [(card["id"], card["isDefault"]) for card in on_file(alice_api)] == [
        (str(third.pk), True),
        (str(second.pk), False),
    ]
    first.refresh_from_db()
    assert first.removed_at is not None
    assert at_stripe(sandbox, f"payment_methods/{first.stripe_id}")["customer"] is None
    assert alice_api.delete(f"{CARDS}/{first.pk}").status_code == 404


def test_the_last_card_may_go_too(alice_api: APIClient, add: CardAdder) -> None:
    alice_api.delete(f"{CARDS}/{add().pk}")
    assert on_file(alice_api) == []
    assert alice_api.post(ADD, {"paymentMethodId": "pm_card_visa"}).json()["isDefault"] is True


def test_a_removed_card_cannot_be_added_again(alice_api: APIClient, add: CardAdder) -> None:
    card = add()
    alice_api.delete(f"{CARDS}/{card.pk}")
    assert alice_api.post(ADD, {"paymentMethodId": card.stripe_id}).status_code == 400
    assert on_file(alice_api) == []


def test_a_card_that_stripe_has_let_go_already_is_removed_here(
    alice_api: APIClient, add: CardAdder, sandbox: Sandbox
) -> None:
    card = add()
    at_stripe(sandbox, f"payment_methods/{card.stripe_id}/detach", data={})
    assert alice_api.delete(f"{CARDS}/{card.pk}").status_code == 204
    assert on_file(alice_api) == []


def test_with_stripe_down_the_card_stays(
    alice_api: APIClient, add: CardAdder, sandbox: Sandbox
) -> None:
    card = add()
    stripe_down(sandbox)
    assert alice_api.delete(f"{CARDS}/{card.pk}").status_code == 503
    card.refresh_from_db()
    assert (card.removed_at, card.is_default) == (None, True)


# ---------------------------------------------------------------- Stripe's own form
def intent_of(secret: str) -> str:
    return secret.split("_secret_", maxsplit=1)[0]


def set_up(sandbox: Sandbox, secret: str, card: str = "pm_card_visa") -> str:
    """What the Payment Element does with the client secret; the SetupIntent's id."""
    intent = intent_of(secret)
    confirmed = {"payment_method": card, "return_url": "https://shop.example/"}
    at_stripe(sandbox, f"setup_intents/{intent}/confirm", data=confirmed)
    return intent


def test_a_card_that_was_set_up_is_put_on_file(
    alice: User, home: Organization, sandbox: Sandbox
) -> None:
    intent = set_up(sandbox, start_setup(home))
    card = finish_setup(home, intent, actor=alice)
    assert (card.organization, card.last4, card.is_default) == (home, "4242", True)
    assert finish_setup(home, intent, actor=alice) == card
    assert PaymentMethod.objects.count() == 1


def test_a_set_up_that_is_not_finished_adds_nothing(
    alice: User, home: Organization, sandbox: Sandbox
) -> None:
    intent = intent_of(start_setup(home))
    with pytest.raises(Invalid):
        finish_setup(home, intent, actor=alice)
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize("intent", ["", " ", "seti_unknown", "../customers", "pi_1", "?limit=1"])
def test_a_set_up_that_there_is_not_adds_nothing(
    alice: User, home: Organization, sandbox: Sandbox, intent: str
) -> None:
    with pytest.raises(Invalid):
        finish_setup(home, intent, actor=alice)
    assert not PaymentMethod.objects.exists()


def test_somebody_elses_set_up_adds_nothing(
    alice: User, home: Organization, charlie: User, sandbox: Sandbox
) -> None:
    intent = set_up(sandbox, start_setup(charlie.organizations.get()))
    with pytest.raises(Invalid):
        finish_setup(home, intent, actor=alice)
    assert not PaymentMethod.objects.exists()


def test_going_back_to_the_form_does_not_bring_a_removed_card_back(
    alice: User, alice_api: APIClient, home: Organization, sandbox: Sandbox
) -> None:
    intent = set_up(sandbox, start_setup(home))
    card = finish_setup(home, intent, actor=alice)
    alice_api.delete(f"{CARDS}/{card.pk}")
    with pytest.raises(Invalid):
        finish_setup(home, intent, actor=alice)
    assert on_file(alice_api) == []


def test_with_stripe_down_a_set_up_says_so(
    alice: User, home: Organization, sandbox: Sandbox
) -> None:
    intent = set_up(sandbox, start_setup(home))
    stripe_down(sandbox)
    for act in (lambda: start_setup(home), lambda: finish_setup(home, intent, actor=alice)):
        with pytest.raises(PaymentTrouble):
            act()
    assert not PaymentMethod.objects.exists()


# ---------------------------------------------------------------- whose it is
def test_an_outsider_gets_nowhere(charlie_api: APIClient, add: CardAdder, sandbox: Sandbox) -> None:
    card = add()
    assert on_file(charlie_api) == []
    answer = charlie_api.delete(f"{CARDS}/{card.pk}")
    assert answer.status_code == charlie_api.delete(f"{CARDS}/{uuid4()}").status_code == 404
    assert answer.json()["code"] == "PAYMENT_METHOD_NOT_FOUND"
    card.refresh_from_db()
    assert card.removed_at is None
    assert at_stripe(sandbox, f"payment_methods/{card.stripe_id}")["customer"]


def test_strangers_are_asked_who_they_are(api: APIClient, add: CardAdder) -> None:
    card = add()
    assert api.get(CARDS).status_code == 401
    assert api.post(ADD, {"paymentMethodId": "pm_card_visa"}).status_code == 401
    assert api.delete(f"{CARDS}/{card.pk}").status_code == 401
    assert PaymentMethod.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize("count", [1, 6])
def test_a_list_costs_a_constant_number_of_queries(
    alice_api: APIClient, add: CardAdder, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        add()
    # The session with its user, the membership with its organisation, the cards.
    with django_assert_num_queries(3):
        assert len(on_file(alice_api)) == count


def at_stripe(sandbox: Sandbox, path: str, data: dict[str, str] | None = None) -> dict[str, Any]:
    """What Stripe says under a path; with `data`, of a POST to it."""
    with requests.request(
        "GET" if data is None else "POST",
        f"{sandbox.url}/v1/{path}",
        data=data,
        headers={"Authorization": f"Bearer {shop_settings.STRIPE_SECRET_KEY}"},
        timeout=5,
    ) as answer:
        assert answer.ok, answer.text
        return dict(answer.json())


def test_a_customer_that_is_gone_at_stripe_is_made_anew(alice: User, sandbox: Sandbox) -> None:
    organization = organization_of(alice)
    add_card(organization, "pm_card_visa", actor=alice)
    sandbox.reset()

    added = add_card(organization, "pm_card_mastercard", actor=alice)

    assert added.brand == "mastercard"
    assert add_card(organization, "pm_card_visa", actor=alice).pk != added.pk
