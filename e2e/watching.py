"""What a browser complains about while it shows our pages, and what they weigh."""

import gzip
from collections import defaultdict
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# A page that is left while a part of it is being fetched gives that up.
GIVEN_UP = "net::ERR_ABORTED"


class Watcher:
    """Writes down everything that a quiet page would not do.

    That is: errors and warnings on the console (violations of the Content-Security-Policy among
    them), exceptions, requests that fail or are refused, and requests to any host but `hosts`.
    """

    def __init__(self, context: BrowserContext, hosts: set[str]) -> None:
        self.complaints: list[str] = []
        self._hosts = hosts
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._note(f"exception: {error.error}"))
        context.on("request", self._see_request)
        context.on("requestfailed", self._see_failure)
        context.on("response", self._see_response)

    def forgive(self, *parts: str) -> None:
        """Strike what a test has provoked: complaints that contain one of the parts."""
        self.complaints = [
            complaint
            for complaint in self.complaints
            if not any(part in complaint for part in parts)
        ]

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text} ({message.location['url']})")

    def _see_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self._hosts:
            self._note(f"another host: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._note(f"failed: {request.url} {request.failure}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.url}")


class Scales:
    """Weighs what a page transfers on its first load, headers included.

    Static files are weighed as production sends them, compressed when they are collected; in
    development they go as they are.
    """

    def __init__(self) -> None:
        self._responses: list[Response] = []

    def watch(self, page: Page) -> None:
        page.on("response", self._take)

    def _take(self, response: Response) -> None:
        self._responses.append(response)

    def weigh(self) -> dict[str, int]:
        """Bytes by path, the heaviest first."""
        weights: dict[str, int] = defaultdict(int)
        for response in self._responses:
            path = urlsplit(response.url).path
            sizes = response.request.sizes()
            is_file = path.startswith("/static/") and response.ok
            weights[path] += sizes["responseHeadersSize"] + (
                len(gzip.compress(response.body())) if is_file else sizes["responseBodySize"]
            )
        return dict(sorted(weights.items(), key=lambda weight: -weight[1]))
