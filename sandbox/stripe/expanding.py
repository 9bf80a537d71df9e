"""`expand[]`: ids in an answer replaced by the objects that they stand for. (Stripe: Expanding)"""

from typing import Any

from sandbox.store import Document
from sandbox.stripe.context import Context
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import public

TYPES = {
    "charge": "charge",
    "customer": "customer",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "default_payment_method": "payment_method",
}
DEEPEST = 4


def expand(context: Context, body: Document, paths: list[str]) -> Document:
    """The answer with every path expanded, `data.customer` in lists. Raises StripeError."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise StripeError(
                f"You cannot expand more than {DEEPEST} levels of a property.",
                param="expand",
                kept=False,
            )
        expand_path(context, body, steps, path)
    return body


def expand_path(context: Context, node: Any, steps: list[str], path: str) -> None:
    """Walk one path from here, in all the items of a list. Raises StripeError."""
    if isinstance(node, list):
        for item in node:
            expand_path(context, item, steps, path)
        return
    if node is None or not steps:
        return
    if not isinstance(node, dict):
        raise cannot_be_expanded(path)
    name = steps[0]
    if name == "refunds" and node.get("object") == "charge":
        node[name] = refunds_of(context, node["id"])
    elif name not in node:
        raise cannot_be_expanded(path)
    elif isinstance(node[name], str):
        node[name] = referred(context, name, node[name], path)
    elif len(steps) == 1 and node[name] is not None and not isinstance(node[name], dict):
        raise cannot_be_expanded(path)
    expand_path(context, node[name], steps[1:], path)


def referred(context: Context, name: str, object_id: str, path: str) -> Document:
    """The object that an id in this field stands for. Raises StripeError."""
    found = context.store.get(f"stripe.{TYPES[name]}", object_id) if name in TYPES else None
    if found is None:
        raise cannot_be_expanded(path)
    shown: Document = public(found)
    return shown


def refunds_of(context: Context, charge: str) -> Document:
    """A charge's refunds, newest first, which Stripe shows on request only."""
    refunds = context.store.all("stripe.refund", charge=charge)
    return {
        "object": "list",
        "url": f"/v1/charges/{charge}/refunds",
        "has_more": False,
        "data": public(refunds[::-1]),
    }


def cannot_be_expanded(path: str) -> StripeError:
    """400 for a path that leads nowhere."""
    return StripeError(f"This property cannot be expanded ({path}).", param="expand", kept=False)
