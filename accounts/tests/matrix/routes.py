"""Every URL of the shop, read from the URL conf."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Of a view that is a function nobody knows what it answers; a 405 says that it does not. One
# method stands for all those that browsers do not send.
_OF_PAGES = ("GET", "POST", "DELETE")
# Django's admin takes whatever is not a POST for a GET.
_OF_THE_ADMIN = ("GET", "POST")
_KWARG = re.compile(r"<(?:[^>:]+:)?([^>]+)>")


@dataclass(frozen=True)
class Route:
    """One URL: `name` with its namespaces, `template` with %(kwarg)s where kwargs go."""

    name: str
    template: str
    kwargs: tuple[str, ...]
    view: Callable[..., Any]

    def path(self, values: Mapping[str, str]) -> str:
        """The URL with these kwargs."""
        return "/" + self.template % values

    def is_reached_by(self, path: str) -> bool:
        """Whether the path leads here. One that stands before may answer in its place."""
        try:
            return bool(resolve(path).func == self.view)
        except Resolver404:
            return False

    @property
    def view_class(self) -> Any:
        """The class that answers; None where it is a function."""
        return getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)

    @property
    def methods(self) -> tuple[str, ...]:
        """What to ask it. HEAD is a GET."""
        if self.view_class is None:
            return _OF_THE_ADMIN if self.template.startswith("admin/") else _OF_PAGES
        return tuple(name for name in EVERY_METHOD if hasattr(self.view_class, name.lower()))

    def __str__(self) -> str:
        return f"{self.name or '(no name)'} /{self.template}"


def every_route() -> list[Route]:
    """All of the URL conf that is set."""
    return list(_walk(get_resolver().url_patterns, "", (), ()))


def _walk(
    patterns: list[URLPattern | URLResolver],
    template: str,
    kwargs: tuple[str, ...],
    namespaces: tuple[str, ...],
) -> Iterator[Route]:
    for pattern in patterns:
        part, names = _part(pattern.pattern)
        here, known = template + part, (*kwargs, *names)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, here, known, inner)
        else:
            name = ":".join((*namespaces, pattern.name)) if pattern.name else ""
            yield Route(name, here, known, pattern.callback)


def _part(pattern: Any) -> tuple[str, tuple[str, ...]]:
    """A pattern as a template for %, and the kwargs in it."""
    if isinstance(pattern, RoutePattern):
        text = str(pattern)
        return _KWARG.sub(r"%(\1)s", text), tuple(_KWARG.findall(text))
    template, names = normalize(pattern.regex.pattern)[0]
    return template, tuple(names)
