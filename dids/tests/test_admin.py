"""Staff and numbers: they read all, and act by the customers' verbs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from dids.models import CarrierPrice, Number
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db
NUMBERS = "admin:dids_number_changelist"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(UserFactory(role=User.Role.SUPER_ADMIN))
    return client


def act(client: Client, action: str, *numbers: Number) -> Any:
    chosen = [str(number.pk) for number in numbers]
    data = {"action": action, "_selected_action": chosen}
    return client.post(reverse(NUMBERS), data, follow=True)


def test_every_number_is_there(staff: Client) -> None:
    number = NumberFactory(phone_number="+14155450100")
    answer = staff.get(reverse(NUMBERS), {"q": "415545"})
    assert "+1 415-545-0100" in answer.content.decode()
    detail = staff.get(reverse("admin:dids_number_change", args=[number.pk]))
    assert detail.status_code == 200
    assert "Where its calls go" in detail.content.decode()
    assert staff.get(reverse("admin:dids_carrierprice_changelist")).status_code == 200


@pytest.mark.parametrize("model", [Number, CarrierPrice])
def test_nothing_is_made_or_deleted_by_hand(staff: Client, model: Any) -> None:
    name = model._meta.model_name
    assert staff.get(reverse(f"admin:dids_{name}_add")).status_code == 403
    if model is Number:
        url = reverse("admin:dids_number_delete", args=[NumberFactory().pk])
        assert staff.post(url, {"post": "yes"}).status_code == 403
        assert Number.objects.count() == 1


def test_releasing_and_restoring(staff: Client) -> None:
    number = NumberFactory()
    act(staff, "release_numbers", number)
    number.refresh_from_db()
    assert number.status == Number.Status.RELEASING
    act(staff, "restore_numbers", number)
    number.refresh_from_db()
    assert number.status == Number.Status.ACTIVE
    assert [row.actor.email for row in number.transitions] == [
        User.objects.get(role=User.Role.SUPER_ADMIN).email
    ] * 2


def test_one_that_refuses_holds_up_no_other(staff: Client) -> None:
    released, active = NumberFactory(status="RELEASED"), NumberFactory()
    page = act(staff, "release_numbers", released, active).content.decode()
    assert "This number is released already." in page
    assert "Done for 1." in page
    active.refresh_from_db()
    assert active.status == Number.Status.RELEASING


def test_telling_the_carrier_again(staff: Client) -> None:
    number = NumberFactory(configured_version=1)
    act(staff, "configure_numbers", number)
    number.refresh_from_db()
    assert not number.is_configured


@pytest.mark.parametrize("role", [User.Role.USER, User.Role.ADMIN])
def test_others_may_not_act(role: str) -> None:
    number = NumberFactory()
    client = Client()
    client.force_login(UserFactory(role=role))
    act(client, "release_numbers", number)
    number.refresh_from_db()
    assert number.status == Number.Status.ACTIVE
