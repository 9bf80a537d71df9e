"""Many at once, on PostgreSQL: one claim, one release, one restore."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.tests.factories import UserFactory, organization_of
from dids import lifecycle
from dids.configuration import configure, push, settings_for
from dids.models import Number
from dids.tests.offers import offer
from dids.tests.test_lifecycle import bought, owned
from didshop.errors import Conflict
from didshop.tests.sandboxes import Sandbox
from telephony.tests.factories import NumberFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 20


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What `work` returned, or the exception that it raised, in each of 20 threads."""
    start = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS

    def run(number: int) -> None:
        try:
            start.wait(10)
            results[number] = work(number)
        except Exception as error:  # noqa: BLE001 - the assertion shows it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("round_number", range(10))
def test_twenty_customers_claim_one_number(round_number: int) -> None:
    users = UserFactory.create_batch(THREADS)
    homes = [organization_of(user) for user in users]

    def claim(number: int) -> Number:
        return lifecycle.claim(organization=homes[number], user=users[number], offer=offer())

    results = at_once(claim)
    claims = [result for result in results if isinstance(result, Number)]
    refusals = [result.code for result in results if isinstance(result, Conflict)]
    assert len(claims) == 1
    assert refusals == ["NUMBER_TAKEN"] * (THREADS - 1)
    assert [number.pk for number in Number.objects.all()] == [claims[0].pk]
    assert claims[0].transitions.count() == 1


def test_a_control_without_the_constraint_sells_twice() -> None:
    """What stops the others is the constraint: without it the same race has many winners."""
    users = UserFactory.create_batch(THREADS)
    homes = [organization_of(user) for user in users]
    [constraint] = [one for one in Number._meta.constraints if one.name == "one_live_number_each"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Number, constraint)
    try:
        results = at_once(
            lambda number: lifecycle.claim(
                organization=homes[number], user=users[number], offer=offer()
            )
        )
        assert sum(isinstance(result, Number) for result in results) > 1
    finally:
        Number.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Number, constraint)


def test_a_number_goes_live_once(alice: Any) -> None:
    number = lifecycle.claim(organization=organization_of(alice), user=alice, offer=offer())
    has = owned(number)

    def activate(_: int) -> bool:
        mine = Number.objects.get(pk=number.pk)
        mine.status = Number.Status.PENDING
        return lifecycle.activate(
            mine, owned=has, paid_through=date(2026, 12, 22), reason="Bought."
        )

    assert sorted(at_once(activate)) == [False] * (THREADS - 1) + [True]
    assert number.transitions.count() == 2


def test_twenty_releases_are_one(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    dates = {one.release_at for one in at_once(lambda _: lifecycle.release(number, actor=alice))}
    assert len(dates) == 1
    lifecycle.release(number, actor=alice, immediate=True)
    assert sum(at_once(lambda _: lifecycle.finish_release(number.pk))) == 1
    assert [row.new for row in number.transitions] == [
        "PENDING",
        "ACTIVE",
        "RELEASING",
        "RELEASED",
    ]
    assert sandbox.state()["numbers"] == []


def test_releases_and_restores_leave_a_true_story(alice: Any) -> None:
    number = NumberFactory(purchased_by=alice)

    def work(turn: int) -> Number:
        verb = lifecycle.release if turn % 2 else lifecycle.restore
        return verb(number, actor=alice)

    at_once(work)
    number.refresh_from_db()
    story = [(row.old, row.new) for row in number.transitions]
    status = "ACTIVE"
    for old, new in story:
        assert old == status
        status = new
    assert number.status == status


def test_the_carrier_ends_with_what_was_set_last(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)

    def work(turn: int) -> None:
        configure(number, actor=alice, voice_url=f"https://alice.example/{turn}")
        push(number.pk)

    assert at_once(work) == [None] * THREADS
    number.refresh_from_db()
    assert number.is_configured
    assert number.config_version == THREADS + 1
    [there] = sandbox.state()["numbers"]
    assert there["voice_url"] == settings_for(number).voice_url
