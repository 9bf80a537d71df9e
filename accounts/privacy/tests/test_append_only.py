"""The audit log is written once: neither our code nor who goes past it changes an entry."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.audit import Act, record
from accounts.models import AuditEntry, User
from didshop.append_only import RowIsFinal

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="Django empties SQLite's tables by DELETE"
)


@pytest.fixture
def entry(alice: User) -> AuditEntry:
    return record(Act.SIGNED_IN, actor=alice, colour="green")


def everything(entry: AuditEntry) -> dict[str, object]:
    return AuditEntry.objects.values().get(pk=entry.pk)


WAYS: dict[str, Callable[[AuditEntry], object]] = {
    "save": lambda entry: entry.save(),
    "save fields": lambda entry: entry.save(update_fields=["act"]),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: AuditEntry.objects.update(act="X"),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["act"]),
    "delete all": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(
        pk=entry.pk, defaults={"act": "X"}
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_model_refuses(entry: AuditEntry, way: Callable[[AuditEntry], object]) -> None:
    before = everything(entry)
    entry.act = "X"
    with pytest.raises(RowIsFinal), transaction.atomic():
        way(entry)
    assert everything(entry) == before


def test_the_database_refuses_to_change_an_entry(entry: AuditEntry) -> None:
    before = everything(entry)
    with (
        pytest.raises(DatabaseError, match="append only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_auditentry SET act = 'X'")
    assert everything(entry) == before


@on_postgresql
def test_the_database_refuses_to_delete_an_entry(entry: AuditEntry) -> None:
    with (
        pytest.raises(DatabaseError, match="append only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM accounts_auditentry")
    assert AuditEntry.objects.count() == 1
