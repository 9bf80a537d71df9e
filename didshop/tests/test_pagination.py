"""Lists: newest first, a cursor, one to a hundred at a time."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from didshop.fields import new_id
from didshop.models import Transition

pytestmark = [pytest.mark.django_db, pytest.mark.urls("didshop.tests.urls")]
URL = "/api/v1/transitions"


@pytest.fixture
def rows() -> list[str]:
    """The ids of 45 rows, newest first; every third has the same `new`."""
    made = [
        Transition.objects.create(
            subject_kind="order", subject_id=new_id(), old="", new="ABC"[number % 3]
        )
        for number in range(45)
    ]
    return [str(row.pk) for row in reversed(made)]


def walk(api: APIClient, url: str, way: str = "next") -> list[list[dict[str, Any]]]:
    """Every page from `url` on."""
    pages = []
    following: str | None = url
    while following:
        page = api.get(following).json()
        assert set(page) == {"results", "next", "previous"}
        pages.append(page["results"])
        following = page[way]
    return pages


def test_twenty_at_a_time_newest_first(api: APIClient, rows: list[str]) -> None:
    pages = walk(api, URL)
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [row["id"] for page in pages for row in page] == rows


def test_names_are_in_camel_case_and_times_in_utc(api: APIClient, rows: list[str]) -> None:
    row = api.get(f"{URL}?limit=1").json()["results"][0]
    assert set(row) == {"id", "createdAt", "new"}
    assert row["createdAt"].endswith("Z")


def test_back_again(api: APIClient, rows: list[str]) -> None:
    second = api.get(api.get(f"{URL}?limit=10").json()["next"]).json()
    first = api.get(second["previous"]).json()
    assert [row["id"] for row in first["results"]] == rows[:10]


def test_rows_that_come_meanwhile_move_nothing(api: APIClient, rows: list[str]) -> None:
    first = api.get(f"{URL}?limit=10").json()
    Transition.objects.create(subject_kind="order", subject_id=new_id(), old="", new="X")
    second = api.get(first["next"]).json()
    assert [row["id"] for row in second["results"]] == rows[10:20]


def test_the_limit_is_kept_from_page_to_page(api: APIClient, rows: list[str]) -> None:
    assert [len(page) for page in walk(api, f"{URL}?limit=30")] == [30, 15]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "x", "1.5", "+5", "1_0", "٣", "9" * 99])
def test_any_other_limit_is_refused(api: APIClient, limit: str) -> None:
    answer = api.get(URL, {"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1ub25zZW5zZQ==", "🎉", "bz0tMQ=="])
def test_a_cursor_that_is_not_ours_is_refused(api: APIClient, cursor: str) -> None:
    answer = api.get(URL, {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("ordering", ["createdAt", "-createdAt", "new", "-new"])
def test_a_view_may_be_ordered_by_what_it_names(
    api: APIClient, rows: list[str], ordering: str
) -> None:
    pages = walk(api, f"{URL}?ordering={ordering}&limit=7")
    field = ordering.removeprefix("-")
    shown = [(row[field], row["id"]) for page in pages for row in page]
    assert len(shown) == len(rows)
    assert shown == sorted(shown, reverse=ordering.startswith("-"))


@pytest.mark.parametrize("ordering", ["created_at", "subjectId", "--new", "actor__password"])
def test_and_by_nothing_else(api: APIClient, ordering: str) -> None:
    answer = api.get(URL, {"ordering": ordering})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "ordering"


def test_a_page_is_one_query(api: APIClient, rows: list[str]) -> None:
    for url in (URL, f"{URL}?limit=100"):
        with CaptureQueriesContext(connection) as queries:
            api.get(url)
        assert len(queries) == 1
