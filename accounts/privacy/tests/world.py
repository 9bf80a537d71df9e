"""Somebody who has used all of the shop: rows in every room that tell of them."""

from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts import sessions
from accounts.audit import Act, record
from accounts.models import ApiKey, Invitation, Membership, User
from accounts.tests.factories import organization_of
from billing.models import BillingAccount, Payment, PaymentMethod
from dids.models import Number
from didshop import outbox
from didshop.transitions import record_start
from orders.models import Order, OrderLine
from telephony.tests.factories import CallFactory, NumberFactory

CALLER = "+12025550199"


def fill(user: User) -> None:
    """Give the user a phone, a company, an order, a number that was given back, and a call."""
    user.company, user.phone = "Looking Glass Ltd", "+1 202 555 0142"
    user.save()
    organization = organization_of(user)
    organization.name = "Looking Glass Ltd"
    organization.save()
    EmailAddress.objects.create(user=user, email="rabbit@example.com", verified=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "SEED"})
    sessions.start(user, device="Telescope", ip_address="192.0.2.8")
    ApiKey.objects.create(
        organization=organization,
        created_by=user,
        name="Key of the Looking Glass Ltd",
        prefix="dsk_4fGh2K",
        key_hash="hash-of-the-key",
        scopes=["numbers:read"],
    )
    Invitation.objects.create(
        organization=organization,
        email="dora@example.com",
        role=Membership.Role.VIEWER,
        invited_by=user,
        token_hash="hash-of-the-token",
        expires_at=timezone.now(),
    )
    record(Act.KEY_CREATED, actor=user, organization=organization)
    outbox.post(to=user.email, template="emails/account_erased", context={"user": user})
    _buy(user)


def _buy(user: User) -> None:
    organization = organization_of(user)
    BillingAccount.objects.create(organization=organization)
    number = NumberFactory(
        purchased_by=user,
        organization=organization,
        friendly_name="Looking Glass Ltd, front door",
        forward_to="+12025550142",
        status=Number.Status.RELEASED,
    )
    call = CallFactory(number=number, from_number=CALLER)
    record_start(call, reason="The call came in.")
    card = PaymentMethod.objects.create(
        organization=organization,
        stripe_id="pm_1",
        brand="visa",
        last4="4242",
        exp_month=1,
        exp_year=2030,
        is_default=True,
    )
    payment = Payment.objects.create(
        organization=organization,
        payment_method=card,
        reference="order-1",
        status=Payment.Status.CAPTURED,
        amount=Decimal("1.50"),
        currency="USD",
        return_url="https://shop.example/",
    )
    order = Order.objects.create(
        organization=organization,
        placed_by=user,
        order_number="DS-2345",
        status=Order.Status.COMPLETED,
        total_amount=Decimal("1.50"),
        currency="USD",
        payment=payment,
    )
    record_start(order, actor=user)
    OrderLine.objects.create(
        order=order,
        position=0,
        phone_number=number.phone_number,
        status=OrderLine.Status.ACTIVE,
        number=number,
        offer={"phone_number": number.phone_number},
        setup_price=0,
        monthly_price=Decimal("1.50"),
    )
