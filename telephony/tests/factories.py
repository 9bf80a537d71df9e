"""Numbers and calls to test with. Each factory makes rows that the shop could have made."""

from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory, organization_of
from dids.models import Number, NumberType
from telephony.models import CallLog


class NumberFactory(DjangoModelFactory[Number]):
    """An active number of `purchased_by`'s organisation, without a route."""

    class Meta:
        model = Number

    purchased_by = factory.SubFactory(UserFactory)
    organization = factory.LazyAttribute(lambda number: organization_of(number.purchased_by))
    phone_number = factory.Sequence(lambda n: f"+1415555{n:04}")
    country_code = "US"
    number_type = NumberType.LOCAL
    twilio_sid = factory.Sequence(lambda n: f"PN{n:032x}")
    status = Number.Status.ACTIVE
    monthly_price = Decimal("1.50")
    carrier_monthly = Decimal("1.15")
    currency = "USD"
    purchased_at = factory.LazyFunction(timezone.now)


class CallFactory(DjangoModelFactory[CallLog]):
    """A call that came in and was talked through for a minute."""

    class Meta:
        model = CallLog

    number = factory.SubFactory(NumberFactory)
    organization = factory.LazyAttribute(lambda call: call.number.organization)
    twilio_call_sid = factory.Sequence(lambda n: f"CA{n:032x}")
    from_number = "+12025550123"
    to_number = factory.LazyAttribute(lambda call: call.number.phone_number)
    direction = CallLog.Direction.INBOUND
    status = CallLog.Status.COMPLETED
    duration = 60
    start_time = factory.LazyFunction(timezone.now)
    end_time = factory.LazyFunction(timezone.now)
