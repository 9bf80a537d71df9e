"""Seeing, renaming and revoking keys: one's own, and with keys:manage everybody's."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.keys import revoking
from accounts.keys.tests.conftest import MakeKey, key_client, refusal
from accounts.models import ApiKey, AuditEntry, Membership, User
from accounts.tests.factories import api_client, organization_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/api-keys"
NUMBERS = "/api/v1/numbers"


def names(client: APIClient) -> list[str]:
    return [row["name"] for row in client.get(URL).json()["results"]]


def test_a_member_sees_their_own_and_an_owner_all(
    alice_api: APIClient, bob: User, bob_api: APIClient, make_key: MakeKey
) -> None:
    make_key(name="Alice's")
    made = make_key(bob, name="Bob's")
    assert names(alice_api) == ["Bob's", "Alice's"]
    assert names(bob_api) == ["Bob's"]
    (row,) = bob_api.get(URL).json()["results"]
    assert made.secret not in str(row)
    assert made.key.key_hash not in str(row)
    Membership.objects.filter(user=bob).update(role="ADMIN")
    assert names(bob_api) == ["Bob's", "Alice's"]


def test_a_page_of_them(alice_api: APIClient, make_key: MakeKey) -> None:
    for name in ("1", "2", "3"):
        make_key(name=name)
    first = alice_api.get(URL, {"limit": 2}).json()
    assert [row["name"] for row in first["results"]] == ["3", "2"]
    rest = alice_api.get(first["next"]).json()
    assert [row["name"] for row in rest["results"]] == ["1"]
    assert rest["next"] is None


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_costs_a_constant_number_of_queries(
    alice_api: APIClient, make_key: MakeKey, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_key()
    # The session with its user, the membership with its organisation, the page.
    with django_assert_num_queries(3):
        answer = alice_api.get(URL)
    assert len(answer.json()["results"]) == count


def test_how_a_key_stands(alice: User, alice_api: APIClient, bob: User, make_key: MakeKey) -> None:
    made = make_key(bob)

    def state() -> str:
        return str(alice_api.get(f"{URL}/{made.key.pk}").json()["state"])

    assert state() == "ACTIVE"
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert state() == "MAKER_DEACTIVATED"
    Membership.objects.filter(user=bob).delete()
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert state() == "MAKER_LEFT"
    ApiKey.objects.update(expires_at=made.key.created_at)
    assert state() == "EXPIRED"
    alice_api.delete(f"{URL}/{made.key.pk}")
    assert state() == "REVOKED"


def test_a_new_name(alice_api: APIClient, make_key: MakeKey) -> None:
    made = make_key()
    answer = alice_api.patch(
        f"{URL}/{made.key.pk}", {"name": "Switchboard", "scopes": ["numbers:write"]}
    )
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["scopes"]) == ("Switchboard", ["numbers:read"])
    assert ApiKey.objects.get().name == "Switchboard"
    assert key_client(made.secret).get(NUMBERS).status_code == 200


@pytest.mark.parametrize("name", ["", " ", "x" * 101, None])
def test_a_name_that_is_none(alice_api: APIClient, make_key: MakeKey, name: Any) -> None:
    answer = alice_api.patch(f"{URL}/{make_key().key.pk}", {"name": name})
    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert ApiKey.objects.get().name == "Dashboard"


def test_revoking_ends_a_key_at_once(
    alice: User, alice_api: APIClient, bob: User, make_key: MakeKey
) -> None:
    made = make_key(bob)
    program = key_client(made.secret)
    assert program.get(NUMBERS).status_code == 200
    assert alice_api.delete(f"{URL}/{made.key.pk}").status_code == 204
    assert refusal(program.get(NUMBERS)) == (401, "KEY_REVOKED")
    entry = AuditEntry.objects.get(act="KEY_REVOKED")
    assert (entry.actor, entry.organization) == (alice, organization_of(alice))
    assert entry.target_id == str(made.key.pk)
    assert entry.details == {"scopes": ["numbers:read"], "maker_id": str(bob.pk)}


def test_revoking_twice_is_revoking_once(
    alice: User, alice_api: APIClient, make_key: MakeKey
) -> None:
    made = make_key()
    alice_api.delete(f"{URL}/{made.key.pk}")
    first = ApiKey.objects.get().revoked_at
    assert alice_api.delete(f"{URL}/{made.key.pk}").status_code == 204
    revoking.revoke(made.key, actor=alice)
    assert ApiKey.objects.get().revoked_at == first
    assert AuditEntry.objects.filter(act="KEY_REVOKED").count() == 1


def test_anothers_key_is_not_there(
    bob_api: APIClient, charlie_api: APIClient, make_key: MakeKey
) -> None:
    url = f"{URL}/{make_key().key.pk}"
    for client in (bob_api, charlie_api):
        for answer in (client.get(url), client.patch(url, {"name": "x"}), client.delete(url)):
            assert refusal(answer) == (404, "KEY_NOT_FOUND")
    key = ApiKey.objects.get()
    assert (key.name, key.revoked_at) == ("Dashboard", None)


def test_who_may_make_no_keys_may_not_end_them(bob: User, make_key: MakeKey) -> None:
    url = f"{URL}/{make_key(bob).key.pk}"
    Membership.objects.filter(user=bob).update(role="VIEWER")
    assert refusal(api_client(bob).delete(url)) == (403, "ROLE_NOT_ALLOWED")
    assert ApiKey.objects.get().revoked_at is None
