"""Twilio's part of the sandbox on a free port, the real SDK, and a small shop that it calls.

Each exchange of the SDK is checked against Twilio's own OpenAPI specification, where
that lies beside the project.
"""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from sandbox.config import Config
from sandbox.server import build_server
from sandbox.tests.twilio_spec import FOLDER, Exchange, check_exchange, has_specification

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "token-of-the-tests"
PATIENCE = 30.0


class RecordingClient(TwilioHttpClient):
    """The SDK's HTTP client, led to the sandbox, which keeps what was said."""

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.base_url = base_url
        self.exchanges: list[Exchange] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send to the sandbox what is meant for Twilio."""
        product = urlsplit(url).hostname.removesuffix(".twilio.com")
        path = url.split(".twilio.com", 1)[1]
        response = super().request(method, f"{self.base_url}/{product}{path}", *args, **kwargs)
        named = dict(zip(("params", "data"), args, strict=False)) | kwargs
        self.exchanges.append(
            Exchange(
                method=method,
                url=url,
                params=named.get("params") or {},
                data=named.get("data") or {},
                status=response.status_code,
                body=response.text,
            )
        )
        return response


@dataclass
class TwilioSandbox:
    """A running sandbox and the means to use it."""

    url: str
    http: httpx.Client
    clients: list[RecordingClient] = field(default_factory=list)

    def client(self, *, token: str = AUTH_TOKEN, timeout: float = 10.0) -> Client:
        """The real SDK."""
        http_client = RecordingClient(self.url, timeout)
        self.clients.append(http_client)
        return Client(ACCOUNT_SID, token, http_client=http_client)

    def api(self, method: str, path: str, **kept: Any) -> httpx.Response:
        """A request without the SDK; the path begins after the account."""
        url = f"{self.url}/api/2010-04-01/Accounts/{ACCOUNT_SID}{path}"
        return self.http.request(method, url, auth=(ACCOUNT_SID, AUTH_TOKEN), **kept)

    def control(self, path: str, /, **body: Any) -> Any:
        """POST to the control API."""
        return self.http.post(f"/_sandbox/{path}", json=body).raise_for_status().json()

    def state(self) -> Any:
        """Everything that the sandbox holds."""
        return self.http.get("/_sandbox/state").raise_for_status().json()

    def close(self) -> None:
        """Close the SDK's connections."""
        for client in self.clients:
            client.session.close()
        self.clients.clear()


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox for all tests of this folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    config = Config(
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        stripe_secret_key="sk_test_of_the_tests",
        stripe_webhook_secret="whsec_of_the_tests",
        stripe_webhook_url="",
        database=tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3",
        base_url=url,
    )
    server = build_server(config, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the sandbox does not start"
    yield url
    server.should_exit = True
    thread.join(timeout=PATIENCE)


@pytest.fixture(scope="session")
def sandbox_http(sandbox_url: str) -> Iterator[httpx.Client]:
    """Plain HTTP to the sandbox; one for all tests, since each new one takes 30 ms to make."""
    with httpx.Client(base_url=sandbox_url, trust_env=False, timeout=30.0) as client:
        yield client


@pytest.fixture
def twilio(sandbox_url: str, sandbox_http: httpx.Client) -> Iterator[TwilioSandbox]:
    """An empty sandbox. What the SDK was answered is checked against Twilio's specification."""
    running = TwilioSandbox(sandbox_url, sandbox_http)
    running.control("reset")
    yield running
    running.control("reset")
    exchanges = [exchange for client in running.clients for exchange in client.exchanges]
    running.close()
    if has_specification():
        for exchange in exchanges:
            check_exchange(exchange)


@dataclass
class Shop:
    """The shop's side of calls: documents by path, and what was asked for.

    pages: path → TwiML, or (status, content type, body). asked: (method, path, parameters,
    headers) of each request, oldest first.
    """

    url: str
    pages: dict[str, str | tuple[int, str, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for _, path, _, _ in self.asked]

    def params(self, path: str) -> list[dict[str, str]]:
        """The parameters of each request to a path."""
        return [params for _, asked, params, _ in self.asked if asked == path]

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, content type and body."""
        page = self.pages.get(path, (204, "text/xml", ""))
        return (200, "text/xml", page) if isinstance(page, str) else page


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A web server that answers with TwiML."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            params = dict(parse_qsl(body or parts.query, keep_blank_values=True))
            served.asked.append((self.command, parts.path, params, dict(self.headers)))
            status, content_type, text = served.answer(parts.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Shop(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed_port_url() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def specification_folder() -> Path:
    """Where Twilio's specification lies; the test is skipped without it."""
    if not has_specification():
        pytest.skip("Twilio's specification (../shared/twilio-oai) is not beside the project")
    return FOLDER
