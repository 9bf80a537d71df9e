"""Alice's organisation with one of everything, her colleagues, another customer, and staff."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts import sessions
from accounts.keys.secret import hash_of, new_secret, shown
from accounts.models import ApiKey, DataExport, Invitation, Membership, Organization, Session, User
from accounts.rights import SCOPES
from accounts.tests.factories import UserFactory, organization_of
from billing.models import Payment, PaymentMethod
from dids.models import Number
from orders.models import Order, OrderLine
from telephony.models import CallLog
from telephony.tests.factories import CallFactory, NumberFactory


@dataclass
class World:
    """Rows to name in URLs. `people` by what callers call them."""

    people: dict[str, User]
    organization: Organization
    number: Number
    call: CallLog
    card: PaymentMethod
    order: Order
    invitation: Invitation
    newcomer: Membership
    keys: dict[User, ApiKey] = field(default_factory=dict)
    exports: dict[User, DataExport] = field(default_factory=dict)

    def session_of(self, user: User) -> Session:
        return Session.objects.filter(user=user).earliest("id")


def build() -> World:
    """Make all of it, as the shop could have made it."""
    alice = UserFactory(email="alice@example.com")
    home = organization_of(alice)
    people = {"OWNER": alice, **{role: _colleague(home, role) for role in _OTHER_ROLES}}
    people["CHARLIE"] = UserFactory(email="charlie@example.com")
    people["STAFF"] = UserFactory(email="staff@example.com", role=User.Role.ADMIN)
    people["SUPERUSER"] = UserFactory(email="root@example.com", role=User.Role.SUPER_ADMIN)
    number = NumberFactory(purchased_by=alice, organization=home)
    card = _card(home, is_default=False)
    world = World(
        people=people,
        organization=home,
        number=number,
        call=CallFactory(number=number, organization=home),
        card=card,
        order=_order(alice, home, card),
        invitation=_invitation(alice, home),
        newcomer=Membership.objects.create(
            user=UserFactory(email="newcomer@example.com"),
            organization=home,
            role=Membership.Role.MEMBER,
        ),
    )
    for user in people.values():
        world.keys[user], _ = key_of(user, [scope.value for scope in SCOPES])
        world.exports[user] = _export(user)
        sessions.start(user)
    return world


_OTHER_ROLES = [role.value for role in Membership.Role if role is not Membership.Role.OWNER]


def key_of(user: User, scopes: list[str]) -> tuple[ApiKey, str]:
    """A key of theirs in their first organisation, and its secret."""
    secret = new_secret()
    place = Membership.objects.filter(user=user).earliest("id")
    key = ApiKey.objects.create(
        organization=place.organization,
        created_by=user,
        name="A program",
        prefix=shown(secret),
        key_hash=hash_of(secret),
        scopes=scopes,
    )
    return key, secret


def _colleague(home: Organization, role: str) -> User:
    user = UserFactory(email=f"{role.lower()}@example.com")
    Membership.objects.filter(user=user).delete()
    Membership.objects.create(user=user, organization=home, role=role)
    return user


def _card(home: Organization, *, is_default: bool) -> PaymentMethod:
    return PaymentMethod.objects.create(
        organization=home,
        stripe_id="pm_matrix",
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=2039,
        is_default=is_default,
    )


def _order(user: User, home: Organization, card: PaymentMethod) -> Order:
    """Placed, and not begun: it could be cancelled."""
    payment = Payment.objects.create(
        organization=home,
        payment_method=card,
        reference="order-matrix",
        amount=Decimal("1.50"),
        currency="USD",
        return_url="http://127.0.0.1:8000/",
    )
    order = Order.objects.create(
        organization=home,
        placed_by=user,
        order_number="260101-MATRIX",
        total_amount=Decimal("1.50"),
        currency="USD",
        payment=payment,
    )
    claim = NumberFactory(
        purchased_by=user, organization=home, status=Number.Status.PENDING, twilio_sid=None
    )
    OrderLine.objects.create(
        order=order,
        position=1,
        phone_number=claim.phone_number,
        number=claim,
        offer={},
        setup_price=Decimal(0),
        monthly_price=Decimal("1.50"),
    )
    return order


def _invitation(user: User, home: Organization) -> Invitation:
    return Invitation.objects.create(
        organization=home,
        email="dora@example.com",
        role=Membership.Role.MEMBER,
        invited_by=user,
        token_hash=hash_of("nobody has this token"),
        expires_at=timezone.now() + timedelta(days=7),
    )


def _export(user: User) -> DataExport:
    now = timezone.now()
    return DataExport.objects.create(
        user=user,
        status=DataExport.Status.READY,
        content=b"PK",
        size_bytes=2,
        ready_at=now,
        expires_at=now + timedelta(days=7),
    )
