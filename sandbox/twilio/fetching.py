"""Getting TwiML from the shop, with Twilio's patience: a second try, then the fallback URL."""

from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from sandbox.twilio.legs import Leg
from sandbox.twilio.twiml import (
    HTTP_RETRIEVAL_FAILURE,
    INVALID_CONTENT_TYPE,
    TwimlError,
    Verb,
    parse_twiml,
)

XML_TYPES = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True)
class Document:
    """TwiML and where it came from: addresses in it are relative to that, and defaults for it."""

    url: str
    method: str
    verbs: tuple[Verb, ...]

    def resolve(self, url: str) -> str:
        """An address in the document, absolute."""
        return urljoin(self.url, url) if url else self.url


@dataclass(frozen=True)
class Fallback:
    """Where Twilio turns when the TwiML cannot be had or carried out; an empty URL for nowhere."""

    url: str
    method: str


def fetch_document(
    leg: Leg, url: str, method: str, extra: dict[str, str] | None = None
) -> Document:
    """Ask the shop what to do with the call. Raises TwimlError."""
    response = ask_twice(leg, url, method, leg.params() | (extra or {}))
    leg.line.timeline.tell(f"Asks {method} {url}: {response.status_code}.")
    if response.is_redirect:
        raise TwimlError(
            HTTP_RETRIEVAL_FAILURE,
            f"{url} redirects to {response.headers.get('location', 'nowhere')}; Twilio would "
            "follow without the parameters.",
        )
    if not response.is_success:
        raise TwimlError(HTTP_RETRIEVAL_FAILURE, f"{url} answered {response.status_code}.")
    return Document(url, method, read_body(url, response))


def ask_twice(leg: Leg, url: str, method: str, params: dict[str, str]) -> httpx.Response:
    """The shop's answer; a connection that fails is tried once more. Raises TwimlError."""
    try:
        return ask(leg, url, method, params)
    except TwimlError:
        return ask(leg, url, method, params)


def ask(leg: Leg, url: str, method: str, params: dict[str, str]) -> httpx.Response:
    """The shop's answer. Raises TwimlError when there is none."""
    try:
        return leg.line.outbox.ask(kind="twilio.voice", url=url, method=method, params=params)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        leg.line.timeline.tell(f"Asks {method} {url}: no answer ({reason}).")
        raise TwimlError(HTTP_RETRIEVAL_FAILURE, f"{url} does not answer.") from error


def read_body(url: str, response: httpx.Response) -> tuple[Verb, ...]:
    """The verbs of an answer; plain text is said, sound is played. Raises TwimlError."""
    content_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type == "text/plain":
        return (Verb("Say", {}, " ".join(response.text.split())),)
    if content_type.startswith("audio/"):
        return (Verb("Play", {}, url),)
    if content_type not in XML_TYPES:
        raise TwimlError(INVALID_CONTENT_TYPE, f"{url} answered {content_type or 'no type'}.")
    return parse_twiml(response.text)


def fetch_fallback(leg: Leg, fallback: Fallback, error: TwimlError, url: str) -> Document:
    """Ask the fallback URL, telling it what went wrong. Raises TwimlError."""
    extra = {"ErrorCode": str(error.code), "ErrorUrl": url}
    return fetch_document(leg, fallback.url, fallback.method, extra)
