"""The schema names keys where they work, and only there."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@pytest.mark.parametrize(
    ("path", "method", "schemes"),
    [
        ("numbers", "get", {"apiKey", "bearer"}),
        ("orders", "post", {"apiKey", "bearer"}),
        ("auth/me", "get", {"apiKey", "bearer"}),
        ("api-keys", "get", {"bearer"}),
        ("api-keys", "post", {"bearer"}),
        ("api-keys/{keyId}", "delete", {"bearer"}),
        ("auth/login", "post", set()),
    ],
)
def test_who_may_call(schema: dict[str, Any], path: str, method: str, schemes: set[str]) -> None:
    paths = {name.replace("key_id", "keyId"): found for name, found in schema["paths"].items()}
    wanted = paths[f"/api/v1/{path}"][method].get("security", [])
    assert {name for scheme in wanted for name in scheme} == schemes


def test_both_are_bearers(schema: dict[str, Any]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert {name: it["bearerFormat"] for name, it in schemes.items()} == {
        "apiKey": "dsk_…",
        "bearer": "JWT",
    }


def test_the_key_stands_in_one_answer_alone(schema: dict[str, Any]) -> None:
    shapes = schema["components"]["schemas"]
    assert [name for name, it in shapes.items() if "key" in it.get("properties", {})] == [
        "MadeApiKey"
    ]
