"""Calls every route by every method as one caller, and says what is not as it must be."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.tests.factories import PASSWORD
from accounts.tests.matrix import kwargs
from accounts.tests.matrix.bodies import body_for
from accounts.tests.matrix.callers import Caller, Whose
from accounts.tests.matrix.declared import Careless, Outcome, expected
from accounts.tests.matrix.effects import (
    Fingerprint,
    Outside,
    fingerprint,
    noting_writes,
)
from accounts.tests.matrix.routes import Route
from accounts.tests.matrix.world import World, key_of

UNTOUCHED = {
    Outcome.STRANGER,
    Outcome.OUTSIDE,
    Outcome.FORBIDDEN,
    Outcome.ELSEWHERE,
    Outcome.UNSIGNED,
    Outcome.LOOKING,
}
# The carrier and Stripe are away while the matrix is walked.
_SERVICES_AWAY = {502, 503, 504}
_NOT_ANSWERED = HTTPStatus.METHOD_NOT_ALLOWED
_MAY_LEAD_TO_SIGN_IN = {Outcome.STRANGER, Outcome.OUTSIDE, Outcome.ANSWERED}
_NOT_THESE: dict[Outcome, set[HTTPStatus]] = {
    Outcome.KNOWN: {HTTPStatus.UNAUTHORIZED},
    Outcome.WELCOME: {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND},
}
_STATUSES: dict[Outcome, set[HTTPStatus]] = {
    Outcome.STRANGER: {HTTPStatus.UNAUTHORIZED},
    Outcome.OUTSIDE: {HTTPStatus.FORBIDDEN},
    Outcome.FORBIDDEN: {HTTPStatus.FORBIDDEN},
    Outcome.ELSEWHERE: {HTTPStatus.NOT_FOUND},
    Outcome.UNSIGNED: {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN},
}


@dataclass(frozen=True)
class Answer:
    """What came of one call."""

    status: int
    location: str
    touched: tuple[str, ...]
    called_outside: tuple[str, ...]


class Walker:
    """One caller in the world, with the world's state as it was before they came."""

    def __init__(self, caller: Caller, world: World, outside: Outside) -> None:
        self._caller, self._world, self._outside = caller, world, outside
        self._client = _client_of(caller, world)
        self._whose = _whose(caller, world)
        self._before: Fingerprint = fingerprint()
        self._signs_in_at = {reverse("account_login"), reverse("admin:login")}
        self.asked = 0

    def complaints(self, routes: Iterable[Route]) -> Iterator[str]:
        """A sentence for everything that is not as it must be."""
        for route in routes:
            if not self._caller.tries(route.template):
                continue
            try:
                path = route.path(kwargs.values(route, self._world, self._whose))
                if route.is_reached_by(path):
                    for method in route.methods:
                        yield from self._check(route, method, path)
            except (Careless, kwargs.UnknownKwarg) as error:
                yield str(error)

    def _check(self, route: Route, method: str, path: str) -> Iterator[str]:
        outcome = expected(route, method, self._caller)
        if outcome is Outcome.NOT_ASKED:
            return
        answer = self.ask(method, path)
        self.asked += 1
        said = f"{method} {path} ({route.name}) as {self._caller}"
        if not self._is(outcome, answer, route):
            came = f"{answer.status} {answer.location}".strip()
            yield f"{said}: {came}, where it must be {outcome.value}."
        if outcome in UNTOUCHED and answer.touched:
            yield f"{said}: {answer.status}, and yet it changed {', '.join(answer.touched)}."
        if outcome in UNTOUCHED and answer.called_outside:
            yield f"{said}: {answer.status}, and yet it called {', '.join(answer.called_outside)}."

    def ask(self, method: str, path: str) -> Answer:
        """Call it, and then undo whatever it did."""
        cache.clear()
        cookies = deepcopy(self._client.cookies)
        called = len(self._outside.calls)
        with transaction.atomic():
            with noting_writes() as writes:
                response: Any = self._client.generic(method, path, *body_for(path, self._world))
                _read(response)
            touched = writes.effects(self._before)
            transaction.set_rollback(True)
        # A sign-out is undone as well.
        self._client.cookies = cookies
        return Answer(
            response.status_code,
            response.get("Location", ""),
            tuple(touched),
            tuple(self._outside.calls[called:]),
        )

    def _is(self, outcome: Outcome, answer: Answer, route: Route) -> bool:
        """Whether the answer is what must come of it."""
        if route.view_class is None and answer.status == _NOT_ANSWERED:
            return True
        if self._led_to_sign_in(answer):
            return outcome in _MAY_LEAD_TO_SIGN_IN and not route.template.startswith("api/")
        if outcome in _STATUSES:
            return answer.status in _STATUSES[outcome]
        return not _is_broken(answer.status) and answer.status not in _NOT_THESE.get(outcome, ())

    def _led_to_sign_in(self, answer: Answer) -> bool:
        leads = urlsplit(answer.location).path in self._signs_in_at
        return answer.status == HTTPStatus.FOUND and leads


def _is_broken(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _SERVICES_AWAY


def _read(response: Any) -> None:
    """Have a file that is sent in pieces sent."""
    if response.streaming:
        b"".join(response.streaming_content)


def _client_of(caller: Caller, world: World) -> Client:
    """Signed in on pages by cookie and in the API by token; by key in the API alone."""
    client = Client(raise_request_exception=False)
    if not caller.user:
        return client
    user = world.people[caller.user]
    if caller.key is not None:
        _, bearer = key_of(user, [scope.value for scope in caller.key])
    else:
        client.force_login(user)
        # So that nothing stands between them and what asks for it once more.
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        bearer = sessions.start(user).access_token
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {bearer}"
    if caller.names_foreign_organization:
        client.defaults["HTTP_X_ORGANIZATION"] = str(world.organization.pk)
    return client


def _whose(caller: Caller, world: World) -> Any:
    """Whose things stand in the URLs: the caller's, or Alice's."""
    is_theirs = caller.whose is Whose.THEIRS and caller.user
    return world.people[caller.user if is_theirs else "OWNER"]
