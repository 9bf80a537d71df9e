"""The store keeps documents in order, all or nothing, for all threads and over restarts."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies, in a folder that is not there yet."""
    return tmp_path / "var" / "sandbox.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(path)
    yield opened
    opened.close()


def test_documents_keep_their_order_and_can_be_filtered(store: Store) -> None:
    for key, colour in (("b", "red"), ("a", "blue"), ("c", "red")):
        store.put("thing", key, {"id": key, "colour": colour})
    store.put("thing", "b", {"id": "b", "colour": "red", "size": 2})
    assert [each["id"] for each in store.all("thing")] == ["b", "a", "c"]
    assert [each["id"] for each in store.all("thing", colour="red")] == ["b", "c"]
    assert store.get("thing", "b") == {"id": "b", "colour": "red", "size": 2}
    assert store.get("other", "b") is None
    assert (store.delete("thing", "b"), store.delete("thing", "b")) == (True, False)
    assert store.delete_all("thing") == 2


def test_insert_tells_who_came_first(store: Store) -> None:
    assert store.insert("thing", "a", {"by": "first"})
    assert not store.insert("thing", "a", {"by": "second"})
    assert store.get("thing", "a") == {"by": "first"}


def test_transaction_is_all_or_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.put("thing", "a", {})
            with store.transaction():
                store.put("thing", "b", {})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.all("thing") == []


def test_transactions_of_threads_wait_for_each_other(store: Store) -> None:
    store.put("counter", "one", {"value": 0})

    def count() -> None:
        for _ in range(50):
            with store.transaction():
                value = store.get("counter", "one")["value"]
                store.put("counter", "one", {"value": value + 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("counter", "one") == {"value": 400}


def test_store_survives_a_restart(path: Path) -> None:
    first = Store(path)
    first.put("thing", "a", {"kept": True})
    first.close()
    second = Store(path)
    assert second.get("thing", "a") == {"kept": True}
    second.reset()
    assert second.all("thing") == []
    second.close()
