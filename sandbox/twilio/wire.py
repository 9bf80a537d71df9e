"""How Twilio's API is spoken to: authentication, parameters, answers, pages."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.outbox import Outbox
from sandbox.store import Document, Store
from sandbox.twilio import errors
from sandbox.twilio.auth import is_authorized

API_VERSION = "2010-04-01"
PAGING = frozenset({"PageSize", "Page", "PageToken"})
DEFAULT_PAGE_SIZE = 50
MOST_PAGE_SIZE = 1000


@dataclass(frozen=True)
class ApiRequest:
    """One authenticated call of the API with its parameters."""

    request: Request
    params: Mapping[str, str]

    @property
    def path(self) -> dict[str, Any]:
        """The variable parts of the URL."""
        return self.request.path_params

    @property
    def store(self) -> Store:
        """What the sandbox remembers."""
        store: Store = self.request.app.state.store
        return store

    @property
    def config(self) -> Config:
        """The sandbox's configuration."""
        config: Config = self.request.app.state.config
        return config

    @property
    def clock(self) -> Clock:
        """The sandbox's time."""
        clock: Clock = self.request.app.state.clock
        return clock

    @property
    def outbox(self) -> Outbox:
        """The way to the shop."""
        outbox: Outbox = self.request.app.state.outbox
        return outbox

    @property
    def account_sid(self) -> str:
        """The one account."""
        return self.config.twilio_account_sid

    @property
    def account_uri(self) -> str:
        """The account's path as Twilio writes it, without the product."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}"

    @property
    def uri(self) -> str:
        """This request's path as Twilio writes it, without the product."""
        return "/" + self.request.url.path.split("/", 2)[2]

    def not_found(self) -> errors.TwilioError:
        """The 404 of this URL."""
        return errors.not_found(self.uri)

    def boolean(self, name: str) -> bool | None:
        """A parameter that is true or false, None when absent. Raises TwilioError."""
        value = self.params.get(name, "").lower()
        if value not in ("", "true", "false"):
            raise errors.invalid_parameter(name, "it must be true or false.")
        return None if value == "" else value == "true"

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds. Raises TwilioError."""
        value = self.params.get(name, "")
        if value == "":
            return default
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise errors.invalid_parameter(name, f"it must be from {least} to {most}.")
        return int(value)

    def page(self) -> int:
        """The page that is asked for, from 0."""
        return self.integer("Page", 0, least=0, most=10**6)

    def page_size(self) -> int:
        """How many results to a page."""
        return self.integer("PageSize", DEFAULT_PAGE_SIZE, least=1, most=MOST_PAGE_SIZE)


Answer = Document | Response
Handler = Callable[[ApiRequest], Answer]


@dataclass(frozen=True)
class Endpoint:
    """What answers one method of a URL, the parameters that it knows, and its good status."""

    handler: Handler
    parameters: frozenset[str] = frozenset()
    status: int = 200


def route(path: str, **endpoints: Endpoint) -> Route:
    """A URL of Twilio's with an endpoint for each of `get`, `post`, `delete`."""
    methods = {method.upper(): endpoint for method, endpoint in endpoints.items()}

    async def answer(request: Request) -> Response:
        endpoint = methods["GET" if request.method == "HEAD" else request.method]
        try:
            response = await ask(endpoint, request)
        except errors.TwilioError as error:
            response = error.response()
        response.headers["Twilio-Request-Id"] = f"RQ{secrets.token_hex(16)}"
        response.headers["Twilio-Concurrent-Requests"] = "1"
        return response

    return Route(path, answer, methods=list(methods))


async def ask(endpoint: Endpoint, request: Request) -> Response:
    """Check who asks and what, then let the endpoint answer in a thread. Raises TwilioError."""
    if not is_authorized(request):
        raise errors.unauthenticated()
    params = await read_params(request)
    unknown = sorted(set(params) - endpoint.parameters)
    if unknown:
        raise errors.unknown_parameters(unknown)
    answer = await run_in_threadpool(endpoint.handler, ApiRequest(request, params))
    if isinstance(answer, Response):
        return answer
    return JSONResponse(answer, status_code=endpoint.status)


async def read_params(request: Request) -> dict[str, str]:
    """The form of a POST, else the query; of a name that comes twice, the last."""
    if request.method != "POST":
        return dict(request.query_params)
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def rfc2822(moment: datetime) -> str:
    """A time as the API of 2010 writes it."""
    return format_datetime(moment)


def paginate(asked: ApiRequest, key: str, items: Sequence[Document]) -> Document:
    """One page of a list with the fields of the API of 2010."""
    page, size = asked.page(), asked.page_size()
    start = page * size
    chosen = items[start : start + size]

    def page_uri(number: int) -> str:
        filters = {name: value for name, value in asked.params.items() if name not in PAGING}
        return f"{asked.uri}?{urlencode({**filters, 'PageSize': size, 'Page': number})}"

    return {
        key: list(chosen),
        "uri": page_uri(page),
        "first_page_uri": page_uri(0),
        "previous_page_uri": page_uri(page - 1) if page else None,
        "next_page_uri": page_uri(page + 1) if start + size < len(items) else None,
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + len(chosen) - 1 if chosen else 0,
    }


def paginate_with_meta(asked: ApiRequest, key: str, base: str, items: Sequence[Any]) -> Document:
    """One page of a list as the newer APIs word it; `base` is the list's public URL."""
    page, size = asked.page(), asked.page_size()
    start = page * size

    def page_url(number: int) -> str:
        return f"{base}?{urlencode({'PageSize': size, 'Page': number})}"

    return {
        key: list(items[start : start + size]),
        "meta": {
            "key": key,
            "page": page,
            "page_size": size,
            "url": page_url(page),
            "first_page_url": page_url(0),
            "previous_page_url": page_url(page - 1) if page else None,
            "next_page_url": page_url(page + 1) if start + size < len(items) else None,
        },
    }
