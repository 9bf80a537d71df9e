"""The schema says what holds for every endpoint, and only what does."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

COMMON = {"406", "503"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        generator = SchemaGenerator(urlconf="didshop.tests.urls")
        made: dict[str, Any] = generator.get_schema(request=None, public=True)
    return made


def operation(schema: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = schema["paths"][f"/api/v1/{path}"][method]
    return found


def headers(operation: dict[str, Any]) -> set[str]:
    return {it["name"] for it in operation.get("parameters", []) if it["in"] == "header"}


def test_it_is_valid_openapi(schema: dict[str, Any]) -> None:
    validate_schema(schema)


def test_the_error_stands_in_it_once(schema: dict[str, Any]) -> None:
    error = schema["components"]["schemas"]["Error"]
    assert set(error["properties"]) == {"error", "code", "details", "requestId"}
    assert set(error["required"]) == {"error", "code", "requestId"}
    answer = operation(schema, "who")["responses"]["401"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("who", "get", {"200", "401", "404", "429"}),
        ("errors/{name}", "get", {"204", "404", "429"}),
        ("echo", "post", {"200", "400", "413", "415", "429"}),
        ("transitions", "get", {"200", "400", "429"}),
        ("wait", "get", {"200"}),
        (
            "purchase",
            "post",
            {"201", "400", "401", "402", "404", "409", "413", "415", "422", "429"},
        ),
    ],
)
def test_each_endpoint_names_the_statuses_it_has(
    schema: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    assert set(operation(schema, path, method)["responses"]) == statuses | COMMON


def test_health_is_503_with_its_own_body(schema: dict[str, Any]) -> None:
    body = operation(schema, "health")["responses"]["503"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Health"}


def test_health_stands_in_it_under_one_address(schema: dict[str, Any]) -> None:
    assert "/health" not in schema["paths"]


def test_headers_stand_where_they_work(schema: dict[str, Any]) -> None:
    assert headers(operation(schema, "wait")) == {"X-Request-ID"}
    assert headers(operation(schema, "who")) == {"X-Request-ID", "X-Organization"}
    assert headers(operation(schema, "purchase", "post")) == {
        "X-Request-ID",
        "X-Organization",
        "Idempotency-Key",
        "Prefer",
    }


def test_answers_name_their_headers(schema: dict[str, Any]) -> None:
    answers = operation(schema, "purchase", "post")["responses"]
    limits = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID"}
    assert set(answers["201"]["headers"]) == limits | {"Idempotent-Replayed"}
    assert set(answers["429"]["headers"]) == limits | {"Retry-After"}
    unlimited = operation(schema, "wait")["responses"]["200"]
    assert set(unlimited["headers"]) == {"X-Request-ID"}


def test_lists_name_their_limits_and_orders(schema: dict[str, Any]) -> None:
    parameters = {it["name"]: it["schema"] for it in operation(schema, "transitions")["parameters"]}
    assert parameters["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert set(parameters["ordering"]["enum"]) == {"createdAt", "-createdAt", "new", "-new"}
    page = schema["components"]["schemas"]["PaginatedTransitionList"]
    assert page["required"] == ["results", "next", "previous"]
