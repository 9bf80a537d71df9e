"""Everything that the sandbox sends to the shop, with its tries and their answers.

Twilio's requests are sent at once, since a call waits for its TwiML. Stripe's
events are queued and sent by a thread, again and again with growing pauses until
the shop answers 2xx.
"""

import json
import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import httpx
import stripe
from twilio.request_validator import RequestValidator

from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.store import Document, Store

STRIPE_EVENT = "stripe.event"

# Twilio: 5 s to connect, 15 s in all. Stripe gives up on a receiver sooner or later too.
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
STRIPE_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
# Seconds from one try to the next. Stripe takes three days; developers have less patience.
PAUSES = (1, 2, 5, 10, 30, 60, 300, 1800)
POLL_SECONDS = 0.5
SENDERS = 8


class Outbox:
    """Sends and remembers. Delivery records have kind "delivery" in the store.

    A record: {id, kind, to, method, event, status, tries: [{at, status, error}]}; kind is
    "twilio.voice", "twilio.status" or "stripe.event"; status is "pending", "delivered" or
    "failed"; a try's status is the HTTP status, None when there was no answer.
    """

    def __init__(self, *, store: Store, clock: Clock, config: Config) -> None:
        self._store = store
        self._clock = clock
        self._config = config
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
        self._validator = RequestValidator(config.twilio_auth_token)
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to deliver what is queued."""
        self._thread.start()

    def stop(self) -> None:
        """End the deliveries; what is queued stays in the store for the next start."""
        self._ended.set()
        self._wake.set()
        self._thread.join()
        self._client.close()

    def ask(self, *, kind: str, url: str, method: str, params: dict[str, str]) -> httpx.Response:
        """One request signed as Twilio signs, answered. Raises httpx.HTTPError without an answer.

        A GET carries the parameters in the query, and the signature then covers the
        URL alone. (Twilio: Webhooks security)
        """
        if method == "GET":
            url = str(httpx.URL(url).copy_merge_params(params))
            params = {}
        delivery = self._new_delivery(kind=kind, to=url, method=method, event=params)
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, params),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
        }
        try:
            response = self._client.request(method, url, data=params or None, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._record(delivery, None, str(error) or type(error).__name__, "failed")
            raise
        self._record(
            delivery, response.status_code, "", "delivered" if response.is_success else "failed"
        )
        return response

    def send_stripe_event(self, event: Document) -> None:
        """Queue one of Stripe's events for the shop.

        Works inside a store transaction too: it is sent once that is committed.
        """
        url = self._config.stripe_webhook_url
        if url:
            delivery = self._new_delivery(kind=STRIPE_EVENT, to=url, method="POST", event=event)
            self._queue(delivery["id"], after=0)

    def resend(self, key: str) -> bool:
        """Send a Stripe event once more, as an operator can in Stripe's dashboard.

        False when there is no such delivery of Stripe's.
        """
        delivery = self._store.get("delivery", key)
        if delivery is None or delivery["kind"] != STRIPE_EVENT:
            return False
        self._queue(key, after=0)
        return True

    def deliveries(self) -> list[Document]:
        """Every record, oldest first."""
        return self._store.all("delivery")

    def _new_delivery(self, *, kind: str, to: str, method: str, event: Document) -> Document:
        delivery: Document = {
            "id": f"dl_{uuid.uuid4().hex}",
            "kind": kind,
            "to": to,
            "method": method,
            "event": event,
            "status": "pending",
            "tries": [],
        }
        self._store.put("delivery", delivery["id"], delivery)
        return delivery

    def _record(self, delivery: Document, answer: int | None, error: str, status: str) -> None:
        at = self._clock.now().isoformat()
        delivery["tries"].append({"at": at, "status": answer, "error": error})
        delivery["status"] = status
        self._store.put("delivery", delivery["id"], delivery)

    def _queue(self, key: str, *, after: float) -> None:
        due = self._clock.now() + timedelta(seconds=after)
        self._store.put("queue", key, {"id": key, "due": due.isoformat()})
        self._wake.set()

    def _run(self) -> None:
        """The thread: send what is due at the same time, as Stripe does, then wait for more."""
        sending: dict[str, Future[None]] = {}
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="outbox") as pool:
            while not self._ended.is_set():
                sending = {key: future for key, future in sending.items() if not future.done()}
                for key in self._due():
                    if key not in sending:
                        sending[key] = pool.submit(self._try, key)
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()

    def _due(self) -> list[str]:
        now = self._clock.now()
        return [
            queued["id"]
            for queued in self._store.all("queue")
            if datetime.fromisoformat(queued["due"]) <= now
        ]

    def _try(self, key: str) -> None:
        """Send one event; take it off the queue, or queue it for later."""
        delivery = self._store.get("delivery", key)
        if delivery is None or self._ended.is_set():
            return
        answer, error = self._post_stripe_event(delivery)
        with self._store.transaction():
            if not self._store.delete("queue", key):
                return  # a reset came between
            number = len(delivery["tries"])
            if answer is not None and httpx.codes.is_success(answer):
                status = "delivered"
            elif number < len(PAUSES):
                status = "pending"
                self._queue(key, after=PAUSES[number])
            else:
                status = "failed"
            self._record(delivery, answer, error, status)

    def _post_stripe_event(self, delivery: Document) -> tuple[int | None, str]:
        """The status that the shop answered, or None with the reason.

        Signed with the real time, so that a moved clock spoils no signature.
        """
        payload = json.dumps(delivery["event"])
        signature = stripe.WebhookSignature.generate_signature_header(
            payload, self._config.stripe_webhook_secret
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            response = self._client.post(
                delivery["to"], content=payload.encode(), headers=headers, timeout=STRIPE_TIMEOUT
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, str(error) or type(error).__name__
        return response.status_code, ""
