"""The page of cards: test cards in the sandbox, Stripe's form with real keys."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from billing.demo_cards import DEMO_CARDS
from billing.models import BillingAccount, PaymentMethod
from billing.tests.conftest import CardAdder, stripe_down
from billing.tests.test_cards import intent_of, set_up
from didshop.tests.sandboxes import Sandbox

pytestmark = pytest.mark.django_db
CARDS, ADDED = "/billing/methods/", "/billing/methods/added/"
STRIPE_HOSTS = ("js.stripe.com", "hooks.stripe.com", "api.stripe.com")


@pytest.fixture
def alices(alice: User) -> Client:
    """A browser in which Alice is signed in."""
    browser = Client()
    browser.force_login(alice)
    return browser


@pytest.fixture
def real_keys(settings: Any, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """As with real keys, but for who answers in Stripe's place."""
    monkeypatch.setattr("billing.pages._plays_stripe", lambda: False)
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_51"


def shown(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return " ".join(answer.content.decode().split())


# ---------------------------------------------------------------- the sandbox's cards
def test_the_test_cards_are_shown(alices: Client, sandbox: Sandbox) -> None:
    text = shown(alices.get(CARDS))
    assert "No card yet" in text
    assert "These are demo payments" in text
    for card in DEMO_CARDS:
        assert f'value="{card.id}"' in text
        assert card.label in text
    assert "js.stripe.com/v3" not in text
    assert not BillingAccount.objects.exists()


@pytest.mark.parametrize("card", DEMO_CARDS, ids=lambda card: card.id)
def test_each_test_card_does_what_it_says(alices: Client, sandbox: Sandbox, card: Any) -> None:
    answer = alices.post(CARDS, {"card": card.id}, follow=True)
    is_refused = "refuses it when it is added" in card.hint
    assert ("The card was not added" in shown(answer)) == is_refused
    assert PaymentMethod.objects.count() == (not is_refused)


@pytest.mark.parametrize("chosen", ["", "x", "pm_card_visa_debit", "pm_1"])
def test_only_test_cards_can_be_chosen(alices: Client, sandbox: Sandbox, chosen: str) -> None:
    assert "Choose one of the test cards." in shown(alices.post(CARDS, {"card": chosen}))
    assert not PaymentMethod.objects.exists()


def test_with_stripe_down_the_page_says_so(alices: Client, sandbox: Sandbox) -> None:
    stripe_down(sandbox)
    text = shown(alices.post(CARDS, {"card": "pm_card_visa"}))
    assert "The payment service cannot be reached right now." in text
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_costs_a_constant_number_of_queries(
    alices: Client, add: CardAdder, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        add()
    # The browser's session, its user, the membership with its organisation, the cards.
    with django_assert_num_queries(4):
        assert shown(alices.get(CARDS)).count('<li class="method">') == count


# ---------------------------------------------------------------- where it leads
def test_one_comes_back_to_where_one_was(alices: Client, sandbox: Sandbox) -> None:
    onward = "/checkout/?number=%2B14155550100&number=%2B14155550101"
    assert 'name="next" value="/checkout/?number=%2B14155550100&amp;number=' in shown(
        alices.get(CARDS, {"next": onward})
    )
    answer = alices.post(CARDS, {"card": "pm_card_visa", "next": onward})
    assert (answer.status_code, answer["Location"]) == (302, onward)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        " //evil.example",
        "\t//evil.example",
        "\x00//evil.example",
    ],
)
def test_it_never_leads_elsewhere(
    alices: Client, sandbox: Sandbox, home: Organization, elsewhere: str
) -> None:
    assert "evil" not in shown(alices.get(CARDS, {"next": elsewhere}))
    answers = [
        alices.post(CARDS, {"card": "pm_card_visa", "next": elsewhere}),
        alices.post(f"{CARDS}?next={quote(elsewhere)}", {"card": "pm_card_visa"}),
        alices.get(ADDED, {"setup_intent": "seti_1", "next": elsewhere}),
    ]
    for answer in answers:
        assert (answer.status_code, answer["Location"]) == (302, CARDS)


# ---------------------------------------------------------------- Stripe's own form
@pytest.mark.usefixtures("real_keys")
def test_stripes_form_is_shown_with_what_it_needs(
    alices: Client, home: Organization, settings: Any
) -> None:
    answer = alices.get(CARDS, {"next": "/checkout/?number=%2B1"})
    text = shown(answer)

    secret = answer.context["client_secret"]
    assert secret.startswith("seti_")
    assert f'data-client-secret="{secret}"' in text
    assert 'data-publishable-key="pk_test_51"' in text
    back = f"{settings.PUBLIC_BASE_URL}{ADDED}?next=%2Fcheckout%2F%3Fnumber%3D%252B1"
    assert f'data-return-url="{back}"' in text
    assert '<script src="https://js.stripe.com/v3/"' in text
    assert "demo payments" not in text
    assert "sk_test" not in text
    assert BillingAccount.objects.get().organization == home


@pytest.mark.usefixtures("real_keys")
def test_a_card_from_stripes_form_comes_on_file(alices: Client, sandbox: Sandbox) -> None:
    secret = alices.get(CARDS).context["client_secret"]
    set_up(sandbox, secret)

    answer = alices.get(
        ADDED, {"setup_intent": intent_of(secret), "next": "/checkout/?number=%2B1"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/checkout/?number=%2B1")
    assert "Visa •••• 4242 is on file." in shown(alices.get(CARDS))
    assert PaymentMethod.objects.get().is_default


@pytest.mark.usefixtures("real_keys")
def test_the_address_is_not_believed(alices: Client, sandbox: Sandbox) -> None:
    intent = intent_of(alices.get(CARDS).context["client_secret"])
    for setup_intent in (intent, "", "seti_none", "x"):
        answer = alices.get(
            ADDED, {"setup_intent": setup_intent, "redirect_status": "succeeded"}, follow=True
        )
        assert "The card was not added." in shown(answer)
    assert not PaymentMethod.objects.exists()


@pytest.mark.usefixtures("real_keys")
def test_a_posted_test_card_is_nothing_with_real_keys(alices: Client) -> None:
    assert alices.post(CARDS, {"card": "pm_card_visa"}).status_code == 200
    assert not PaymentMethod.objects.exists()


@pytest.mark.usefixtures("real_keys")
def test_with_stripe_away_the_page_stands(alices: Client, sandbox: Sandbox) -> None:
    stripe_down(sandbox)
    text = shown(alices.get(CARDS))
    assert "Cards cannot be added just now" in text
    assert "js.stripe.com/v3" not in text


def test_stripes_hosts_are_let_in_on_this_page_alone(alices: Client, sandbox: Sandbox) -> None:
    policy = alices.get(CARDS)["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert {"https://js.stripe.com", "https://*.js.stripe.com", "'self'"} <= {
        *directives["script-src"]
    }
    assert {"https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"} <= {
        *directives["frame-src"]
    }
    assert "https://api.stripe.com" in directives["connect-src"]
    assert directives["default-src"] == ["'none'"]
    assert not any("unsafe" in source for sources in directives.values() for source in sources)

    for name in ("home", "numbers:search", "numbers:list", "orders:list", "orders:checkout"):
        other = alices.get(reverse(name))["Content-Security-Policy"]
        assert not any(host in other for host in STRIPE_HOSTS), name


# ---------------------------------------------------------------- on file
def test_a_card_is_made_the_default(alices: Client, add: CardAdder) -> None:
    first, second = add(), add("pm_card_mastercard")
    answer = alices.post(f"{CARDS}{second.pk}/default/", follow=True)
    assert "Mastercard •••• 4444 is charged from now on." in shown(answer)
    assert [card.is_default for card in (fresh(first), fresh(second))] == [False, True]


def test_a_card_is_removed(alices: Client, add: CardAdder) -> None:
    first, second = add(), add("pm_card_mastercard")
    answer = alices.post(f"{CARDS}{first.pk}/remove/", follow=True)
    assert "Visa •••• 4242 is removed." in shown(answer)
    assert fresh(first).removed_at is not None
    assert fresh(second).is_default


def test_with_stripe_down_nothing_is_removed(
    alices: Client, add: CardAdder, sandbox: Sandbox
) -> None:
    card = add()
    stripe_down(sandbox)
    answer = alices.post(f"{CARDS}{card.pk}/remove/", follow=True)
    assert "cannot be reached right now" in shown(answer)
    assert fresh(card).removed_at is None


def fresh(card: PaymentMethod) -> PaymentMethod:
    return PaymentMethod.objects.get(pk=card.pk)


# ---------------------------------------------------------------- whose it is
def test_an_outsider_finds_nothing_there(charlie: User, add: CardAdder) -> None:
    add()
    card = add("pm_card_mastercard")
    outsider = Client()
    outsider.force_login(charlie)
    for card_id in (card.pk, uuid4()):
        assert outsider.post(f"{CARDS}{card_id}/remove/").status_code == 404
        assert outsider.post(f"{CARDS}{card_id}/default/").status_code == 404
    assert "No card yet" in shown(outsider.get(CARDS))
    assert (fresh(card).removed_at, fresh(card).is_default) == (None, False)


def test_strangers_are_asked_to_sign_in(add: CardAdder) -> None:
    card, stranger = add(), Client()
    for answer in (
        stranger.get(CARDS),
        stranger.post(CARDS, {"card": "pm_card_visa"}),
        stranger.get(ADDED, {"setup_intent": "seti_1"}),
        stranger.post(f"{CARDS}{card.pk}/remove/"),
        stranger.post(f"{CARDS}{card.pk}/default/"),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/")
    assert PaymentMethod.objects.get().removed_at is None


def test_links_and_forms_of_other_sites_change_nothing(alice: User, add: CardAdder) -> None:
    card, browser = add(), Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    for name in ("remove", "default"):
        assert browser.get(f"{CARDS}{card.pk}/{name}/").status_code == 405
        assert browser.post(f"{CARDS}{card.pk}/{name}/").status_code == 403
    assert browser.post(CARDS, {"card": "pm_card_visa"}).status_code == 403
    assert PaymentMethod.objects.filter(removed_at=None).count() == 1
