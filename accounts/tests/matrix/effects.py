"""What a call has done: to any table of the shop, and outside."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from django.apps import apps
from django.db import connection, models

Fingerprint = dict[str, list[str]]

# What a refused call may write all the same, and why.
IGNORED_TABLES = {
    "django_session": "a browser's session begins with its first page",
    "usersessions_usersession": "when a browser was last seen",
}
IGNORED_COLUMNS = {
    # Credentials are used, also where they open nothing.
    "accounts_apikey": {"last_used_at", "last_used_ip"},
    "accounts_session": {"last_used_at"},
    "accounts_user": {"last_login"},
}
IGNORED_ACTS = ("SIGN_IN_FAILED",)
_WRITE = re.compile(r'(?:INSERT INTO|INSERT OR IGNORE INTO|UPDATE|DELETE FROM) "(\w+)"')
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "PRAGMA", "WITH")


def fingerprint(tables: set[str] | None = None) -> Fingerprint:
    """Every row of every table, or of these tables, as text."""
    return {table: sorted(rows) for table, rows in _rows_of(tables)}


def _rows_of(tables: set[str] | None) -> Iterator[tuple[str, list[str]]]:
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        # The models of other tests have tables only while these run.
        is_ours = model._meta.managed and ".tests." not in model.__module__
        if not is_ours or table in IGNORED_TABLES:
            continue
        if tables is None or table in tables:
            ignored = IGNORED_COLUMNS.get(table, set())
            columns = [it.attname for it in model._meta.concrete_fields if it.column not in ignored]
            yield table, [repr(row) for row in _rows(model).values_list(*columns)]


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    rows = model._base_manager.order_by()
    return rows.exclude(act__in=IGNORED_ACTS) if model.__name__ == "AuditEntry" else rows


class Writes:
    """Notes to which tables this thread's connection wrote, while it watches."""

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self._is_clear = True

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not sql.lstrip("( ").upper().startswith(_READS):
            written = _WRITE.match(sql)
            self._tables |= {written[1]} if written else set()
            self._is_clear = self._is_clear and written is not None
        return execute(sql, params, many, context)

    def effects(self, before: Fingerprint) -> list[str]:
        """The tables that are not as they were. What was not written to is not read."""
        if not self._tables and self._is_clear:
            return []
        after = fingerprint(self._tables if self._is_clear else None)
        return sorted(table for table, rows in after.items() if rows != before.get(table))


@contextmanager
def noting_writes() -> Iterator[Writes]:
    """Watches until the block ends."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


class Outside:
    """Stands where Twilio and Stripe are: counts who calls, and helps nobody."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def _refuse(self) -> None:
                outside.calls.append(f"{self.command} {self.path}")
                self.send_response(400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = do_DELETE = do_PUT = _refuse  # noqa: N815

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
