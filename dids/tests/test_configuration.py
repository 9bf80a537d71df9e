"""What a customer may set, and that the carrier ends with the newest."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from dids import configuration, standing_still
from dids.configuration import configure, push, settings_for
from dids.models import Number
from dids.tests.test_lifecycle import bought
from didshop.errors import Conflict, Invalid
from didshop.tests.sandboxes import Sandbox
from telephony import carrier
from telephony.tests.carriers import Heard, Says, carrier_that
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db
RunTasks = Callable[[], list[str]]
PHONE = "+442079460123"
SIDES = ["before", "after"]
OWN_URL = "https://alice.example/voice"


@pytest.fixture
def number(alice: Any) -> Number:
    return NumberFactory(purchased_by=alice, phone_number="+14155450100", configured_version=1)


def problems(number: Number, **changes: Any) -> dict[str, str]:
    """What is said of the changes; nothing may be written."""
    before = Number.objects.filter(pk=number.pk).values().get()
    with pytest.raises(Invalid) as caught:
        configure(number, actor=number.purchased_by, **changes)
    assert Number.objects.filter(pk=number.pk).values().get() == before
    return {detail["field"]: detail["message"] for detail in caught.value.details}


# ---------------------------------------------------------------- what may be set
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("02079460123", "no country"),
        ("nonsense", "no number"),
        ("+1", "too short"),
        ("+14155550123;ext=5", "an extension"),
        ("+19005551234", "premium rate"),
        ("+449061234567", "premium rate"),
        ("+447011234567", "a personal number"),
        ("+448431234567", "shared cost"),
        ("+18765551234", "Jamaica under +1"),
        ("+12425551234", "the Bahamas under +1"),
        ("+881612345678", "a satellite"),
        ("+979123456789", "international premium rate"),
        ("+80012345678", "international toll-free"),
        ("+34911234567", "a country that is not forwarded to"),
        ("+447624123456", "the Isle of Man under +44"),
    ],
)
def test_phones_that_calls_are_not_forwarded_to(number: Number, text: str, what: str) -> None:
    assert problems(number, forward_to=text).keys() == {"forward_to"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (PHONE, PHONE),
        ("+44 20 7946 0123", PHONE),
        ("+447400123456", "+447400123456"),
        ("+18005550123", "+18005550123"),
        ("+4930123456", "+4930123456"),
        ("", ""),
    ],
)
def test_phones_that_calls_are_forwarded_to(number: Number, text: str, kept: str) -> None:
    assert configure(number, actor=number.purchased_by, forward_to=text).forward_to == kept


def test_calls_do_not_go_round_in_circles(number: Number) -> None:
    other = NumberFactory(phone_number="+14155450111", status="RELEASING")
    gone = NumberFactory(phone_number="+14155450112", status="RELEASED")
    assert "itself" in problems(number, forward_to=number.phone_number)["forward_to"]
    assert "circles" in problems(number, forward_to=other.phone_number)["forward_to"]
    configure(number, actor=number.purchased_by, forward_to=gone.phone_number)


@pytest.mark.parametrize("field", ["voice_url", "voice_fallback_url", "status_callback"])
@pytest.mark.parametrize(
    "url",
    [
        "ftp://alice.example/",
        "javascript:alert(1)",
        "alice.example/voice",
        "https://",
        "https://user:secret@alice.example/",
        "https://user@alice.example/",
        "https://alice.example/\nX-Header: 1",
        "https://alice.example/" + "x" * 500,
        "https://alice.example:99999/",
        "https://[::1/",
    ],
)
def test_urls_that_nobody_calls(number: Number, field: str, url: str) -> None:
    assert problems(number, **{field: url}).keys() == {field}


def test_urls_are_https_in_production(number: Number, settings: Any) -> None:
    settings.DEBUG = True
    configure(number, actor=number.purchased_by, voice_url="http://localhost:9000/voice")
    settings.DEBUG = False
    assert problems(number, voice_url="http://alice.example/").keys() == {"voice_url"}
    configure(number, actor=number.purchased_by, voice_url=OWN_URL)


@pytest.mark.parametrize(
    "name", ["a\nb", "a\x00b", "a\x1b[31m", "a\u202egnp", "a\u2028b", "x" * 101, "a\ud800"]
)
def test_names_that_cannot_be_printed(number: Number, name: str) -> None:
    assert problems(number, friendly_name=name).keys() == {"friendly_name"}


@pytest.mark.parametrize("name", ["Front desk", "Zoë & Söhne", "الاستقبال", "👩‍💻 Support", ""])
def test_names_in_every_script(number: Number, name: str) -> None:
    assert configure(number, actor=number.purchased_by, friendly_name=name).friendly_name == name


def test_all_fields_at_fault_are_named_at_once(number: Number) -> None:
    wrong = {"friendly_name": "\x00", "voice_url": "x", "voice_method": "PUT", "forward_to": "y"}
    assert problems(number, **wrong).keys() == wrong.keys()


def test_a_number_forwards_or_calls_a_url(number: Number) -> None:
    actor = number.purchased_by
    assert "forward_to" in problems(number, forward_to=PHONE, voice_url=OWN_URL)
    configure(number, actor=actor, forward_to=PHONE)
    by_url = configure(number, actor=actor, voice_url=OWN_URL)
    assert (by_url.forward_to, by_url.voice_url) == ("", OWN_URL)
    forwarded = configure(number, actor=actor, forward_to=PHONE)
    assert (forwarded.forward_to, forwarded.voice_url) == (PHONE, "")
    nowhere = configure(number, actor=actor, forward_to=None, voice_url=None)
    assert (nowhere.forward_to, nowhere.voice_url) == ("", "")


@pytest.mark.parametrize("status", ["PENDING", "RELEASED"])
def test_a_number_out_of_service_has_no_routing(alice: Any, status: str) -> None:
    number = NumberFactory(purchased_by=alice, status=status)
    with pytest.raises(Conflict) as caught:
        configure(number, actor=alice, forward_to=PHONE)
    assert caught.value.code == "NUMBER_NOT_CONFIGURABLE"


# ---------------------------------------------------------------- what the carrier hears
def test_the_carrier_is_pointed_at_us_or_at_the_customer(number: Number, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    voice = "https://shop.example" + reverse("webhooks:twilio-voice")
    status = "https://shop.example" + reverse("webhooks:twilio-status")
    number.voice_method = "GET"
    ours = settings_for(number)
    assert (ours.voice_url, ours.voice_method, ours.status_callback) == (voice, "POST", status)
    number.voice_url, number.status_callback = OWN_URL, "https://alice.example/status"
    theirs = settings_for(number)
    assert (theirs.voice_url, theirs.voice_method, theirs.status_callback) == (
        OWN_URL,
        "GET",
        status,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"friendly_name": "Front desk"},
        {"forward_to": PHONE},
        {"status_callback": "https://alice.example/status"},
        {"voice_method": "GET"},
        {},
    ],
)
def test_what_only_we_need_to_know_is_not_told(
    number: Number, changes: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        configured = configure(number, actor=number.purchased_by, **changes)
    assert configured.is_configured
    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_what_the_carrier_must_know_is_told(
    alice: Any, sandbox: Sandbox, run_tasks: RunTasks
) -> None:
    number = bought(alice)
    configured = configure(number, actor=alice, voice_url=OWN_URL, voice_method="GET")
    assert not configured.is_configured
    assert run_tasks() == ["dids.tasks.push_configuration"]
    number.refresh_from_db()
    assert number.is_configured
    [there] = sandbox.state()["numbers"]
    assert (there["voice_url"], there["voice_method"]) == (OWN_URL, "GET")
    assert there["friendly_name"] == "line-1"


@pytest.mark.parametrize("fault", list(product(["reset", "429", "500", "garbage"], SIDES)))
@pytest.mark.django_db(transaction=True)
def test_trouble_is_mended_by_the_sweeper(
    alice: Any, sandbox: Sandbox, run_tasks: RunTasks, settings: Any, fault: tuple[str, str]
) -> None:
    settings.SWEEP_SECONDS = 0
    number = bought(alice)
    configure(number, actor=alice, voice_url=OWN_URL)
    kind, side = fault
    sandbox.fault(service="twilio", path="IncomingPhoneNumbers", kind=kind, side=side)
    run_tasks()
    number.refresh_from_db()
    assert not number.is_configured
    standing_still.wake_all()
    assert run_tasks() == ["dids.tasks.push_configuration"]
    number.refresh_from_db()
    assert number.is_configured
    assert [there["voice_url"] for there in sandbox.state()["numbers"]] == [OWN_URL]


def test_telling_twice_is_harmless(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    configure(number, actor=alice, voice_url=OWN_URL)
    push(number.pk)
    sandbox.fault(service="twilio", kind="500", count=1)
    push(number.pk)
    # The fault is there still: the carrier was not asked again.
    assert len(sandbox.state()["faults"]) == 1
    number.refresh_from_db()
    assert number.is_configured


def test_staff_can_have_it_told_again(alice: Any, sandbox: Sandbox) -> None:
    number = bought(alice)
    has = carrier.find_owned(number.phone_number)
    assert has is not None
    carrier.configure(has.sid, carrier.NumberSettings(voice_url="https://elsewhere.example/"))
    configuration.configure_again(number, actor=alice)
    push(number.pk)
    again = carrier.find_owned(number.phone_number)
    assert again is not None
    assert again.settings == settings_for(number)


@pytest.mark.parametrize("is_overtaken", [False, True])
@pytest.mark.django_db(transaction=True)
def test_the_carrier_ends_with_the_newest(
    number: Number, settings: Any, is_overtaken: bool
) -> None:
    """The route changes while the carrier is told of the one before; another worker may even
    have told the carrier of the change already, before this older news arrives there."""
    configure(number, actor=number.purchased_by, voice_url="https://alice.example/1")

    def answer(heard: Heard) -> Says:
        if heard.params["VoiceUrl"].endswith("/1"):
            Number.objects.filter(pk=number.pk).update(
                voice_url="https://alice.example/2",
                config_version=3,
                configured_version=3 if is_overtaken else 1,
            )
            connection.close()
        return Says(200, {"sid": number.twilio_sid, "phone_number": number.phone_number})

    with carrier_that(answer, settings) as heard:
        push(number.pk)
    told = [request.params["VoiceUrl"] for request in heard]
    assert told == ["https://alice.example/1", "https://alice.example/2"]
    number.refresh_from_db()
    assert number.is_configured


def test_a_voice_url_of_the_shop_itself_is_refused(settings):
    settings.PUBLIC_BASE_URL = "http://shop.example"
    number = NumberFactory()

    with pytest.raises(Invalid) as refusal:
        configure(number, actor=number.purchased_by, voice_url="http://shop.example/api/v1/x")

    assert refusal.value.details[0]["field"] == "voice_url"
