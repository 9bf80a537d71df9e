"""A status moves only as its table allows, only once, and never without a trace."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from didshop.models import Transition
from didshop.tests.threads import all_at_once
from didshop.transitions import IllegalTransition, Stateful, move, record_start


class Lamp(Stateful):
    """Something with a status, in a table that only these tests have."""

    KIND = "lamp"
    TRANSITIONS = {
        "OFF": frozenset({"ON", "BROKEN"}),
        "ON": frozenset({"OFF", "BROKEN"}),
    }

    status = models.CharField(max_length=20, default="OFF")
    watts = models.IntegerField(default=0)

    class Meta:
        app_label = "didshop"
        constraints = [models.CheckConstraint(condition=models.Q(watts__gte=0), name="lamp_watts")]

    def __str__(self) -> str:
        return self.status


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Lamp)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.delete_model(Lamp)


@pytest.fixture
def lamp(db: None) -> Lamp:
    return Lamp.objects.create()


def trail(lamp: Lamp) -> list[tuple[str, str, str, str | None]]:
    return [
        (row.old, row.new, row.reason, row.actor and row.actor.email)
        for row in lamp.transitions.select_related("actor")
    ]


def test_a_move_writes_the_status_its_fields_and_its_trace(lamp: Lamp, alice: Any) -> None:
    before = lamp.updated_at
    record_start(lamp, actor=alice)
    assert move(lamp, "ON", reason="dark", actor=alice, watts=60)
    assert (lamp.status, lamp.watts) == ("ON", 60)
    kept = Lamp.objects.get()
    assert (kept.status, kept.watts) == ("ON", 60)
    assert kept.updated_at == lamp.updated_at > before
    assert trail(lamp) == [
        ("", "OFF", "", "alice@example.com"),
        ("OFF", "ON", "dark", "alice@example.com"),
    ]


def test_a_step_that_the_table_does_not_know_is_a_defect(lamp: Lamp) -> None:
    move(lamp, "BROKEN")
    for status in ("ON", "OFF", "BROKEN", "MELTED"):
        with pytest.raises(IllegalTransition):
            move(lamp, status)
    assert Lamp.objects.get().status == "BROKEN"
    assert len(trail(lamp)) == 1


def test_who_reads_an_old_status_writes_nothing(lamp: Lamp) -> None:
    late = Lamp.objects.get()
    assert move(lamp, "ON", watts=60)
    assert not move(late, "BROKEN", watts=1)
    assert (late.status, late.watts) == ("OFF", 0)
    assert (Lamp.objects.get().status, len(trail(lamp))) == ("ON", 1)


def test_status_and_trace_stand_or_fall_together(lamp: Lamp) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        move(lamp, "ON", watts=-1)
    assert Lamp.objects.get().status == "OFF"
    assert lamp.status == "OFF"
    assert trail(lamp) == []


def test_a_long_reason_is_cut(lamp: Lamp) -> None:
    assert move(lamp, "ON", reason="x" * 600)
    assert trail(lamp)[0][2] == "x" * 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_of_ten_at_once_one_moves_it(round_: int) -> None:
    lamp = Lamp.objects.create()
    copies = [Lamp.objects.get() for _ in range(10)]
    moved = all_at_once(*[lambda copy=copy: move(copy, "ON") for copy in copies])
    assert sorted(moved) == [False] * 9 + [True]
    assert len(trail(lamp)) == Transition.objects.count() == 1
    Lamp.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_without_the_comparison_ten_would_move_it() -> None:
    """The control of the test above: a plain save lets everybody through."""
    Lamp.objects.create()
    copies = [Lamp.objects.get() for _ in range(10)]

    def overwrite(copy: Lamp) -> bool:
        copy.status = "ON"
        copy.save()
        Transition.objects.create(subject_kind="lamp", subject_id=copy.pk, old="OFF", new="ON")
        return True

    assert all_at_once(*[lambda copy=copy: overwrite(copy) for copy in copies]) == [True] * 10
    assert Transition.objects.count() == 10
    Lamp.objects.all().delete()
