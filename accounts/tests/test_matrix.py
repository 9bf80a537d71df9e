"""Every URL, every method, every kind of caller: nobody gets where they may not, or does it.

The routes come from the URL conf, what they ask for from the views, so that a new page or
endpoint is covered without being listed. What it may mean that a view declares the wrong right
is held by test_dangerous_acts.py, where the most dangerous ones are written out by hand.
"""

import pytest

from accounts.tests.matrix.callers import CALLERS, Caller
from accounts.tests.matrix.checking import Walker
from accounts.tests.matrix.declared import PUBLIC
from accounts.tests.matrix.effects import Outside
from accounts.tests.matrix.routes import every_route
from accounts.tests.matrix.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]


BY_NAME = {caller.name: caller for caller in CALLERS}


@pytest.mark.parametrize("caller", CALLERS, ids=str)
def test_who_gets_where(caller: Caller, matrix_world: World, outside: Outside) -> None:
    walker = Walker(caller, matrix_world, outside)
    complaints = list(walker.complaints(every_route()))
    assert not complaints, "\n" + "\n".join(complaints)


def test_what_is_public_is_there() -> None:
    names = {route.name for route in every_route()}
    gone = {name for name in PUBLIC if name not in names}
    # Those of developers are there with DEBUG alone.
    assert not {name for name in gone if not name.startswith("dev-")}


# ---------------------------------------------------------------- the matrix can fail
CARELESS = [
    ("anonymous", "forgets", "says neither by @needs which right it takes"),
    ("anonymous", "moon", "has the kwarg 'moon_id', which the matrix does not know. Add it to"),
    ("anonymous", "open", "lets anybody in, and is not named among the PUBLIC ones"),
    ("anonymous", "half", "names no right for POST"),
    ("anonymous", "says", "200, where it must be 401, or led to sign in"),
    ("VIEWER", "says", "200, where it must be 403"),
    ("VIEWER", "acts", "403, and yet it changed dids_number"),
    ("VIEWER", "calls", "403, and yet it called GET /v1/charges"),
    ("OWNER", "acts", "403, where it must be neither 401, 403 nor 404"),
    ("OWNER", "breaks", "500, where it must be neither 401, 403 nor 404"),
    ("another owner", "leaks", "200, where it must be 404"),
    ("another owner's key", "leaks", "200, where it must be 404"),
    ("another owner who names this organisation", "half", "names no right for POST"),
]


@pytest.mark.urls("accounts.tests.matrix.careless_urls")
@pytest.mark.parametrize(("who", "name", "complaint"), CARELESS)
def test_a_careless_view_is_found(
    who: str, name: str, complaint: str, matrix_world: World, outside: Outside
) -> None:
    routes = [route for route in every_route() if route.name == name]
    assert len(routes) == 1
    found = list(Walker(BY_NAME[who], matrix_world, outside).complaints(routes))
    assert any(complaint in sentence for sentence in found), found


@pytest.mark.urls("accounts.tests.matrix.careless_urls")
def test_what_is_in_order_is_not_complained_about(matrix_world: World, outside: Outside) -> None:
    routes = [route for route in every_route() if route.name in {"leaks", "half"}]
    found = list(Walker(BY_NAME["OWNER"], matrix_world, outside).complaints(routes))
    assert len(found) == 1
    assert "names no right for POST" in found[0]
