"""What all of Stripe's objects share: finding, showing, changing and listing them."""

from collections.abc import Sequence
from typing import Any

from sandbox.store import Document
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError, resource_missing

NOUNS = {"payment_method": "PaymentMethod"}
DEFAULT_LIMIT = 10
HIGHEST_LIMIT = 100
COMPARISONS = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def public(value: Any) -> Any:
    """The object as Stripe shows it: without what the sandbox notes under names with `_`."""
    if isinstance(value, dict):
        return {name: public(part) for name, part in value.items() if not name.startswith("_")}
    return [public(part) for part in value] if isinstance(value, list) else value


def find(
    context: Context, kind: str, object_id: str, *, param: str, in_url: bool = False
) -> Document:
    """The object. Raises StripeError resource_missing, 404 when the URL names it, else 400."""
    document = context.store.get(f"stripe.{kind}", object_id)
    if document is None:
        raise resource_missing(NOUNS.get(kind, kind), object_id, param=param, in_url=in_url)
    return document


def find_customer(context: Context, object_id: str, *, in_url: bool = False) -> Document:
    """The customer unless deleted. Raises StripeError resource_missing."""
    customer = find(context, "customer", object_id, param="customer", in_url=in_url)
    if customer.get("deleted"):
        raise resource_missing("customer", object_id, param="customer", in_url=in_url)
    return customer


def merge_metadata(kept: dict[str, str], change: dict[str, str] | str | None) -> dict[str, str]:
    """The metadata after a change: an empty value takes a key away, an empty string all."""
    if change is None:
        return kept
    if isinstance(change, str):
        return {}
    return {key: value for key, value in {**kept, **change}.items() if value != ""}


def unset(value: Any) -> Any:
    """A parameter's value, None where the caller emptied it."""
    return None if value == "" else value


def list_page(
    documents: Sequence[Document], params: dict[str, Any], *, url: str, noun: str
) -> Document:
    """A page of a list, newest first. (Stripe: Pagination)

    documents: all that match, oldest first. params: limit, starting_after,
    ending_before, created. Raises StripeError.
    """
    newest_first = [found for found in reversed(documents) if created_within(found, params)]
    limit = page_limit(params)
    before = params.get("ending_before")
    if before is not None:
        ahead = newest_first[: position(newest_first, before, "ending_before", noun)]
        data, more = ahead[-limit:], len(ahead) > limit
    else:
        after = params.get("starting_after")
        start = 0 if after is None else position(newest_first, after, "starting_after", noun) + 1
        data, more = (
            newest_first[start : start + limit],
            len(newest_first) > start + limit,
        )
    return {"object": "list", "url": url, "has_more": more, "data": data}


def page_limit(params: dict[str, Any]) -> int:
    """How many objects a page has. Raises StripeError."""
    limit: int = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= HIGHEST_LIMIT:
        side = (
            "greater than or equal to 1" if limit < 1 else f"less than or equal to {HIGHEST_LIMIT}"
        )
        raise StripeError(
            f"This value must be {side} (it currently is '{limit}').",
            code="parameter_invalid_integer",
            param="limit",
            kept=False,
        )
    return limit


def position(documents: list[Document], object_id: str, param: str, noun: str) -> int:
    """Where the object with this id stands. Raises StripeError."""
    for index, document in enumerate(documents):
        if document["id"] == object_id:
            return index
    raise resource_missing(noun, object_id, param=param)


def created_within(document: Document, params: dict[str, Any]) -> bool:
    """Whether the object was created when `created` says: a second, or bounds."""
    bounds = params.get("created", {})
    if isinstance(bounds, int):
        return bool(document["created"] == bounds)
    return all(COMPARISONS[name](document["created"], bound) for name, bound in bounds.items())
