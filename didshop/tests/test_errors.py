"""Every refusal of the API has the same shape, and tells nothing that is ours alone."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

pytestmark = pytest.mark.urls("didshop.tests.urls")


@pytest.mark.parametrize(
    ("name", "status", "code", "sentence"),
    [
        ("invalid", 400, "VALIDATION_ERROR", "Validation error"),
        ("unauthenticated", 401, "INVALID_CREDENTIALS", "Sign in."),
        ("unpaid", 402, "CARD_DECLINED", "The card was declined."),
        ("denied", 403, "FORBIDDEN", "You may not do this."),
        ("gone", 404, "NOT_FOUND", "There is nothing here."),
        ("conflict", 409, "NUMBER_TAKEN", "Somebody else has it."),
        ("unmet", 422, "ADDRESS_REQUIRED", "An address is needed."),
        ("carrier", 504, "CARRIER_ERROR", "Telephony service error"),
        ("database", 503, "UNAVAILABLE", "The shop cannot reach its database. Please try again."),
    ],
)
def test_a_refusal_has_its_status_code_and_sentence(
    api: APIClient, name: str, status: int, code: str, sentence: str
) -> None:
    answer = api.get(f"/api/v1/errors/{name}")
    body = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (status, code, sentence)
    assert body["requestId"] == answer["X-Request-ID"]
    assert "secret" not in answer.text
    assert "10.0.0.5" not in answer.text


def test_details_name_fields_as_the_caller_does(api: APIClient) -> None:
    body = api.get("/api/v1/errors/invalid").json()
    assert body["details"] == [{"field": "items.0.phoneNumber", "message": "Too short."}]


def test_messages_of_serializers_and_models_are_flattened(api: APIClient) -> None:
    assert api.get("/api/v1/errors/drf").json()["details"] == [
        {"field": "items.1.phoneNumber", "message": "Not E.164."},
        {"field": "", "message": "Empty."},
    ]
    assert api.get("/api/v1/errors/django").json()["details"] == [
        {"field": "voiceUrl", "message": "Not a URL."}
    ]


def test_only_validation_has_details(api: APIClient) -> None:
    assert set(api.get("/api/v1/errors/unmet").json()) == {"error", "code", "requestId"}


def test_what_a_refusal_adds_is_answered_in_camel_case(api: APIClient) -> None:
    assert api.get("/api/v1/errors/conflict").json()["phoneNumber"] == "+14155550100"


def test_headers_say_when_to_try_again_and_how_to_sign_in(api: APIClient) -> None:
    assert api.get("/api/v1/errors/carrier")["Retry-After"] == "7"
    assert api.get("/api/v1/errors/unauthenticated")["WWW-Authenticate"].startswith("Bearer")


def test_a_defect_is_left_to_django(api: APIClient) -> None:
    with pytest.raises(ZeroDivisionError):
        api.get("/api/v1/errors/defect")


def test_a_defect_tells_nothing_but_its_request_id(api: APIClient) -> None:
    api.raise_request_exception = False
    answer = api.get("/api/v1/errors/defect")
    assert answer.status_code == 500
    assert set(answer.json()) == {"error", "code", "requestId"}
    assert answer.json()["requestId"] == answer["X-Request-ID"]
    assert "secret" not in answer.text


def test_an_address_that_is_not_there(api: APIClient) -> None:
    answer = api.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "NOT_FOUND"


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "Bearer rubbish", "Bearer a.b.c", "Bearer dsk_unknown"])
def test_no_or_bad_credentials_are_a_401(api: APIClient, token: str) -> None:
    answer = api.get("/api/v1/who", headers={"Authorization": token} if token else {})
    assert answer.status_code == 401
    assert answer.json()["code"].isupper()
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_method_that_is_not_there(api: APIClient) -> None:
    answer = api.delete("/api/v1/echo")
    assert answer.status_code == 405
    assert answer.json()["code"] == "METHOD_NOT_ALLOWED"


def test_a_form_that_is_none_of_ours(client: Client) -> None:
    answer = client.post("/api/v1/echo", {"voiceUrl": "x"})
    assert answer.status_code == 415
    assert answer.json()["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_only_json_can_be_had(api: APIClient) -> None:
    answer = api.post("/api/v1/echo", {}, headers={"Accept": "application/pdf"})
    assert answer.status_code == 406
    assert answer.json()["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"items": [NaN]}',
        '{"items": [-Infinity]}',
        "\xff\xfe",
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"items": [' + "1" * 5000 + "]}",
        r'{"items": ["half of \ud83d"]}',
        r'{"\udc00": 1}',
    ],
    ids=[
        "cut",
        "nan",
        "infinity",
        "latin",
        "deep-list",
        "deep-object",
        "long-number",
        "half-a-character",
        "half-a-name",
    ],
)
def test_a_body_that_is_no_json_is_a_400(client: Client, body: str) -> None:
    answer = client.post("/api/v1/echo", body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "MALFORMED_REQUEST"


def test_a_whole_character_may_be_escaped(client: Client) -> None:
    body = r'{"items": ["\ud83d\ude00"]}'
    answer = client.post("/api/v1/echo", body, content_type="application/json")
    assert answer.json() == {"items": ["\U0001f600"]}


def test_a_body_that_is_too_large_is_a_413(client: Client) -> None:
    body = json.dumps({"items": ["x" * 1_000_001]})
    answer = client.post("/api/v1/echo", body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json()["code"] == "REQUEST_TOO_LARGE"


def test_names_are_snake_case_inside_and_camel_case_outside(api: APIClient) -> None:
    answer = api.post("/api/v1/echo", {"voiceUrl": "https://example.com/voice"})
    assert answer.json() == {"voiceUrl": "https://example.com/voice"}
