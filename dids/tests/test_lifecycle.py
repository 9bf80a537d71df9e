"""Claimed, active, on its way out, given back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.factories import organization_of
from dids import lifecycle, standing_still
from dids.configuration import settings_for
from dids.criteria import Criteria
from dids.models import Number
from dids.search import search
from dids.tests.offers import offer
from didshop.errors import Conflict, Invalid
from didshop.models import Transition
from didshop.tests.sandboxes import Sandbox
from telephony import carrier
from telephony.carrier import NumberSettings, OwnedNumber
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], list[str]]
Status = Number.Status


def claim(user: Any, **routing: str) -> Number:
    return lifecycle.claim(organization=organization_of(user), user=user, offer=offer(), **routing)


def owned(number: Number, settings: NumberSettings | None = None) -> OwnedNumber:
    told = settings or settings_for(number)
    return OwnedNumber(
        sid="PN" + "1a" * 16,
        phone_number=number.phone_number,
        friendly_name="line-1",
        **vars(told),
    )


def bought(user: Any) -> Number:
    """A number that is active here and in the sandbox."""
    [found] = search(Criteria(country_code="US", limit=1)).offers
    number = lifecycle.claim(organization=organization_of(user), user=user, offer=found)
    has = carrier.buy(number.phone_number, reference="line-1", settings=settings_for(number))
    lifecycle.activate(number, owned=has, paid_through=date(2026, 12, 1), reason="Bought.")
    return number


def story(number: Number) -> list[tuple[str, str]]:
    return [(row.old, row.new) for row in number.transitions]


def refused(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Conflict) as caught:
        verb(*args, **kwargs)
    return caught.value.code


# ---------------------------------------------------------------- claims
def test_a_claim_keeps_what_was_agreed(alice: Any) -> None:
    number = claim(alice, friendly_name=" Front desk ", voice_url="https://alice.example/voice")
    number.refresh_from_db()
    assert number.status == Status.PENDING
    assert (number.area_code, number.locality, number.capabilities) == (
        "415",
        "San Francisco",
        ["voice", "sms"],
    )
    assert (number.monthly_price, number.carrier_monthly, number.currency) == (
        offer().price.monthly,
        offer().price.carrier_monthly,
        "USD",
    )
    assert (number.friendly_name, number.voice_url) == ("Front desk", "https://alice.example/voice")
    assert (number.purchased_by, number.twilio_sid) == (alice, None)
    assert story(number) == [("", "PENDING")]


def test_nobody_else_can_claim_it(alice: Any, charlie: Any) -> None:
    claim(alice)
    assert refused(claim, charlie) == "NUMBER_TAKEN"
    assert refused(claim, alice) == "NUMBER_TAKEN"
    assert Number.objects.count() == Transition.objects.count() == 1


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED, Status.RELEASING])
def test_a_live_number_cannot_be_claimed(charlie: Any, status: str) -> None:
    NumberFactory(phone_number=offer().phone_number, status=status)
    assert refused(claim, charlie) == "NUMBER_TAKEN"


def test_a_released_number_can_be_claimed_again(charlie: Any) -> None:
    NumberFactory(phone_number=offer().phone_number, status=Status.RELEASED)
    assert claim(charlie).status == Status.PENDING


def test_a_claim_with_routing_that_cannot_be(alice: Any) -> None:
    with pytest.raises(Invalid):
        claim(alice, voice_url="ftp://alice.example", friendly_name="a\nb")
    assert not Number.objects.exists()


def test_unclaiming_frees_the_number(alice: Any, charlie: Any) -> None:
    lifecycle.unclaim(claim(alice))
    assert claim(charlie).organization == organization_of(charlie)


def test_an_active_number_is_never_unclaimed(alice: Any) -> None:
    number = NumberFactory(purchased_by=alice)
    lifecycle.unclaim(number)
    assert Number.objects.filter(pk=number.pk).exists()


# ---------------------------------------------------------------- activation
def test_a_number_goes_live(alice: Any, run_tasks: RunTasks) -> None:
    number = claim(alice)
    day = date(2026, 12, 22)
    assert lifecycle.activate(number, owned=owned(number), paid_through=day, reason="Bought.")
    number.refresh_from_db()
    assert (number.status, number.twilio_sid) == (Status.ACTIVE, "PN" + "1a" * 16)
    assert (number.paid_through, number.is_configured) == (day, True)
    assert number.purchased_at is not None
    assert story(number) == [("", "PENDING"), ("PENDING", "ACTIVE")]


def test_going_live_twice_is_once(alice: Any) -> None:
    number, again = claim(alice), Number.objects.get()
    args = {"owned": owned(number), "paid_through": date(2026, 12, 22), "reason": "Bought."}
    assert lifecycle.activate(number, **args)
    assert not lifecycle.activate(again, **args)
    assert story(number) == [("", "PENDING"), ("PENDING", "ACTIVE")]


def test_an_adopted_number_with_other_routing_is_told(
    alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    number = claim(alice)
    other = owned(number, NumberSettings(voice_url="https://elsewhere.example/"))
    with django_capture_on_commit_callbacks() as callbacks:
        lifecycle.activate(number, owned=other, paid_through=date(2026, 12, 22), reason="Adopted.")
    number.refresh_from_db()
    assert not number.is_configured
    assert len(callbacks) == 1


def test_two_rows_never_stand_for_one_number_at_the_carrier(alice: Any) -> None:
    NumberFactory(twilio_sid="PN" + "1a" * 16)
    number = claim(alice)
    day = date(2026, 12, 22)
    code = refused(
        lifecycle.activate, number, owned=owned(number), paid_through=day, reason="Bought."
    )
    assert code == "CARRIER_NUMBER_CLAIMED"
    number.refresh_from_db()
    assert number.status == Status.PENDING


# ---------------------------------------------------------------- release and restore
@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED])
def test_a_release_leaves_time_to_think(alice: Any, settings: Any, status: str) -> None:
    settings.RELEASE_DAYS = 7
    number = NumberFactory(purchased_by=alice, status=status, forward_to="+442079460123")
    released = lifecycle.release(number, actor=alice)
    assert released.status == Status.RELEASING
    assert released.release_at - timezone.now() > timedelta(days=6, hours=23)
    assert released.forward_to == "+442079460123"
    [row] = released.transitions
    assert (row.old, row.new, row.actor) == (status, "RELEASING", alice)


def test_releasing_twice_keeps_the_first_date(alice: Any) -> None:
    number = NumberFactory(purchased_by=alice)
    first = lifecycle.release(number, actor=alice).release_at
    assert lifecycle.release(number, actor=alice).release_at == first
    assert len(story(number)) == 1


def test_a_release_can_be_hurried(alice: Any) -> None:
    number = NumberFactory(purchased_by=alice)
    lifecycle.release(number, actor=alice)
    assert lifecycle.release(number, actor=alice, immediate=True).release_at <= timezone.now()
    assert len(story(number)) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.PENDING, "NUMBER_BEING_BOUGHT"), (Status.RELEASED, "NUMBER_RELEASED")],
)
def test_what_cannot_be_released(alice: Any, status: str, code: str) -> None:
    number = NumberFactory(purchased_by=alice, status=status)
    assert refused(lifecycle.release, number, actor=alice) == code
    assert story(number) == []


def test_a_restored_number_stays(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    lifecycle.release(number, actor=alice)
    restored = lifecycle.restore(number, actor=alice)
    assert (restored.status, restored.release_at) == (Status.ACTIVE, None)
    assert not lifecycle.finish_release(number.pk)
    assert len(sandbox.state()["numbers"]) == 1


def test_what_is_not_on_its_way_out_cannot_be_restored(alice: Any) -> None:
    number = NumberFactory(purchased_by=alice)
    assert refused(lifecycle.restore, number, actor=alice) == "NUMBER_NOT_RELEASING"


def test_in_the_last_minute_it_is_too_late(alice: Any) -> None:
    soon = timezone.now() + timedelta(seconds=59)
    number = NumberFactory(purchased_by=alice, status=Status.RELEASING, release_at=soon)
    assert refused(lifecycle.restore, number, actor=alice) == "RELEASE_DUE"
    number.refresh_from_db()
    assert number.status == Status.RELEASING


# ---------------------------------------------------------------- given back
def test_a_released_number_routes_nowhere(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    Number.objects.update(
        forward_to="+442079460123",
        voice_fallback_url="https://alice.example/fallback",
        status_callback="https://alice.example/status",
    )
    lifecycle.release(number, actor=alice, immediate=True)
    assert lifecycle.finish_release(number.pk)
    number.refresh_from_db()
    assert number.status == Status.RELEASED
    routes = ("forward_to", "voice_url", "voice_fallback_url", "status_callback")
    assert [getattr(number, name) for name in routes] == [""] * 4
    assert sandbox.state()["numbers"] == []
    assert not lifecycle.finish_release(number.pk)
    assert [new for _, new in story(number)] == ["PENDING", "ACTIVE", "RELEASING", "RELEASED"]


def test_what_is_not_due_is_not_given_back(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    assert not lifecycle.finish_release(number.pk)
    lifecycle.release(number, actor=alice)
    assert not lifecycle.finish_release(number.pk)
    assert len(sandbox.state()["numbers"]) == 1


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "429", "500", "garbage"])
def test_a_release_whose_answer_is_lost_is_finished_by_the_sweeper(
    alice: Any, sandbox: Sandbox, kind: str, side: str
) -> None:
    number = bought(alice)
    lifecycle.release(number, actor=alice, immediate=True)
    sandbox.fault(service="twilio", method="DELETE", side=side, kind=kind)
    first = lifecycle.finish_release(number.pk)
    number.refresh_from_db()
    # Only of garbage in a 204's place is it sure that the number is gone.
    assert number.status == (Status.RELEASED if first else Status.RELEASING)
    if not first:
        assert lifecycle.finish_release(number.pk)
    number.refresh_from_db()
    assert number.status == Status.RELEASED
    assert sandbox.state()["numbers"] == []


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_finds_what_lost_its_task(
    alice: Any, sandbox: Sandbox, run_tasks: RunTasks, settings: Any
) -> None:
    settings.SWEEP_SECONDS = 0
    number = bought(alice)
    untold = NumberFactory(status=Status.PENDING)
    later = NumberFactory(status=Status.RELEASING, release_at=timezone.now() + timedelta(days=1))
    Number.objects.filter(pk=number.pk).update(status=Status.RELEASING, release_at=timezone.now())
    standing_still.wake_all()
    names = run_tasks()
    assert names.count("dids.tasks.finish_release") == 1
    number.refresh_from_db()
    later.refresh_from_db()
    untold.refresh_from_db()
    assert (number.status, later.status, untold.status) == (
        Status.RELEASED,
        Status.RELEASING,
        Status.PENDING,
    )
