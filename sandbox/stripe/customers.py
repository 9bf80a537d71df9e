"""Customers. (Stripe: Customers)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError, not_played
from sandbox.stripe.events import emit
from sandbox.stripe.ids import new_id, random_text
from sandbox.stripe.objects import find, find_customer, list_page, merge_metadata, unset
from sandbox.stripe.payment_methods import attach_to, detach_from_customer, materialise

PLAIN_FIELDS = (
    "address",
    "description",
    "email",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
)
# Null in a new customer, many of them always in the sandbox.
EMPTY_AT_FIRST = (
    "address",
    "business_name",
    "currency",
    "customer_account",
    "default_source",
    "description",
    "discount",
    "email",
    "individual_name",
    "name",
    "phone",
    "shipping",
    "test_clock",
)


def create(context: Context, params: dict[str, Any]) -> Document:
    """A customer, with a first PaymentMethod where one is given. (Stripe: Customers)

    Raises CardError when the bank declines to have the card saved.
    """
    customer = new_customer(context)
    if "payment_method" in params:
        payment_method = materialise(context, params["payment_method"], param="payment_method")
        attach_to(context, payment_method, customer["id"])
    change(context, customer, params)
    context.save(customer)
    emit(context, "customer.created", customer)
    return customer


def new_customer(context: Context) -> Document:
    """A customer of whom nothing is known yet."""
    return {
        "id": new_id("cus", 14),
        "object": "customer",
        "balance": 0,
        "created": context.now,
        "delinquent": False,
        "invoice_prefix": random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        **dict.fromkeys(EMPTY_AT_FIRST),
    }


def change(context: Context, customer: Document, params: dict[str, Any]) -> None:
    """Take over what the parameters say. Raises StripeError for a default that is not theirs."""
    for name in PLAIN_FIELDS:
        if name in params:
            customer[name] = unset(params[name])
    customer["metadata"] = merge_metadata(customer["metadata"], params.get("metadata"))
    settings = params.get("invoice_settings", {})
    if "default_payment_method" in settings:
        default = unset(settings["default_payment_method"])
        check_default(context, customer, default)
        customer["invoice_settings"]["default_payment_method"] = default
    unplayed = sorted(set(settings) - {"default_payment_method"})
    if unplayed:
        raise not_played(f"invoice_settings[{unplayed[0]}]")


def check_default(context: Context, customer: Document, object_id: str | None) -> None:
    """Only a PaymentMethod of this customer can be their default. Raises StripeError."""
    if object_id is None:
        return
    param = "invoice_settings[default_payment_method]"
    payment_method = find(context, "payment_method", object_id, param=param)
    if payment_method["customer"] != customer["id"]:
        raise StripeError(
            f"The customer does not have a payment method with the ID {object_id}. The payment "
            "method must be attached to the customer.",
            code="resource_missing",
            param=param,
        )


def retrieve(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """One customer; of a deleted one only that it is deleted. (Stripe: Customers)"""
    return find(context, "customer", object_id, param="id", in_url=True)


def update(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Change a customer. (Stripe: Customers)"""
    customer = find_customer(context, object_id, in_url=True)
    change(context, customer, params)
    context.save(customer)
    emit(context, "customer.updated", customer)
    return customer


def delete(context: Context, params: dict[str, Any], object_id: str) -> Document:
    """Delete a customer with their PaymentMethods; payments stay. (Stripe: Customers)"""
    customer = find_customer(context, object_id, in_url=True)
    emit(context, "customer.deleted", customer)
    tombstone: Document = {"id": object_id, "object": "customer", "deleted": True}
    context.save(tombstone)
    for payment_method in context.store.all("stripe.payment_method", customer=object_id):
        detach_from_customer(context, payment_method)
    return tombstone


def list_(context: Context, params: dict[str, Any]) -> Document:
    """Customers, newest first, also by exact e-mail. (Stripe: Customers)"""
    email = params.get("email")
    found = [
        customer
        for customer in context.store.all("stripe.customer")
        if not customer.get("deleted") and (email is None or customer["email"] == email)
    ]
    return list_page(found, params, url="/v1/customers", noun="customer")
