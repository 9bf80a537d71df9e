"""What to put into a URL for each kwarg that the URL conf knows, by the kwarg's name."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.tests.matrix.routes import Route
from accounts.tests.matrix.world import World
from didshop.fields import new_id


@dataclass(frozen=True)
class Kwarg:
    """`value` gives it for things of `user`, or of their organisation.

    `belongs_to` says to whom what it names belongs: to an "organisation", to one "person" of
    it, or to "nobody": a made-up token, or what staff alone may name.
    """

    value: Callable[[World, User, Route], object]
    belongs_to: str


KWARGS: dict[str, Kwarg] = {
    "number_id": Kwarg(lambda world, user, route: world.number.pk, "organisation"),
    "call_id": Kwarg(lambda world, user, route: world.call.pk, "organisation"),
    "order_id": Kwarg(lambda world, user, route: world.order.pk, "organisation"),
    "method_id": Kwarg(lambda world, user, route: world.card.pk, "organisation"),
    "member_id": Kwarg(lambda world, user, route: world.newcomer.pk, "organisation"),
    "invitation_id": Kwarg(lambda world, user, route: world.invitation.pk, "organisation"),
    "key_id": Kwarg(lambda world, user, route: world.keys[user].pk, "organisation"),
    "sign_in_id": Kwarg(lambda world, user, route: world.session_of(user).pk, "person"),
    "export_id": Kwarg(lambda world, user, route: world.exports[user].pk, "person"),
    # Of mails' links: made up, so that nobody's is taken.
    "token": Kwarg(lambda world, user, route: "made-up-token", "nobody"),
    "key": Kwarg(lambda world, user, route: "made-up-key", "nobody"),
    "uidb36": Kwarg(lambda world, user, route: "1", "nobody"),
    # A passkey that nobody has.
    "pk": Kwarg(lambda world, user, route: 1, "nobody"),
    # The admin's.
    "object_id": Kwarg(lambda world, user, route: _of_the_admins_model(route), "nobody"),
    "user_id": Kwarg(lambda world, user, route: world.people["OWNER"].pk, "nobody"),
    # Of what staff do to a user.
    "name": Kwarg(lambda world, user, route: "deactivate", "nobody"),
    "id": Kwarg(lambda world, user, route: world.people["OWNER"].pk, "nobody"),
    "content_type_id": Kwarg(lambda world, user, route: 1, "nobody"),
    "app_label": Kwarg(lambda world, user, route: "accounts", "nobody"),
    "url": Kwarg(lambda world, user, route: "nothing-here/", "nobody"),
}


class UnknownKwarg(LookupError):
    """A URL has a kwarg that the table does not know."""


def known(route: Route) -> list[Kwarg]:
    """The table's rows for the route's kwargs. Raises UnknownKwarg."""
    for name in route.kwargs:
        if name not in KWARGS:
            raise UnknownKwarg(
                f"{route} has the kwarg {name!r}, which the matrix does not know. Add it to "
                "KWARGS in accounts/tests/matrix/kwargs.py: a row of Alice's organisation "
                "(made in world.py if there is none yet), and to whom it belongs."
            )
    return [KWARGS[name] for name in route.kwargs]


def values(route: Route, world: World, user: User) -> dict[str, str]:
    """Something of `user`, or of their organisation, for every kwarg of the route."""
    rows = zip(route.kwargs, known(route), strict=True)
    return {name: str(kwarg.value(world, user, route)) for name, kwarg in rows}


def _of_the_admins_model(route: Route) -> object:
    """A row of the model that the admin's page is about; any id where there is none."""
    for model in apps.get_models():
        if admin.site.is_registered(model) and _is_about(route, model._meta.label_lower):
            first = model._default_manager.order_by("pk").first()
            return first.pk if first else new_id()
    return new_id()


def _is_about(route: Route, label: str) -> bool:
    try:
        changelist = reverse(f"admin:{label.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return False
    return f"/{route.template}".startswith(changelist)
