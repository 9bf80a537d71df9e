"""The sandbox's web application and the server that runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

import sandbox.control
import sandbox.page
import sandbox.stripe.routes
import sandbox.twilio.routes
from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.errors import SandboxError, answer_sandbox_error, not_found
from sandbox.faults import DROP, FaultLayer, Faults
from sandbox.outbox import Outbox
from sandbox.store import Store
from sandbox.twilio.inventory import prepare_inventory

# Endpoints are plain functions in threads, and a call that is placed holds one
# thread here while the shop, asked for its TwiML, may call Twilio in another.
THREADS = 200


def build_app(config: Config) -> Starlette:
    """The whole sandbox; app.state has `store`, `config`, `clock`, `outbox`, `faults`."""
    store = Store(config.database)
    clock = Clock(store)
    faults = Faults(store)
    app = Starlette(
        routes=[
            *sandbox.control.routes,
            *sandbox.page.routes,
            *sandbox.twilio.routes.routes,
            *sandbox.stripe.routes.routes,
        ],
        middleware=[Middleware(FaultLayer, faults=faults)],
        exception_handlers={SandboxError: answer_sandbox_error, 404: not_found, 405: not_found},
        lifespan=run_background_parts,
    )
    app.state.store = store
    app.state.config = config
    app.state.clock = clock
    app.state.faults = faults
    app.state.outbox = Outbox(store=store, clock=clock, config=config)
    return app


@asynccontextmanager
async def run_background_parts(app: Starlette) -> AsyncIterator[None]:
    """Widen the thread pool, fill the inventory, and deliver the outbox while the server runs.

    The server listens once the inventory is there, so that no first search is slow.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    await anyio.to_thread.run_sync(prepare_inventory)
    app.state.outbox.start()
    try:
        yield
    finally:
        app.state.outbox.stop()
        app.state.store.close()


class DroppableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a handle by which the fault layer can cut the connection.

    ASGI has no way to end a connection without an answer, hence the extension.
    """

    def on_message_begin(self) -> None:
        """Put the handle into the scope of each request."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"drop": self.transport.abort}}


def build_server(config: Config, *, host: str, port: int) -> uvicorn.Server:
    """A server that is ready to run; port 0 takes a free one."""
    return uvicorn.Server(
        uvicorn.Config(
            build_app(config),
            host=host,
            port=port,
            http=DroppableProtocol,
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
