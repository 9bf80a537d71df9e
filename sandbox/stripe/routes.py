"""Every URL of Stripe's that the sandbox answers, with the parameters that it plays."""

from typing import Any

from starlette.routing import Route
from stripe import params as sdk

from sandbox.stripe import (
    balance,
    charges,
    customers,
    events,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    three_d_secure,
)
from sandbox.stripe.capturing import cancel, capture
from sandbox.stripe.endpoint import Endpoint, Operation

PAGING = "limit starting_after ending_before"
CUSTOMER = (
    "address description email invoice_settings metadata name phone preferred_locales shipping "
    "tax_exempt"
)
PAYMENT = (
    "amount currency customer description metadata payment_method receipt_email setup_future_usage "
    "shipping statement_descriptor statement_descriptor_suffix"
)
WAYS = "allowed_payment_method_types automatic_payment_methods"


def route(method: str, path: str, operation: Operation, params: Any, plays: str = "") -> Route:
    """One operation of Stripe's API.

    params: the SDK's TypedDict with every parameter that Stripe takes there; plays:
    those that the sandbox honours. `expand` is honoured everywhere.
    """
    endpoint = Endpoint(operation, params, frozenset(plays.split()))
    return Route(f"/v1/{path}", endpoint, methods=[method])


customer_routes = [
    route(
        "POST",
        "customers",
        customers.create,
        sdk.CustomerCreateParams,
        f"{CUSTOMER} payment_method",
    ),
    route(
        "GET",
        "customers",
        customers.list_,
        sdk.CustomerListParams,
        f"{PAGING} created email",
    ),
    route("GET", "customers/{object_id}", customers.retrieve, sdk.CustomerRetrieveParams),
    route("POST", "customers/{object_id}", customers.update, sdk.CustomerUpdateParams, CUSTOMER),
    route("DELETE", "customers/{object_id}", customers.delete, sdk.CustomerDeleteParams),
    route(
        "GET",
        "customers/{customer}/payment_methods",
        payment_methods.list_,
        sdk.CustomerListPaymentMethodsParams,
        f"{PAGING} type",
    ),
    route(
        "GET",
        "customers/{customer}/payment_methods/{object_id}",
        payment_methods.retrieve_of_customer,
        sdk.CustomerRetrievePaymentMethodParams,
    ),
]

payment_method_routes = [
    route(
        "GET",
        "payment_methods",
        payment_methods.list_,
        sdk.PaymentMethodListParams,
        f"{PAGING} customer type",
    ),
    route(
        "GET",
        "payment_methods/{object_id}",
        payment_methods.retrieve,
        sdk.PaymentMethodRetrieveParams,
    ),
    route(
        "POST",
        "payment_methods/{object_id}",
        payment_methods.update,
        sdk.PaymentMethodUpdateParams,
        "billing_details card metadata",
    ),
    route(
        "POST",
        "payment_methods/{object_id}/attach",
        payment_methods.attach,
        sdk.PaymentMethodAttachParams,
        "customer",
    ),
    route(
        "POST",
        "payment_methods/{object_id}/detach",
        payment_methods.detach,
        sdk.PaymentMethodDetachParams,
    ),
]

setup_intent_routes = [
    route(
        "POST",
        "setup_intents",
        setup_intents.create,
        sdk.SetupIntentCreateParams,
        f"{WAYS} confirm customer description metadata payment_method return_url usage "
        "use_stripe_sdk",
    ),
    route(
        "GET",
        "setup_intents",
        setup_intents.list_,
        sdk.SetupIntentListParams,
        f"{PAGING} created customer payment_method",
    ),
    route(
        "GET",
        "setup_intents/{object_id}",
        setup_intents.retrieve,
        sdk.SetupIntentRetrieveParams,
        "client_secret",
    ),
    route(
        "POST",
        "setup_intents/{object_id}",
        setup_intents.update,
        sdk.SetupIntentUpdateParams,
        "customer description metadata payment_method",
    ),
    route(
        "POST",
        "setup_intents/{object_id}/confirm",
        setup_intents.confirm,
        sdk.SetupIntentConfirmParams,
        "payment_method return_url use_stripe_sdk",
    ),
    route(
        "POST",
        "setup_intents/{object_id}/cancel",
        setup_intents.cancel,
        sdk.SetupIntentCancelParams,
        "cancellation_reason",
    ),
]

payment_intent_routes = [
    route(
        "POST",
        "payment_intents",
        payment_intents.create,
        sdk.PaymentIntentCreateParams,
        f"{PAYMENT} {WAYS} capture_method confirm error_on_requires_action off_session "
        "return_url use_stripe_sdk",
    ),
    route(
        "GET",
        "payment_intents",
        payment_intents.list_,
        sdk.PaymentIntentListParams,
        f"{PAGING} created customer",
    ),
    route(
        "GET",
        "payment_intents/{object_id}",
        payment_intents.retrieve,
        sdk.PaymentIntentRetrieveParams,
        "client_secret",
    ),
    route(
        "POST",
        "payment_intents/{object_id}",
        payment_intents.update,
        sdk.PaymentIntentUpdateParams,
        PAYMENT,
    ),
    route(
        "POST",
        "payment_intents/{object_id}/confirm",
        payment_intents.confirm,
        sdk.PaymentIntentConfirmParams,
        "capture_method error_on_requires_action off_session payment_method receipt_email "
        "return_url setup_future_usage shipping use_stripe_sdk",
    ),
    route(
        "POST",
        "payment_intents/{object_id}/capture",
        capture,
        sdk.PaymentIntentCaptureParams,
        "amount_to_capture metadata",
    ),
    route(
        "POST",
        "payment_intents/{object_id}/cancel",
        cancel,
        sdk.PaymentIntentCancelParams,
        "cancellation_reason",
    ),
]

money_routes = [
    route(
        "GET",
        "charges",
        charges.list_,
        sdk.ChargeListParams,
        f"{PAGING} created customer payment_intent",
    ),
    route("GET", "charges/{object_id}", charges.retrieve, sdk.ChargeRetrieveParams),
    route(
        "POST",
        "charges/{object_id}",
        charges.update,
        sdk.ChargeUpdateParams,
        "description metadata",
    ),
    route(
        "POST",
        "refunds",
        refunds.create,
        sdk.RefundCreateParams,
        "amount charge metadata payment_intent reason",
    ),
    route(
        "GET",
        "refunds",
        refunds.list_,
        sdk.RefundListParams,
        f"{PAGING} charge created payment_intent",
    ),
    route("GET", "refunds/{object_id}", refunds.retrieve, sdk.RefundRetrieveParams),
    route("POST", "refunds/{object_id}", refunds.update, sdk.RefundUpdateParams, "metadata"),
    route(
        "GET",
        "events",
        events.list_,
        sdk.EventListParams,
        f"{PAGING} created type types",
    ),
    route("GET", "events/{object_id}", events.retrieve, sdk.EventRetrieveParams),
    route("GET", "balance", balance.retrieve, sdk.BalanceRetrieveParams),
]

bank_page_routes = [
    Route("/stripe/3ds/{intent}", three_d_secure.show, methods=["GET"]),
    Route("/stripe/3ds/{intent}", three_d_secure.answer, methods=["POST"]),
]

routes: list[Route] = [
    *customer_routes,
    *payment_method_routes,
    *setup_intent_routes,
    *payment_intent_routes,
    *money_routes,
    *bank_page_routes,
]
