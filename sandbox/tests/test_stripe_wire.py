"""How Stripe's part speaks: keys, forms, parameters, errors, lists, expansions."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
import stripe

from sandbox.stripe.endpoint import Endpoint
from sandbox.stripe.params import fields_of
from sandbox.stripe.routes import routes
from sandbox.tests.stripe_shop import SECRET_KEY, Shop, open_shop, refused

# Fields that Stripe leaves out of these objects unless something special was asked or happened.
LEFT_OUT = {
    "customer": {
        "cash_balance",
        "deleted",
        "invoice_credit_balance",
        "sources",
        "subscriptions",
        "tax",
        "tax_ids",
    },
    "payment_intent": {
        "hooks",
        "managed_payments",
        "payment_details",
        "payment_record",
        "presentment_details",
    },
    "setup_intent": {"attach_to_self", "managed_payments"},
    "charge": {"authorization_code", "level3", "presentment_details", "refunds", "transfer"},
    "refund": {
        "description",
        "failure_balance_transaction",
        "failure_reason",
        "instructions_email",
        "next_action",
        "pending_reason",
        "presentment_details",
    },
    "balance": {"connect_reserved", "instant_available", "issuing"},
    "event": set[str](),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def create_raw(shop: Shop, form: dict[str, str]) -> dict[str, Any]:
    """The error that creating a PaymentIntent with this form ends in."""
    response = shop.raw("POST", "/v1/payment_intents", data=form)
    assert response.status_code == 400
    error: dict[str, Any] = response.json()["error"]
    return error


def test_a_wrong_key_is_refused_and_masked(shop: Shop) -> None:
    other = stripe.StripeClient("sk_test_of_somebody_else", base_addresses={"api": shop.base_url})
    error = refused(other.v1.balance.retrieve, stripe.AuthenticationError)
    assert error.http_status == 401
    assert error.error.type == "invalid_request_error"
    assert "somebody" not in str(error)


@pytest.mark.parametrize("header", ["", "Bearer", "Digest x", "Basic not-base64"])
def test_no_key_is_refused(shop: Shop, header: str) -> None:
    response = shop.http.get("/v1/balance", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json()["error"]["message"].startswith("You did not provide an API key")


def test_the_key_also_works_as_the_user_of_basic_auth(shop: Shop) -> None:
    assert shop.http.get("/v1/balance", auth=(SECRET_KEY, "")).status_code == 200


def test_answers_carry_request_id_and_version(shop: Shop) -> None:
    response = shop.raw("GET", "/v1/balance", headers={"Stripe-Version": "2026-10-28.endive"})
    assert response.headers["Request-Id"].startswith("req_")
    assert response.headers["Stripe-Version"] == "2026-10-28.endive"


def test_the_sdk_knows_the_request_id_of_an_error(shop: Shop) -> None:
    error = refused(lambda: shop.client.v1.charges.retrieve("ch_none"))
    assert error.request_id.startswith("req_")
    assert (error.http_status, error.code, error.param) == (404, "resource_missing", "id")
    assert error.error.doc_url == "https://stripe.com/docs/error-codes/resource-missing"


def test_a_url_that_stripe_does_not_have(shop: Shop) -> None:
    response = shop.raw("GET", "/v1/nothing")
    assert response.status_code == 404
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_unknown_parameters_are_refused_at_every_depth(shop: Shop) -> None:
    error = create_raw(shop, {"amount": "500", "currency": "usd", "amuont": "1"})
    assert (error["code"], error["param"]) == ("parameter_unknown", "amuont")
    assert error["message"] == "Received unknown parameter: amuont"
    nested = {"amount": "500", "currency": "usd", "automatic_payment_methods[on]": "true"}
    assert create_raw(shop, nested)["param"] == "automatic_payment_methods[on]"
    refused_list = shop.raw("GET", "/v1/refunds?customer=cus_1")
    assert refused_list.json()["error"]["code"] == "parameter_unknown"


@pytest.mark.parametrize(
    ("name", "value", "code", "message"),
    [
        ("amount", "ten", "parameter_invalid_integer", "Invalid integer: ten"),
        ("confirm", "yes", None, "Invalid boolean: yes"),
        ("capture_method", "later", None, "Invalid capture_method: must be one of automatic, "),
        ("customer", "", "parameter_invalid_empty", "You passed an empty string for 'customer'"),
        ("metadata", "text", None, "Invalid object"),
        ("metadata[a][b]", "1", None, "Metadata values must be strings."),
        ("metadata[" + "k" * 41 + "]", "1", None, "Metadata keys can have up to 40 characters"),
        ("metadata[k]", "v" * 501, None, "Metadata values can have up to 500 characters"),
        ("payment_method_types[0]", "card", "parameter_unknown", "Received unknown parameter"),
        ("allowed_payment_method_types", "card", None, "Invalid array"),
        ("allowed_payment_method_types[0]", "alipay", "sandbox_not_played", "The sandbox does"),
        ("currency", "xyz", None, "Invalid currency: xyz"),
        ("amount", "49", "amount_too_small", "Amount must be at least $0.50 usd"),
        ("amount", "0", "parameter_invalid_integer", "This value must be greater than or equal"),
        ("amount", "100000000", "amount_too_large", "Amount must be no more than $999,999.99"),
        ("transfer_group", "g", "sandbox_not_played", "The sandbox does not play"),
        ("a[b", "1", None, "Invalid parameter name"),
    ],
)
def test_wrong_values_are_refused(
    shop: Shop, name: str, value: str, code: str | None, message: str
) -> None:
    error = create_raw(shop, {"amount": "500", "currency": "usd"} | {name: value})
    assert error.get("code") == code
    assert error["message"].startswith(message)
    assert error["type"] == "invalid_request_error"


def test_the_sandbox_plays_only_parameters_that_stripe_knows() -> None:
    for route in routes:
        if isinstance(route.endpoint, Endpoint):
            assert route.endpoint.plays <= set(fields_of(route.endpoint.params)), route.path


def test_a_missing_parameter_is_named(shop: Shop) -> None:
    error = create_raw(shop, {"amount": "500"})
    assert (error["code"], error["param"]) == ("parameter_missing", "currency")


def test_metadata_keeps_odd_keys_and_merges(shop: Shop) -> None:
    customers = shop.client.v1.customers
    customer = customers.create({"metadata": {"0": "zero", "org": "1", "a.b": "c&d=é"}})
    assert customer.metadata is not None
    assert customer.metadata.to_dict() == {"0": "zero", "org": "1", "a.b": "c&d=é"}
    changed = customers.update(customer.id, {"metadata": {"org": "2", "0": ""}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"org": "2", "a.b": "c&d=é"}
    emptied = customers.update(customer.id, {"metadata": ""})
    assert emptied.metadata is not None
    assert emptied.metadata.to_dict() == {}


def test_expand_replaces_ids_by_objects(shop: Shop) -> None:
    held = shop.hold()
    found = shop.client.v1.payment_intents.retrieve(
        held.id, {"expand": ["customer", "latest_charge.refunds", "payment_method"]}
    )
    assert isinstance(found.customer, stripe.Customer)
    assert isinstance(found.latest_charge, stripe.Charge)
    assert found.latest_charge.refunds is not None
    assert isinstance(found.payment_method, stripe.PaymentMethod)
    listed = shop.client.v1.payment_intents.list({"expand": ["data.customer"]})
    assert isinstance(listed.data[0].customer, stripe.Customer)


@pytest.mark.parametrize("path", ["amount", "amount.x", "currency", "nothing", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(shop: Shop, path: str) -> None:
    held = shop.hold()
    intents = shop.client.v1.payment_intents
    error = refused(lambda: intents.retrieve(held.id, {"expand": [path]}))
    assert (error.http_status, error.param) == (400, "expand")


def test_lists_are_newest_first_and_paged_both_ways(shop: Shop) -> None:
    email = "pages@example.com"
    customers = shop.client.v1.customers
    newest_first = [customers.create({"email": email}).id for _ in range(5)][::-1]
    page = customers.list({"email": email, "limit": 2})
    assert ([found.id for found in page.data], page.has_more) == (newest_first[:2], True)
    assert [found.id for found in page.auto_paging_iter()] == newest_first
    before = customers.list({"email": email, "limit": 2, "ending_before": newest_first[4]})
    assert ([found.id for found in before.data], before.has_more) == (newest_first[2:4], True)
    created = page.data[0].created
    assert customers.list({"email": email, "created": {"gt": created + 60}}).data == []
    assert len(customers.list({"email": email, "created": {"gte": created - 60}}).data) == 5


def test_wrong_pages_are_refused(shop: Shop) -> None:
    customers = shop.client.v1.customers
    error = refused(lambda: customers.list({"limit": 101}))
    assert error.code == "parameter_invalid_integer"
    error = refused(lambda: customers.list({"starting_after": "cus_none"}))
    assert (error.code, error.param) == ("resource_missing", "starting_after")


def test_objects_carry_every_field_that_the_sdk_expects(shop: Shop) -> None:
    paid = shop.pay()
    refund = shop.client.v1.refunds.create({"payment_intent": paid.id, "amount": 1})
    shown: list[stripe.StripeObject] = [
        paid,
        refund,
        shop.client.v1.customers.retrieve(str(paid.customer)),
        shop.client.v1.charges.retrieve(str(paid.latest_charge)),
        shop.client.v1.setup_intents.create({}),
        shop.client.v1.balance.retrieve(),
        shop.client.v1.events.list().data[0],
    ]
    for found in shown:
        names = set(type(found).__annotations__) - {"OBJECT_NAME"}
        type_name = cast(str, found["object"])
        assert names - set(found.to_dict()) == LEFT_OUT[type_name], type_name
        assert set(found.to_dict()) <= names, type_name
