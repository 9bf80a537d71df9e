"""From an HTTP request of the SDK to one of Stripe's operations, and back."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.store import Document
from sandbox.stripe import auth, forms, idempotency
from sandbox.stripe.context import Context
from sandbox.stripe.errors import ApiError, FailedAttempt, StripeError, not_played
from sandbox.stripe.expanding import expand
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import public
from sandbox.stripe.params import parse

logger = logging.getLogger(__name__)

Operation = Callable[..., Document]
KEYS_IN_FLIGHT = idempotency.KeysInFlight()


@dataclass(frozen=True)
class Endpoint:
    """An ASGI application for one operation.

    operation: called with the context, the typed parameters and the ids in the URL.
    params: the SDK's TypedDict with what Stripe takes; plays: those of its names that
    the sandbox honours.
    """

    operation: Operation
    params: Any
    plays: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; its idempotency key is in flight until the answer is sent."""
        request = Request(scope, receive)
        request_id = new_id("req", 14)
        try:
            auth.check_secret_key(
                request.headers.get("authorization", ""),
                request.app.state.config.stripe_secret_key,
            )
            key = key_of(request)
            with KEYS_IN_FLIGHT.hold(request.app.state.store, key):
                raw = forms.decode(await read_pairs(request))
                response = await run_in_threadpool(self._answer, request, raw, key, request_id)
                await response(scope, receive, send)
        except StripeError as error:
            await respond(answer_to(error, request_id), request)(scope, receive, send)
        except ClientDisconnect:
            return

    def _answer(
        self, request: Request, raw: dict[str, Any], key: str | None, request_id: str
    ) -> Response:
        """Replay what the key remembers, or carry the request out."""
        state = request.app.state
        now = state.clock.timestamp()
        print_ = idempotency.fingerprint(request.method, request.url.path, raw)
        kept = idempotency.recall(state.store, key, print_, now=now) if key else None
        if kept is not None:
            return respond(kept, request, replayed_for=request_id)
        context = Context(
            store=state.store,
            outbox=state.outbox,
            config=state.config,
            now=now,
            request_id=request_id,
            idempotency_key=key,
        )
        return respond(self._carry_out(context, request.path_params, raw, print_), request)

    def _carry_out(
        self, context: Context, ids: Mapping[str, str], raw: dict[str, Any], print_: str
    ) -> Document:
        """The answer {status, body, request_id}, stored with all that it did, or with nothing."""
        try:
            with context.store.transaction():
                answer = self._run(context, ids, raw)
                keep(context, print_, answer)
                return answer
        except StripeError as error:
            answer = answer_to(error, context.request_id)
            if error.kept:
                keep(context, print_, answer)
            return answer
        except Exception:
            logger.exception("Stripe's part of the sandbox failed")
            answer = answer_to(
                ApiError("An unknown error occurred.", status=500), context.request_id
            )
            keep(context, print_, answer)
            return answer

    def _run(self, context: Context, ids: Mapping[str, str], raw: dict[str, Any]) -> Document:
        """Carry out the operation. Raises StripeError when nothing of it may remain."""
        params = parse(self.params, raw)
        for name in params:
            if name not in self.plays and name != "expand":
                raise not_played(name)
        paths = params.pop("expand", [])
        try:
            result = self.operation(context, params, **ids)
        except FailedAttempt as error:
            return answer_to(error, context.request_id)
        body = expand(context, public(result), paths)
        return {"status": 200, "body": body, "request_id": context.request_id}


def key_of(request: Request) -> str | None:
    """The idempotency key; Stripe looks at it for POST only. Raises StripeError."""
    if request.method != "POST":
        return None
    return idempotency.check_key(request.headers.get("idempotency-key"))


async def read_pairs(request: Request) -> list[tuple[str, str]]:
    """The parameters as they came: the form of a POST, the query of anything else."""
    if request.method != "POST":
        return request.query_params.multi_items()
    body = (await request.body()).decode("utf-8", errors="replace")
    return [
        *request.query_params.multi_items(),
        *parse_qsl(body, keep_blank_values=True),
    ]


def keep(context: Context, print_: str, answer: Document) -> None:
    """Remember the answer where the caller gave a key."""
    if context.idempotency_key is not None:
        idempotency.remember(
            context.store, context.idempotency_key, print_, answer, now=context.now
        )


def answer_to(error: StripeError, request_id: str | None) -> Document:
    """The answer {status, body, request_id} that an error makes."""
    return {"status": error.status, "body": error.body(), "request_id": request_id}


def respond(answer: Document, request: Request, *, replayed_for: str = "") -> Response:
    """The answer with Stripe's headers; replayed_for is the id of the request that repeats it."""
    headers = {"Request-Id": replayed_for or answer["request_id"]}
    if replayed_for:
        headers |= {
            "Idempotent-Replayed": "true",
            "Original-Request": answer["request_id"],
        }
    for name in ("Idempotency-Key", "Stripe-Version"):
        if name in request.headers:
            headers[name] = request.headers[name]
    return JSONResponse(answer["body"], status_code=answer["status"], headers=headers)
