"""A request's id is taken or made, answered, and stands in every log line of it."""

import asyncio
import io
import json
from uuid import UUID

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.test import Client
from rest_framework.test import APIClient

pytestmark = pytest.mark.urls("didshop.tests.urls")


def test_a_well_formed_id_is_taken(client: Client) -> None:
    answer = client.get("/page", headers={"X-Request-ID": "order-7.a_B"})
    assert answer["X-Request-ID"] == "order-7.a_B"


@pytest.mark.parametrize("given", ["", " ", "a b", "-a", "x" * 65, "a\tb", "é", "<b>", "a;b"])
def test_any_other_is_replaced(client: Client, given: str) -> None:
    made = client.get("/page", headers={"X-Request-ID": given})["X-Request-ID"]
    assert UUID(made).version == 4


def test_no_two_requests_share_one(client: Client) -> None:
    assert client.get("/page")["X-Request-ID"] != client.get("/page")["X-Request-ID"]


def test_the_log_knows_it(client: Client, written: io.StringIO) -> None:
    client.get("/page", headers={"X-Request-ID": "one-of-mine"})
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request_started", "request_finished"]
    assert {line["request_id"] for line in lines} == {"one-of-mine"}


def test_it_works_in_the_async_chain_too() -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(get_asgi_application())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/api/v1/errors/unmet", headers={"X-Request-ID": "async-1"})

    answer = asyncio.run(ask())
    assert answer.headers["X-Request-ID"] == answer.json()["requestId"] == "async-1"


@pytest.mark.django_db
def test_private_answers_are_stored_nowhere(
    api: APIClient, alice_api: APIClient, client: Client
) -> None:
    assert api.get("/api/v1/errors/unmet")["Cache-Control"] == "no-store"
    assert alice_api.get("/api/v1/who")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/page").headers
    client.cookies["sessionid"] = "anything"
    assert client.get("/page")["Cache-Control"] == "no-store"
