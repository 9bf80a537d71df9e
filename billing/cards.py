"""The cards on an organisation's file."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from billing import gateway
from billing.declines import in_words
from billing.models import BillingAccount, PaymentMethod
from didshop.errors import Invalid, NotFound, PaymentNeeded, PaymentTrouble

log = structlog.get_logger(__name__)
Done = TypeVar("Done")

UNREACHABLE = "The payment service cannot be reached right now. Nothing was changed; try again."


def add_card(organization: Organization, payment_method_id: str, *, actor: User) -> PaymentMethod:
    """Put a card on file; the first one becomes the default.

    `payment_method_id` is Stripe's, such as the sandbox's `pm_card_visa`. PaymentNeeded if the
    card's bank refuses it, Invalid if Stripe does not know it.
    """
    try:
        card = _with_customer(
            organization,
            lambda customer_id: gateway.attach_card(payment_method_id, customer_id=customer_id),
        )
    except gateway.CardDeclined as decline:
        raise PaymentNeeded(in_words(decline.code), code="CARD_DECLINED") from decline
    except gateway.Refused as refusal:
        raise Invalid(
            "This payment method cannot be used.",
            details=[{"field": "payment_method_id", "message": str(refusal)}],
        ) from refusal
    except gateway.GatewayError as error:
        raise _trouble(error) from error
    return _keep(organization, card, actor=actor)


def start_setup(organization: Organization) -> str:
    """The client secret with which Stripe's Payment Element adds a card."""
    try:
        return _with_customer(
            organization, lambda customer_id: gateway.start_setup(customer_id=customer_id)
        )
    except gateway.GatewayError as error:
        raise _trouble(error) from error


def finish_setup(organization: Organization, setup_intent_id: str, *, actor: User) -> PaymentMethod:
    """Put the card of a finished SetupIntent on file. Stripe is asked; the URL is not believed."""
    customer_id = _customer_of(organization)
    try:
        finished = gateway.finished_setup(setup_intent_id)
        if finished is None or finished[0] != customer_id:
            raise Invalid("The card was not added. Try again, or use another card.")
        card = gateway.fetch_card(finished[1])
        if card.customer_id != customer_id:
            # It was set up once, and has been removed since.
            raise Invalid("This card was removed. Add it again.")
    except gateway.Refused as refusal:
        raise Invalid("The card was not added. Try again, or use another card.") from refusal
    except gateway.GatewayError as error:
        raise _trouble(error) from error
    return _keep(organization, card, actor=actor)


def remove_card(method: PaymentMethod, *, actor: User) -> None:
    """Take a card off file. The newest one left becomes the default."""
    try:
        gateway.detach_card(method.stripe_id)
    except gateway.GatewayError as error:
        raise _trouble(error) from error
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=method.organization_id)
        PaymentMethod.objects.filter(pk=method.pk).update(
            removed_at=timezone.now(), is_default=False
        )
        left = PaymentMethod.objects.filter(organization=method.organization_id, removed_at=None)
        if not left.filter(is_default=True).exists():
            newest = left.order_by("-id").values("pk")[:1]
            PaymentMethod.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(
                is_default=True
            )
    log.info("card_removed", payment_method=str(method.pk), actor=str(actor.pk))


def make_default(method: PaymentMethod) -> None:
    """Charge this card from now on. NotFound if it was removed meanwhile."""
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=method.organization_id)
        cards = PaymentMethod.objects.filter(organization=method.organization_id, removed_at=None)
        if not cards.filter(pk=method.pk).exists():
            raise _no_such_card()
        cards.filter(is_default=True).update(is_default=False)
        cards.filter(pk=method.pk).update(is_default=True)


def own_card(organization: Organization, method_id: UUID) -> PaymentMethod:
    """The organisation's card on file. NotFound if it is not there, or another's."""
    card = PaymentMethod.objects.of(organization).filter(pk=method_id).first()
    if card is None:
        raise _no_such_card()
    return card


def card_to_charge(organization: Organization, wanted: str = "") -> PaymentMethod:
    """The card that a customer names, by our id or Stripe's, or else their default one.

    NotFound if they have no such card, PaymentNeeded if they have none at all.
    """
    cards = PaymentMethod.objects.of(organization)
    if not wanted:
        card = cards.first()
        if card is None:
            raise PaymentNeeded(
                "There is no payment method on file. Add a card first.",
                code="PAYMENT_METHOD_REQUIRED",
            )
        return card
    for card in cards:
        if wanted in (str(card.pk), card.stripe_id):
            return card
    raise _no_such_card()


def _no_such_card() -> NotFound:
    return NotFound("There is no such payment method.", code="PAYMENT_METHOD_NOT_FOUND")


def _with_customer(organization: Organization, act: Callable[[str], Done]) -> Done:
    """Do something with the organisation's customer id at Stripe; with a new one if it is gone.

    Somebody may delete a customer at Stripe; then nothing could be added any more.
    """
    customer_id = _customer_of(organization)
    try:
        return act(customer_id)
    except gateway.Refused as refusal:
        if (refusal.code, refusal.param) != ("resource_missing", "customer"):
            raise
    log.warning("stripe_customer_gone", organization=str(organization.pk))
    return act(_new_customer(organization, instead_of=customer_id))


def _customer_of(organization: Organization) -> str:
    """The organisation's customer id at Stripe, made at the first need."""
    account, _ = BillingAccount.objects.get_or_create(organization=organization)
    return account.stripe_customer_id or _new_customer(organization)


def _new_customer(organization: Organization, *, instead_of: str = "") -> str:
    """Make a customer at Stripe, once for each that it replaces, and keep its id."""
    reference = f"{organization.pk}-after-{instead_of}" if instead_of else str(organization.pk)
    try:
        customer_id = gateway.create_customer(name=organization.name, reference=reference)
    except gateway.GatewayError as error:
        raise _trouble(error) from error
    BillingAccount.objects.filter(organization=organization).update(stripe_customer_id=customer_id)
    return customer_id


def _keep(organization: Organization, card: gateway.Card, *, actor: User) -> PaymentMethod:
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        is_first = not PaymentMethod.objects.of(organization).filter(is_default=True).exists()
        method, is_new = PaymentMethod.objects.get_or_create(
            stripe_id=card.stripe_id,
            defaults={
                "organization": organization,
                "brand": card.brand,
                "last4": card.last4,
                "exp_month": card.exp_month,
                "exp_year": card.exp_year,
                "is_default": is_first,
            },
        )
    if is_new:
        log.info("card_added", payment_method=str(method.pk), actor=str(actor.pk))
    return method


def _trouble(error: gateway.GatewayError) -> PaymentTrouble:
    if isinstance(error, gateway.GatewayMisconfigured):
        log.error("stripe_misconfigured", error=str(error))
    else:
        log.warning("stripe_unreachable", error=str(error))
    return PaymentTrouble(UNREACHABLE)
