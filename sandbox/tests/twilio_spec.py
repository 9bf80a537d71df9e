"""Twilio's OpenAPI specification as a judge over what was sent and answered."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "twilio-oai"
FILES = {
    ("api", "2010-04-01"): "api_v2010.strict.json",
    ("pricing", "v1"): "pricing_v1.strict.json",
    ("pricing", "v2"): "pricing_v2.strict.json",
}


@dataclass(frozen=True)
class Exchange:
    """One request to Twilio's own address and what was answered."""

    method: str
    url: str
    params: dict[str, Any]
    data: dict[str, Any]
    status: int
    body: str


def has_specification() -> bool:
    """Whether the specification lies beside the project."""
    return FOLDER.is_dir()


@cache
def document(file: str) -> dict[str, Any]:
    """One file of the specification."""
    return json.loads((FOLDER / file).read_text())


@cache
def specification(file: str) -> OpenAPI:
    """One file of the specification, ready to judge."""
    return OpenAPI.from_dict(document(file))


def file_of(url: str) -> str:
    """The file that speaks of a URL."""
    parts = urlsplit(url)
    product = parts.hostname.removesuffix(".twilio.com")
    return FILES[product, parts.path.split("/")[1]]


def operation(method: str, url: str) -> dict[str, Any]:
    """What the specification says of one method of a URL."""
    path = urlsplit(url).path
    paths = document(file_of(url))["paths"]
    # The most exact path: one that is fixed where another has a variable.
    for known in sorted(paths, key=lambda each: each.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(known))
        if re.fullmatch(pattern, path) and method.lower() in paths[known]:
            return paths[known][method.lower()]
    raise AssertionError(f"the specification has no {method} {path}")


def parameter_names(method: str, url: str) -> set[str]:
    """The names of query and form parameters that a URL takes."""
    found = operation(method, url)
    query = {each["name"] for each in found.get("parameters", []) if each["in"] == "query"}
    for content in found.get("requestBody", {}).get("content", {}).values():
        query |= set(content["schema"].get("properties", {}))
    return query


def check_exchange(exchange: Exchange) -> None:
    """Fail where the request has an unknown parameter or the answer another shape."""
    parts = urlsplit(exchange.url)
    query = {**dict(parse_qsl(parts.query)), **exchange.params}
    assert set(query) | set(exchange.data) <= parameter_names(exchange.method, exchange.url)
    if exchange.status == 204:
        assert exchange.body == ""
        return
    request = MockRequest(
        f"https://{parts.hostname}",
        exchange.method.lower(),
        parts.path,
        args={name: str(value) for name, value in query.items()},
        data=urlencode(exchange.data).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    response = MockResponse(exchange.body.encode(), status_code=exchange.status)
    specification(file_of(exchange.url)).validate_response(request, response)
