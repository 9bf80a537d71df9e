"""What the sandbox remembers: JSON documents in one SQLite file.

It survives crashes and rollbacks of the shop just as Twilio and Stripe would, so
it shares no database with it.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
"""


class Store:
    """Documents by kind and id, in the order in which they were first put.

    One connection behind one re-entrant lock: any thread may call anything, also
    inside its own `transaction()`. Keep HTTP calls out of transactions, since all
    other threads wait for the end of one.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file; the store cannot be used after it."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing for what is done inside; other threads wait. Nests into the outer one."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def put(self, kind: str, key: str, doc: Document) -> None:
        """Insert or replace; a document that is replaced keeps its place in the order."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(doc)),
            )

    def insert(self, kind: str, key: str, doc: Document) -> bool:
        """Insert unless the id is there; True when it was inserted. Atomic."""
        with self._lock:
            cursor = self._connection.execute(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, key, json.dumps(doc)),
            )
            return cursor.rowcount == 1

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, key)
            ).fetchone()
        return None if row is None else load(row[0])

    def all(self, kind: str, **equals: str) -> list[Document]:
        """Every document of a kind, oldest first, whose top-level fields have these values."""
        query = "SELECT body FROM documents WHERE kind = ?"
        values = [kind]
        for field, value in equals.items():
            query += " AND json_extract(body, ?) = ?"
            values += [f'$."{field}"', value]
        with self._lock:
            rows = self._connection.execute(f"{query} ORDER BY position", values).fetchall()
        return [load(body) for (body,) in rows]

    def delete(self, kind: str, key: str) -> bool:
        """Forget one document; True when it was there."""
        with self._lock:
            cursor = self._connection.execute(
                "DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key)
            )
            return cursor.rowcount == 1

    def delete_all(self, kind: str) -> int:
        """Forget every document of a kind; how many there were."""
        with self._lock:
            return self._connection.execute(
                "DELETE FROM documents WHERE kind = ?", (kind,)
            ).rowcount

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._connection.execute("DELETE FROM documents")


def load(body: str) -> Document:
    """The document in a row's body."""
    document: Document = json.loads(body)
    return document
