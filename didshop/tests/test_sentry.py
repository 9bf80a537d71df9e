"""Sentry hears of defects when a DSN is set, and of no secret."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
from django.conf import settings

DEFECT = """
import logging, django, sentry_sdk
django.setup()
try:
    password = "hunter2hunter2"
    raise RuntimeError("call from +14155550123 with token=abc123secret")
except RuntimeError:
    logging.getLogger("shop").exception("a defect")
sentry_sdk.flush(10)
"""


@pytest.fixture
def project() -> Iterator[tuple[str, list[str]]]:
    """A DSN of a project on this machine, and the reports that it got."""
    reports: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
            encoding = self.headers.get("Content-Encoding", "")
            reports.append(unpack.get(encoding, bytes)(body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", reports
    server.shutdown()
    server.server_close()


def run_defect(dsn: str) -> None:
    env = {**os.environ, "SENTRY_DSN": dsn, "DJANGO_SETTINGS_MODULE": "didshop.settings"}
    command = [sys.executable, "-c", DEFECT]
    subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True, capture_output=True)


def test_a_defect_is_reported_without_what_is_secret(project):
    dsn, reports = project

    run_defect(dsn)

    [report] = reports
    assert "RuntimeError" in report
    for secret in ("hunter2", "+14155550123", "abc123secret"):
        assert secret not in report


def test_without_a_dsn_nothing_is_sent(project):
    _, reports = project

    run_defect("")

    assert reports == []
