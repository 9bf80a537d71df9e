"""The life of a number: claimed, active, on its way out, given back."""

from datetime import date, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization, User
from dids import configuration, quoting, routing_rules
from dids.models import Number
from dids.offers import Offer
from dids.presentation import area_code
from didshop.errors import Conflict
from didshop.transitions import move, record_start
from didshop.waking import wake
from telephony import carrier
from telephony.carrier import OwnedNumber

log = structlog.get_logger(__name__)

# Nothing is restored in its last minute, in which a worker may be giving it back already.
RESTORE_MARGIN = timedelta(minutes=1)
Status = Number.Status


def claim(
    *,
    organization: Organization,
    user: User,
    offer: Offer,
    friendly_name: str = "",
    voice_url: str = "",
    voice_method: str = "POST",
    status_callback: str = "",
) -> Number:
    """Lay the shop's one claim on the number, so that nobody else here can buy it.

    Raises Conflict NUMBER_TAKEN if it is live already, Invalid for routing that cannot be.
    """
    routing = routing_rules.clean(
        {
            "friendly_name": friendly_name,
            "voice_url": voice_url,
            "voice_method": voice_method,
            "status_callback": status_callback,
        },
        phone_number=offer.phone_number,
    )
    number = _pending(organization, user, offer)
    for name, value in routing.items():
        setattr(number, name, value)
    try:
        with transaction.atomic():
            number.save(force_insert=True)
            record_start(number, actor=user)
    except IntegrityError as error:
        # Of a row that is new, only its phone number can clash with anything.
        raise Conflict("Somebody else is buying this number.", code="NUMBER_TAKEN") from error
    return number


def _pending(organization: Organization, user: User, offer: Offer) -> Number:
    return Number(
        organization=organization,
        purchased_by=user,
        phone_number=offer.phone_number,
        country_code=offer.country_code,
        region=offer.region,
        locality=offer.locality,
        area_code=area_code(offer.phone_number),
        number_type=offer.number_type,
        capabilities=list(offer.capabilities),
        setup_price=offer.price.setup,
        monthly_price=offer.price.monthly,
        carrier_monthly=offer.price.carrier_monthly,
        currency=offer.price.currency,
    )


def unclaim(number: Number) -> None:
    """Give up the claim on a number that was not bought. One that is active stays."""
    Number.objects.filter(pk=number.pk, status=Status.PENDING).delete()
    quoting.forget(number.phone_number)


def activate(number: Number, *, owned: OwnedNumber, paid_through: date, reason: str) -> bool:
    """The number is bought: it goes live. False if it was live already.

    Raises Conflict CARRIER_NUMBER_CLAIMED if another row has the carrier's number.
    """
    is_told = owned.settings == configuration.settings_for(number)
    try:
        with transaction.atomic():
            moved = move(
                number,
                Status.ACTIVE,
                reason=reason,
                twilio_sid=owned.sid,
                purchased_at=timezone.now(),
                paid_through=paid_through,
                configured_version=number.config_version if is_told else 0,
            )
            if moved and not is_told:
                configuration.wake_push(number)
    except IntegrityError as error:
        raise Conflict(
            "Another number of the shop stands for this one at the carrier.",
            code="CARRIER_NUMBER_CLAIMED",
        ) from error
    return moved


def release(number: Number, *, actor: User, immediate: bool = False) -> Number:
    """Let the number go in RELEASE_DAYS, or now. Until then it works and can be restored.

    A number on its way out already is left as it is, or hurried. Raises Conflict
    NUMBER_BEING_BOUGHT or NUMBER_RELEASED.
    """
    now = timezone.now()
    release_at = now if immediate else now + timedelta(days=settings.RELEASE_DAYS)
    with transaction.atomic():
        locked = _locked(number)
        if locked.status == Status.PENDING:
            raise Conflict("This number is still being bought.", code="NUMBER_BEING_BOUGHT")
        if locked.status == Status.RELEASED:
            raise Conflict("This number is released already.", code="NUMBER_RELEASED")
        if locked.status != Status.RELEASING:
            reason = "Released at once." if immediate else "Released."
            move(locked, Status.RELEASING, reason=reason, actor=actor, release_at=release_at)
        elif immediate and (locked.release_at is None or locked.release_at > now):
            locked.release_at = now
            locked.save(update_fields=["release_at", "updated_at"])
        if immediate:
            wake_finish(locked)
    return locked


def restore(number: Number, *, actor: User) -> Number:
    """Keep a number that was on its way out.

    Raises Conflict NUMBER_NOT_RELEASING, or RELEASE_DUE when it is too late.
    """
    with transaction.atomic():
        locked = _locked(number)
        if locked.status != Status.RELEASING:
            raise Conflict("This number is not on its way out.", code="NUMBER_NOT_RELEASING")
        if locked.release_at is None or locked.release_at <= timezone.now() + RESTORE_MARGIN:
            raise Conflict("It is too late: the number is being given back.", code="RELEASE_DUE")
        move(locked, Status.ACTIVE, reason="Restored.", actor=actor, release_at=None)
    return locked


def wake_finish(number: Number) -> None:
    """Have a worker give the number back once this transaction commits."""
    wake("dids.tasks.finish_release", str(number.pk))


def finish_release(number_id: UUID) -> bool:
    """Give a number that is due back to the carrier; from then on it routes nowhere.

    Called at any time, twice, or by two at once. False if there is nothing to do, or if the
    carrier did not take it: the sweeper comes back to it.
    """
    number = Number.objects.get(pk=number_id)
    is_due = number.release_at is not None and number.release_at <= timezone.now()
    if number.status != Status.RELEASING or not is_due:
        return False
    try:
        carrier.release(number.twilio_sid or "")
    except carrier.CarrierError as error:
        log.warning("release_not_finished", number=str(number.pk), error=error.message)
        return False
    quoting.forget(number.phone_number)
    return move(
        number,
        Status.RELEASED,
        reason="Given back to the carrier.",
        forward_to="",
        voice_url="",
        voice_fallback_url="",
        status_callback="",
        configured_version=number.config_version,
    )


def _locked(number: Number) -> Number:
    return Number.objects.select_for_update().get(pk=number.pk)
