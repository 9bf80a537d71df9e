"""What Stripe takes: names, types and choices read from the SDK's own TypedDicts.

`stripe.params.*` is generated from Stripe's specification, so a parameter that is
not in there is one that Stripe refuses, and so does the sandbox.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import (
    Any,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from stripe import RequestOptions
from typing_extensions import is_typeddict

from sandbox.stripe.errors import StripeError

# Names that the SDK's modules import for the type checker only.
ONLY_WHEN_CHECKING = {"StripeContext": object, "Mapping": Mapping}
MOST_METADATA = 50
LONGEST_METADATA_KEY = 40
LONGEST_METADATA_VALUE = 500


@dataclass(frozen=True)
class Field:
    """One parameter: whether it must be there, and the types that it may have."""

    required: bool
    options: tuple[Any, ...]

    def takes(self, plain: Any) -> bool:
        """Whether it may be of this plain type."""
        return plain in self.options

    def choices(self) -> list[str]:
        """The words that it is restricted to, none when it is free."""
        return [
            choice
            for option in self.options
            if get_origin(option) is Literal
            for choice in get_args(option)
            if choice != ""
        ]

    def can_be_unset(self) -> bool:
        """Whether an empty string takes the value away."""
        return any(
            get_origin(option) is Literal and "" in get_args(option) for option in self.options
        )

    def object_type(self) -> Any | None:
        """The TypedDict of a nested object."""
        return next((option for option in self.options if is_typeddict(option)), None)

    def item(self) -> "Field | None":
        """The type of a list's items."""
        for option in self.options:
            if get_origin(option) is list:
                return Field(required=False, options=flatten(get_args(option)[0]))
        return None

    def is_map(self) -> bool:
        """Whether it is free text by free keys, as metadata is."""
        return any(get_origin(option) is dict for option in self.options)


@cache
def fields_of(params: Any) -> dict[str, Field]:
    """The parameters of an operation, or of an object nested in them, by name."""
    hints = get_type_hints(params, localns=ONLY_WHEN_CHECKING, include_extras=True)
    return {
        name: Field(get_origin(hint) is not NotRequired, flatten(hint))
        for name, hint in hints.items()
        if name not in RequestOptions.__annotations__
    }


def flatten(hint: Any) -> tuple[Any, ...]:
    """The members of a union, unions in unions included, without what TypedDict adds."""
    if get_origin(hint) in (NotRequired, Required):
        return flatten(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(option for member in get_args(hint) for option in flatten(member))
    if isinstance(hint, ForwardRef):
        raise TypeError(f"The SDK names a type that cannot be resolved: {hint}")
    return (hint,)


def parse(params: Any, raw: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """The request's parameters with their types. Raises StripeError for the first that is wrong."""
    fields = fields_of(params)
    unknown = [name_in(within, name) for name in raw if name not in fields]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise refusal(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            "parameter_unknown",
            unknown[0],
        )
    for name, field in fields.items():
        if field.required and name not in raw:
            missing = name_in(within, name)
            raise refusal(f"Missing required param: {missing}.", "parameter_missing", missing)
    return {name: read(fields[name], value, name_in(within, name)) for name, value in raw.items()}


def name_in(within: str, name: str) -> str:
    """A nested parameter's full name."""
    return f"{within}[{name}]" if within else name


def read(field: Field, value: Any, name: str) -> Any:
    """One value. Raises StripeError."""
    return (
        read_tree(field, value, name) if isinstance(value, dict) else read_text(field, value, name)
    )


def read_tree(field: Field, value: dict[str, Any], name: str) -> Any:
    """A list, a nested object or free keys. Raises StripeError."""
    item = field.item()
    if item is not None and all(index.isdecimal() for index in value):
        return [read(item, value[index], f"{name}[{index}]") for index in sorted(value, key=int)]
    nested = field.object_type()
    if nested is not None:
        return parse(nested, value, name)
    if field.is_map():
        return read_metadata(value, name)
    raise refusal(f"Invalid {'array' if item else 'string'}: {name}", None, name)


def read_metadata(value: dict[str, Any], name: str) -> dict[str, str]:
    """Free keys with text, within Stripe's bounds. Raises StripeError."""
    if len(value) > MOST_METADATA:
        raise refusal(f"You can only set up to {MOST_METADATA} metadata keys.", None, name)
    for key, text in value.items():
        if not isinstance(text, str):
            raise refusal("Metadata values must be strings.", None, name_in(name, key))
        if len(key) > LONGEST_METADATA_KEY:
            raise refusal(too_long("key", key, LONGEST_METADATA_KEY), None, name_in(name, key))
        if len(text) > LONGEST_METADATA_VALUE:
            raise refusal(
                too_long("value", text, LONGEST_METADATA_VALUE),
                None,
                name_in(name, key),
            )
    return value


def too_long(part: str, text: str, longest: int) -> str:
    """What Stripe says of metadata that is too long."""
    return (
        f"Metadata {part}s can have up to {longest} characters, but you passed in a {part} that is "
        f"{len(text)} characters. Invalid {part}: {text}"
    )


def read_text(field: Field, value: str, name: str) -> Any:
    """A single value by the types that it may have. Raises StripeError."""
    if value == "":
        return read_empty(field, name)
    choices = field.choices()
    if value in choices:
        return value
    if field.takes(bool):
        return read_boolean(value, name)
    if field.takes(int):
        return read_integer(value, name)
    if choices:
        raise refusal(f"Invalid {name}: must be one of {spoken(choices)}", None, name)
    if field.takes(str):
        return value
    raise refusal(f"Invalid {'array' if field.item() else 'object'}", None, name)


def read_empty(field: Field, name: str) -> str:
    """An empty value takes something away where that is possible. Raises StripeError."""
    if field.can_be_unset() or field.is_map():
        return ""
    raise refusal(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset "
        f"a parameter; however '{name}' cannot be unset. You should remove '{name}' from your "
        "request or supply a non-empty value.",
        "parameter_invalid_empty",
        name,
    )


def read_boolean(value: str, name: str) -> bool:
    """true or false. Raises StripeError."""
    if value not in ("true", "false"):
        raise refusal(f"Invalid boolean: {value}", None, name)
    return value == "true"


def read_integer(value: str, name: str) -> int:
    """A whole number. Raises StripeError."""
    if not value.lstrip("-").isdecimal():
        raise refusal(f"Invalid integer: {value}", "parameter_invalid_integer", name)
    return int(value)


def spoken(choices: list[str]) -> str:
    """A list as Stripe says it: a, b, or c."""
    *others, last = choices
    return f"{', '.join(others)}, or {last}" if len(others) > 1 else " or ".join(choices)


def refusal(message: str, code: str | None, name: str) -> StripeError:
    """What Stripe answers before it carries anything out, so that no key keeps it."""
    return StripeError(message, code=code, param=name, kept=False)
