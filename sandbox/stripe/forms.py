"""Stripe's form encoding: `a[b][0][c]=v` stands for nested objects and lists."""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.stripe.errors import StripeError

SEGMENT = re.compile(r"\[([^\[\]]*)\]")
WHOLE = re.compile(r"^[^\[\]]+(\[[^\[\]]*\])*$")
DEEPEST = 10


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dicts of strings. Lists stay dicts keyed by their indexes.

    Only the parameter's type tells a list `expand[0]` from metadata with the key "0",
    so the reader of the types turns dicts into lists. Raises StripeError.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        put(tree, path_of(name), name, value)
    return tree


def path_of(name: str) -> list[str]:
    """The steps from the root to the value. Raises StripeError."""
    if not WHOLE.match(name):
        raise StripeError(f"Invalid parameter name: {name}", param=name, kept=False)
    steps = [name.split("[", 1)[0], *SEGMENT.findall(name)]
    if len(steps) > DEEPEST:
        raise StripeError(f"Parameter nested too deeply: {name}", param=name, kept=False)
    return steps


def put(tree: dict[str, Any], steps: list[str], name: str, value: str) -> None:
    """Set one value; `[]` takes the next index. Raises StripeError where names contradict."""
    node = tree
    for step in steps[:-1]:
        node = node.setdefault(step or str(len(node)), {})
        if not isinstance(node, dict):
            raise StripeError(f"Invalid object: {name}", param=name, kept=False)
    last = steps[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise StripeError(f"Invalid object: {name}", param=name, kept=False)
    node[last] = value
