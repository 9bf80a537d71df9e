"""The SDK's client over an HTTP client of ours, shared by all threads of a process."""

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from telephony.carrier.errors import CarrierBusy, CarrierRefused, OutcomeUnknown, from_answer

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5.0
PRODUCT_HOST = re.compile(r"([a-z]+)\.twilio\.com")


class CarrierHttpClient(HttpClient):
    """Sends the SDK's requests: once, with a time limit, to Twilio or its stand-in only.

    It answers from local variables, unlike the SDK's own client, which hands the answer over in
    an attribute that another thread may have overwritten by then.
    """

    def __init__(self, *, api_base: str, timeout: float, connections: int) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=timeout)
        self._api_base = api_base
        self._session = requests.Session()
        # A proxy in the environment leads to Twilio, never to a stand-in beside us.
        self._session.trust_env = not api_base
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        # No retries: a POST that is sent twice may buy twice.
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def request(
        self,
        method: str,
        uri: str,
        *,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """The answer, if it is a success with JSON or nothing in it. Raises CarrierError.

        `allow_redirects` is there for the SDK; redirects are never followed, since the
        credentials would go along.
        """
        url = self._address(uri)
        limit = timeout or self.timeout or settings.TWILIO_TIMEOUT_SECONDS
        started = time.monotonic()
        answer = self._session.request(
            method,
            url,
            params=params,  # type: ignore[arg-type]  # the SDK says "object" for text and numbers
            data=data,
            headers=headers,
            auth=auth,
            timeout=(min(CONNECT_SECONDS, limit), limit),
            allow_redirects=False,
        )
        log.debug(
            "carrier_answered",
            method=method,
            path=urlsplit(uri).path,
            status=answer.status_code,
            milliseconds=round((time.monotonic() - started) * 1000),
            concurrent=answer.headers.get("Twilio-Concurrent-Requests"),
        )
        return self._judge(answer)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _address(self, uri: str) -> str:
        """The URL to call: Twilio's own, or the same under the base that stands in for it."""
        parts = urlsplit(uri)
        product = PRODUCT_HOST.fullmatch(parts.netloc)
        if parts.scheme != "https" or product is None:
            raise CarrierRefused(0, "The carrier pointed at an address that is not its own.")
        if not self._api_base:
            return uri
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._api_base}/{product[1]}{parts.path}{query}"

    def _judge(self, answer: requests.Response) -> Response:
        """Raises CarrierError for any answer but a success that can be read."""
        text = answer.text
        if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            raise from_answer(answer.status_code, answer.headers, text)
        if text and not isinstance(_json(text), dict):
            raise OutcomeUnknown(0, "The carrier's answer could not be read.")
        return Response(answer.status_code, text, answer.headers)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


@cache
def shared() -> Client:
    """The one client of this process; any number of threads may use it at once."""
    http_client = CarrierHttpClient(
        api_base=settings.TWILIO_API_BASE,
        timeout=settings.TWILIO_TIMEOUT_SECONDS,
        # As many again for searches and prices, beside the purchases.
        connections=2 * settings.CARRIER_CONCURRENCY,
    )
    return Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=http_client)


@cache
def _purchase_places() -> BoundedSemaphore:
    return BoundedSemaphore(settings.CARRIER_CONCURRENCY)


@contextmanager
def purchase_place() -> Iterator[None]:
    """Wait for one of CARRIER_CONCURRENCY places: the carrier limits what runs at once.

    Raises CarrierBusy when none comes free within the time that a call may take.
    """
    places = _purchase_places()
    if not places.acquire(timeout=settings.TWILIO_TIMEOUT_SECONDS):
        raise CarrierBusy(0, "Too many purchases are under way at once.", retry_after=1)
    try:
        yield
    finally:
        places.release()


def reset() -> None:
    """Forget the client, so that changed settings take effect. For tests."""
    if shared.cache_info().currsize:
        http_client = shared().http_client
        assert isinstance(http_client, CarrierHttpClient)
        http_client.close()
    shared.cache_clear()
    _purchase_places.cache_clear()
