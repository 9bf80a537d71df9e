"""Where the calls of a number go: what customers may set, and telling the carrier."""

from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from dids import routing_rules
from dids.models import Number
from didshop.addresses import public_url
from didshop.errors import Conflict
from didshop.waking import wake
from telephony import carrier
from telephony.carrier import NumberSettings

log = structlog.get_logger(__name__)

CONFIGURABLE = frozenset({Number.Status.ACTIVE, Number.Status.SUSPENDED, Number.Status.RELEASING})


def settings_for(number: Number) -> NumberSettings:
    """What the carrier has to know: our voice webhook, or the customer's own URL.

    The status callback is always ours: we log the call, whoever answers it.
    """
    is_own = bool(number.voice_url)
    return NumberSettings(
        voice_url=number.voice_url or public_url(reverse("webhooks:twilio-voice")),
        voice_method=number.voice_method if is_own else Number.HttpMethod.POST.value,
        voice_fallback_url=number.voice_fallback_url,
        status_callback=public_url(reverse("webhooks:twilio-status")),
    )


def configure(number: Number, *, actor: User, **changes: Any) -> Number:
    """Change friendly_name, forward_to, voice_url, voice_method, voice_fallback_url or
    status_callback; what is not named stays.

    A number either forwards or calls a voice URL: setting the one ends the other. Nobody outside
    is called: a worker tells the carrier what it must know. Raises Invalid with all fields at
    fault, Conflict NUMBER_NOT_CONFIGURABLE while it is being bought or once it is released.
    """
    with transaction.atomic():
        locked = Number.objects.select_for_update().get(pk=number.pk)
        if locked.status not in CONFIGURABLE:
            raise Conflict(
                "This number has no routing to change: it is not in service.",
                code="NUMBER_NOT_CONFIGURABLE",
            )
        cleaned = routing_rules.clean(changes, phone_number=locked.phone_number)
        before = settings_for(locked)
        for name, value in cleaned.items():
            setattr(locked, name, value)
        fields = [*cleaned, "updated_at"]
        if settings_for(locked) != before:
            locked.config_version += 1
            fields.append("config_version")
            wake_push(locked)
        locked.save(update_fields=fields)
    log.info(
        "number_configured", number=str(locked.pk), actor=str(actor.pk), fields=sorted(cleaned)
    )
    return locked


def configure_again(number: Number, *, actor: User) -> None:
    """Have the carrier told once more, whatever it knows: for staff."""
    with transaction.atomic():
        Number.objects.filter(pk=number.pk, status__in=CONFIGURABLE).update(
            config_version=F("config_version") + 1
        )
        wake_push(number)
    log.info("number_configured_again", number=str(number.pk), actor=str(actor.pk))


def wake_push(number: Number) -> None:
    """Have a worker tell the carrier once this transaction commits."""
    wake("dids.tasks.push_configuration", str(number.pk))


def push(number_id: UUID) -> None:
    """Tell the carrier the newest routing. Called at any time, twice, or by two at once.

    A push that finds a newer version when it ends pushes that too, even if another did so
    already: so whichever of two answers last, the carrier ends with the newest. Trouble is
    logged and left to the sweeper.
    """
    number = Number.objects.get(pk=number_id)
    if number.is_configured:
        return
    while number.status in CONFIGURABLE:
        version = number.config_version
        try:
            carrier.configure(number.twilio_sid or "", settings_for(number))
        except carrier.CarrierError as error:
            told = log.error if isinstance(error, carrier.NotThere) else log.warning
            told("configuration_not_pushed", number=str(number.pk), error=error.message)
            return
        unchanged = Number.objects.filter(pk=number_id, config_version=version)
        if unchanged.update(configured_version=version):
            return
        number.refresh_from_db()
