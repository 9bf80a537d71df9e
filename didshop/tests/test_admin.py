"""Staff read the plumbing, change nothing of it, and may have an event acted on once more."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import RequestFactory

from didshop.models import Heartbeat, IdempotencyKey, Transition, WebhookEvent

pytestmark = pytest.mark.django_db
MODELS = (Transition, WebhookEvent, IdempotencyKey, Heartbeat)


@pytest.fixture
def superuser(alice: Any) -> Any:
    alice.role = "SUPER_ADMIN"
    alice.save()
    return alice


def request_of(user: Any) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


@pytest.mark.parametrize("model", MODELS)
def test_not_even_a_superuser_changes_anything(model: Any, superuser: Any) -> None:
    request, shown = request_of(superuser), admin.site._registry[model]
    assert shown.has_view_permission(request)
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)


def test_replaying_takes_the_right_to_change_events(alice: Any, superuser: Any) -> None:
    shown: Any = admin.site._registry[WebhookEvent]
    assert shown.has_act_permission(request_of(superuser))
    alice.role = "ADMIN"
    alice.save()
    staff = type(alice).objects.get()
    assert not shown.has_act_permission(request_of(staff))
    staff.user_permissions.add(Permission.objects.get(codename="change_webhookevent"))
    assert shown.has_act_permission(request_of(type(alice).objects.get()))


def test_a_payload_is_shown_as_text_never_as_html() -> None:
    shown: Any = admin.site._registry[WebhookEvent]
    event = WebhookEvent(payload={"name": "<script>alert(1)</script>"})
    assert "<script>" not in shown.readable_payload(event)
