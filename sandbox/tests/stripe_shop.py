"""A sandbox on a free port, the real SDK that speaks to it, and a receiver for its webhooks."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from sandbox.config import Config
from sandbox.server import build_server

SECRET_KEY = "sk_test_sandbox_of_the_tests"
WEBHOOK_SECRET = "whsec_sandbox_of_the_tests"
PATIENCE = 10.0


@dataclass
class Receiver:
    """What the shop got on its webhook URL: headers and body of each request.

    answers: the statuses to answer next, 200 when there are none.
    """

    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)

    def of(self, object_id: str) -> list[tuple[dict[str, str], bytes]]:
        """Those that speak of one object."""
        return [request for request in self.received if object_id.encode() in request[1]]


@dataclass(frozen=True)
class Shop:
    """One running sandbox and the means to use it."""

    base_url: str
    client: stripe.StripeClient
    http: httpx.Client
    receiver: Receiver

    def control(self, path: str, /, **body: Any) -> Any:
        """POST to the sandbox's control API."""
        return self.http.post(f"/_sandbox/{path}", json=body).raise_for_status().json()

    def raw(self, method: str, path: str, **kept: Any) -> httpx.Response:
        """A request without the SDK, with the right key."""
        headers = {"Authorization": f"Bearer {SECRET_KEY}"} | kept.pop("headers", {})
        return self.http.request(method, path, headers=headers, **kept)

    def customer(self, card: str = "pm_card_visa") -> tuple[str, str]:
        """A customer's id and the id of the card that they have attached."""
        customer = self.client.v1.customers.create({"email": "alice@example.com"})
        attached = self.client.v1.payment_methods.attach(card, {"customer": customer.id})
        return customer.id, attached.id

    def hold(self, amount: int = 1000, card: str = "pm_card_visa") -> stripe.PaymentIntent:
        """A confirmed PaymentIntent that waits for its capture."""
        return self.pay(amount, card, capture_method="manual")

    def pay(
        self, amount: int = 1000, card: str = "pm_card_visa", **more: Any
    ) -> stripe.PaymentIntent:
        """A PaymentIntent of a new customer, confirmed without them unless told otherwise."""
        customer, payment_method = self.customer(card)
        params = {
            "amount": amount,
            "currency": "usd",
            "customer": customer,
            "payment_method": payment_method,
            "confirm": True,
            "off_session": True,
        } | more
        wanted = {name: value for name, value in params.items() if value is not None}
        return self.client.v1.payment_intents.create(cast(PaymentIntentCreateParams, wanted))


@contextmanager
def open_shop(folder: Path, *, webhooks: bool = False) -> Iterator[Shop]:
    """Run a sandbox with its own store until the block ends; it sends webhooks on wish only."""
    receiver = Receiver()
    with listening(receiver) as webhook_url:
        port = free_port()
        base_url = f"http://127.0.0.1:{port}"
        config = Config(
            twilio_account_sid="AC" + "0" * 32,
            twilio_auth_token="not used here",
            stripe_secret_key=SECRET_KEY,
            stripe_webhook_secret=WEBHOOK_SECRET,
            stripe_webhook_url=webhook_url if webhooks else "",
            database=folder / "sandbox.sqlite3",
            base_url=base_url,
        )
        server = build_server(config, host="127.0.0.1", port=port)
        thread = threading.Thread(target=server.run, name="sandbox")
        thread.start()
        try:
            wait_for(lambda: server.started)
            client = stripe.StripeClient(
                SECRET_KEY, base_addresses={"api": base_url}, max_network_retries=0
            )
            with httpx.Client(base_url=base_url) as http:
                yield Shop(base_url, client, http, receiver)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    """An HTTP server that keeps what it gets in the receiver; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the request, then answer what is wished."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((dict(self.headers), body))
            self.send_response(receiver.answers.popleft() if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any]) -> None:
    """Return once the condition holds; fail when it does not in time."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def refused(
    call: Callable[[], object], error: type[stripe.StripeError] = stripe.InvalidRequestError
) -> Any:
    """The SDK's error that the call ends in; its `error` holds Stripe's error object."""
    with pytest.raises(error) as raised:
        call()
    return raised.value
