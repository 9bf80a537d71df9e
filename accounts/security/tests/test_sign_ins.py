"""Where somebody is signed in, and ending it: on the page, over the API, and at once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Session, User
from accounts.security.tests.conftest import FIREFOX, Browser, is_signed_in
from accounts.tests.factories import api_client

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
API = "/api/v1/auth/sessions"


def listed(client: APIClient) -> list[dict[str, Any]]:
    answer = client.get(API)
    assert answer.status_code == 200
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)
    return list(answer.json()["results"])


def ended() -> int:
    return AuditEntry.objects.filter(act="SESSION_ENDED").count()


def test_browsers_and_programs_stand_in_one_list(
    alice: User, alice_api: APIClient, browser: Browser
) -> None:
    browser(alice, address="203.0.113.9")

    program, firefox = listed(alice_api)

    assert (program["kind"], program["isCurrent"]) == ("API", True)
    assert {name: firefox[name] for name in firefox if not name.endswith("At")} == {
        "id": firefox["id"],
        "kind": "BROWSER",
        "device": "Firefox on Linux",
        "userAgent": FIREFOX,
        "ipAddress": "203.0.113.9",
        "isCurrent": False,
    }


def test_the_page_marks_this_browser(alice: User, browser: Browser) -> None:
    here = browser(alice)
    browser(alice, user_agent="curl/8.5.0")

    html = here.get(PAGE).content.decode()

    assert html.count("This one") == 1
    assert html.index("Firefox on Linux") < html.index("curl")


def test_a_session_key_is_told_to_nobody(
    alice: User, alice_api: APIClient, browser: Browser
) -> None:
    key = browser(alice).session.session_key
    assert key
    assert key not in alice_api.get(API).content.decode()


def test_a_browser_that_is_ended_is_a_stranger(alice: User, browser: Browser) -> None:
    here, there = browser(alice), browser(alice)
    other = next(it for it in here.get(PAGE).context["sign_ins"] if not it.is_current)

    answer = here.post(f"{PAGE}{other.id}/end/", follow=True)

    assert "That sign-in has ended." in answer.content.decode()
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    entry = AuditEntry.objects.get(act="SESSION_ENDED")
    assert (entry.actor, entry.details) == (alice, {"session": str(other.id)})


def test_an_access_token_that_is_ended_is_refused(alice: User, alice_browser: Client) -> None:
    program = api_client(alice)
    session = Session.objects.get()

    alice_browser.post(f"{PAGE}{session.pk}/end/")

    answer = program.get("/api/v1/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")


def test_the_api_ends_a_browser(alice: User, alice_api: APIClient, alice_browser: Client) -> None:
    firefox = next(it for it in listed(alice_api) if it["kind"] == "BROWSER")

    assert alice_api.delete(f"{API}/{firefox['id']}").status_code == 204

    assert not is_signed_in(alice_browser)
    assert [it["kind"] for it in listed(alice_api)] == ["API"]


def test_the_api_ends_the_others(alice: User, alice_api: APIClient, browser: Browser) -> None:
    first, second, program = browser(alice), browser(alice), api_client(alice)

    assert alice_api.delete(API).status_code == 204

    assert [is_signed_in(first), is_signed_in(second)] == [False, False]
    assert program.get("/api/v1/auth/me").status_code == 401
    assert [it["isCurrent"] for it in listed(alice_api)] == [True]
    assert AuditEntry.objects.get(act="SESSION_ENDED").details == {"others": 3}


def test_the_page_ends_the_others(alice: User, browser: Browser) -> None:
    here, there, program = browser(alice), browser(alice), api_client(alice)

    answer = here.post(f"{PAGE}end/", follow=True)

    assert "2 sign-ins have ended." in answer.content.decode()
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert program.get("/api/v1/auth/me").status_code == 401


def test_where_there_are_no_others_nothing_is_written_down(alice_browser: Client) -> None:
    alice_browser.post(f"{PAGE}end/")
    assert ended() == 0


def test_the_api_may_end_itself(alice_api: APIClient) -> None:
    (me,) = listed(alice_api)
    assert alice_api.delete(f"{API}/{me['id']}").status_code == 204
    assert alice_api.get(API).status_code == 401


def test_this_browser_is_ended_by_logging_out(alice_browser: Client) -> None:
    (here,) = alice_browser.get(PAGE).context["sign_ins"]
    answer = alice_browser.post(f"{PAGE}{here.id}/end/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/logout/")
    assert is_signed_in(alice_browser)


def test_somebody_elses_is_not_there(
    alice: User, alice_browser: Client, charlie: User, charlie_api: APIClient, browser: Browser
) -> None:
    program = api_client(alice)
    theirs = [*listed(program)]

    for sign_in in theirs:
        assert charlie_api.delete(f"{API}/{sign_in['id']}").status_code == 404
        assert browser(charlie).post(f"{PAGE}{sign_in['id']}/end/").status_code == 404

    assert is_signed_in(alice_browser)
    assert program.get("/api/v1/auth/me").status_code == 200
    assert ended() == 0


def test_one_that_never_was_is_not_there(alice_api: APIClient) -> None:
    answer = alice_api.delete(f"{API}/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "SESSION_NOT_FOUND")


def test_what_is_over_is_not_listed(alice: User, alice_api: APIClient, browser: Browser) -> None:
    run_out = browser(alice)
    session = run_out.session
    session.set_expiry(timezone.now() - timedelta(days=1))
    session.save()
    browser(alice).post("/accounts/logout/")
    api_client(alice)
    Session.objects.exclude(pk=listed(alice_api)[0]["id"]).update(
        expires_at=datetime(2020, 1, 1, tzinfo=UTC)
    )

    assert [(it["kind"], it["isCurrent"]) for it in listed(alice_api)] == [("API", True)]


def test_a_browser_from_before_a_new_password_is_over(
    alice: User, alice_browser: Client, sign_in: Any
) -> None:
    alice.set_password("another good one 47")
    alice.save()

    assert not is_signed_in(alice_browser)
    assert UserSession.objects.count() == 1
    assert [it["kind"] for it in listed(api_client(alice))] == ["API"]


def test_the_list_takes_the_same_queries_however_long(
    alice: User, browser: Browser, django_assert_num_queries: Any
) -> None:
    program = api_client(alice)
    for _ in range(3):
        browser(alice)
        api_client(alice)

    # The session, browsers, which of them are alive, and programs.
    with django_assert_num_queries(4):
        assert len(listed(program)) == 7


@pytest.mark.parametrize("method", ["get", "delete"])
def test_strangers_and_keys_have_no_sign_ins(api: APIClient, method: str) -> None:
    assert getattr(api, method)(API).status_code == 401


def test_pages_are_for_who_is_signed_in(client: Client) -> None:
    for path in (PAGE, "/accounts/security/", "/accounts/profile/", "/accounts/security/activity/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            f"/accounts/login/?next={path}",
        )
