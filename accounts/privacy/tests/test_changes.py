"""Which field was changed, by whom, from where: django-auditlog, without secrets and names."""

from typing import Any

import pytest
from allauth.core.context import request_context
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from accounts.tests.factories import UserFactory, organization_of

pytestmark = pytest.mark.django_db


def changes(row: Any) -> LogEntry:
    """The newest entry about the row."""
    return LogEntry.objects.get_for_object(row).order_by("-id").first()


def test_a_change_over_the_api_carries_who_and_from_where(
    alice: User, alice_api: APIClient
) -> None:
    alice_api.patch("/api/v1/auth/me", {"firstName": "Alicia"}, REMOTE_ADDR="192.0.2.7")
    entry = changes(alice)
    assert entry.changes == {"first_name": ["Alice", "Alicia"]}
    assert (entry.actor, entry.remote_addr) == (alice, "192.0.2.7")


def test_a_change_by_staff_in_the_admin() -> None:
    staff = UserFactory(email="staff@example.com", role=User.Role.SUPER_ADMIN)
    group = Group.objects.create(name="Support")
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(staff)
    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Help desk"})
    entry = changes(group)
    assert entry.changes == {"name": ["Support", "Help desk"]}
    assert (entry.actor, entry.remote_addr) == (staff, "192.0.2.7")


def test_a_change_in_a_customers_place_names_the_staff_behind_it(
    alice: User, rf: RequestFactory
) -> None:
    staff = UserFactory(email="staff@example.com", role=User.Role.SUPER_ADMIN)
    request: Any = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user, request.session = alice, {"hijack_history": [str(staff.pk)]}
    organization = organization_of(alice)
    with request_context(request):
        organization.name = "Wonderland"
        organization.save()
    entry = changes(organization)
    assert (entry.actor, entry.remote_addr) == (alice, "192.0.2.7")
    assert entry.additional_data == {"impersonator": str(staff.pk)}


def test_what_the_shop_does_by_itself_names_nobody(alice: User) -> None:
    alice.company = "Acme"
    alice.save()
    entry = changes(alice)
    assert (entry.changes, entry.actor, entry.remote_addr) == (
        {"company": ["", "Acme"]},
        None,
        None,
    )


def test_secrets_are_left_out(alice: User) -> None:
    LogEntry.objects.all().delete()
    alice.set_password("another correct horse")
    alice.save()
    assert not LogEntry.objects.exists()


def test_rows_are_named_by_their_ids(alice: User) -> None:
    labels = LogEntry.objects.values_list("object_repr", "actor_email")
    assert (f"user {alice.pk}", None) in labels
    assert not [label for label, _ in labels if "alice" in label.lower()]


def test_rights_that_are_given_are_kept(alice: User) -> None:
    group = Group.objects.create(name="Support")
    alice.groups.add(group)
    assert changes(alice).changes["groups"]["objects"] == ["Support"]


def test_a_change_costs_two_queries_more(alice: User, django_assert_num_queries: Any) -> None:
    """The row as it was, and the entry."""
    membership = Membership.objects.select_related("user", "organization").get(user=alice)
    LogEntry.objects.get_for_model(Membership).first()
    membership.role = Membership.Role.ADMIN
    with django_assert_num_queries(3):
        membership.save(update_fields=["role"])
    organization = Organization.objects.get()
    LogEntry.objects.get_for_model(Organization).first()
    organization.name = "Acme"
    with django_assert_num_queries(3):
        organization.save()
