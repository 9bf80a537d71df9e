"""A carrier that answers what a test tells it to: what the sandbox is too well-behaved to send."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from telephony import carrier


@dataclass(frozen=True)
class Heard:
    """A request as it came in; parameters of the query or the form."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Says:
    """An answer."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


@contextmanager
def carrier_that(answer: Callable[[Heard], Says], settings: Any) -> Iterator[list[Heard]]:
    """A carrier on a free port that the shop speaks to; what it heard, in order."""
    heard: list[Heard] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = self.rfile.read(length).decode()
            url = urlsplit(self.path)
            pairs = parse_qs(url.query or form, keep_blank_values=True)
            params = {name: values[-1] for name, values in pairs.items()}
            asked = Heard(self.command, url.path, params, dict(self.headers))
            heard.append(asked)
            said = answer(asked)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.payload)))
            self.end_headers()
            self.wfile.write(said.payload)

        do_POST = do_GET  # noqa: N815 - the server calls it so
        do_DELETE = do_GET  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{server.server_port}"
    carrier.reset()
    try:
        yield heard
    finally:
        carrier.reset()
        server.shutdown()
        thread.join()
        server.server_close()
