"""A copy of everything that an account holds: asked for, made, fetched, forgotten."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import Act
from accounts.models import AuditEntry, DataExport, Membership, User
from accounts.privacy import exporting, pages, retention, tasks
from accounts.privacy.tests import world
from accounts.privacy.tests.conftest import Visit
from accounts.tests.factories import organization_of
from didshop.errors import Conflict, Forbidden
from didshop.models import OutgoingMail

pytestmark = pytest.mark.django_db

ASK, LIST = "/api/v1/auth/me/export", "/api/v1/auth/me/exports"
PAGE = "/accounts/privacy/"
RunTasks = Callable[[], list[str]]


@pytest.fixture
def copy(alice: User) -> Callable[[], ZipFile]:
    """Makes a copy of Alice's data and opens it."""

    def copying() -> ZipFile:
        export = exporting.ask(alice)
        exporting.make(export.pk)
        export.refresh_from_db()
        return ZipFile(io.BytesIO(bytes(export.content or b"")))

    return copying


def read_json(copy: ZipFile, name: str) -> list[dict[str, Any]]:
    """The rows of the one file whose name ends so."""
    [path] = [path for path in copy.namelist() if path.endswith(f"{name}.json")]
    rows: list[dict[str, Any]] = json.loads(copy.read(path))
    return rows


def age(export: DataExport, **ago: Any) -> None:
    DataExport.objects.filter(pk=export.pk).update(created_at=timezone.now() - timedelta(**ago))


# ---------------------------------------------------------------- what is in it
def test_everything_is_in_it(alice: User, copy: Callable[[], ZipFile]) -> None:
    world.fill(alice)
    archive = copy()
    folder = f"organisations/looking-glass-ltd-{str(organization_of(alice).pk)[-6:]}"
    organization = {
        "api-keys", "audit-log", "calls", "calls-history", "cards", "invitations", "members",
        "numbers", "numbers-history", "orders", "orders-history", "orders-lines",
        "orders-lines-history", "payments", "payments-history",
    }  # fmt: skip
    personal = {
        "activity", "api-keys", "email-addresses", "exports", "invitations-received",
        "invitations-sent", "mail", "memberships", "profile", "profile-changes",
        "second-factors", "sessions-api", "sessions-browser",
    }  # fmt: skip
    expected = {f"{folder}/{name}" for name in organization} | {f"you/{name}" for name in personal}
    assert set(archive.namelist()) == {"README.txt"} | {
        f"{path}.{kind}" for path in expected for kind in ("json", "csv")
    }
    [profile] = read_json(archive, "you/profile")
    assert (profile["email"], profile["phone"]) == ("alice@example.com", "+1 202 555 0142")
    [call] = read_json(archive, "/calls")
    assert (call["from_number"], call["duration"]) == (world.CALLER, 60)
    [line] = read_json(archive, "/orders-lines")
    assert line["monthly_price"] == "1.5000"
    [change] = read_json(archive, "/orders-history")
    assert (change["new"], change["actor_id"]) == ("COMPLETED", str(alice.pk))
    [card] = read_json(archive, "/cards")
    assert card["last4"] == "4242"
    assert len(read_json(archive, "you/email-addresses")) == 2


def test_the_readme_says_what_each_file_is(alice: User, copy: Callable[[], ZipFile]) -> None:
    archive = copy()
    told = archive.read("README.txt").decode()
    assert "A copy of the data of alice@example.com" in told
    for path in archive.namelist():
        assert path == "README.txt" or path.rpartition(".")[0] in told


def test_csv_says_the_same_and_runs_nothing(alice: User, copy: Callable[[], ZipFile]) -> None:
    world.fill(alice)
    User.objects.filter(pk=alice.pk).update(first_name="=1+1")
    archive = copy()
    header, row = csv.reader(io.StringIO(archive.read("you/profile.csv").decode()))
    told = dict(zip(header, row, strict=True))
    assert (told["email"], told["first_name"]) == ("alice@example.com", "'=1+1")
    [path] = [path for path in archive.namelist() if path.endswith("/numbers.csv")]
    [number] = csv.DictReader(io.StringIO(archive.read(path).decode()))
    assert number["forward_to"] == "+12025550142"


def test_no_secret_is_in_it(alice: User, copy: Callable[[], ZipFile]) -> None:
    world.fill(alice)
    archive = copy()
    everything = b"".join(archive.read(path) for path in archive.namelist()).decode()
    for secret in ("hash-of", "SEED", "md5$", "argon2", "pm_1", alice.password):
        assert secret not in everything


def test_others_are_not_in_it(alice: User, charlie: User, copy: Callable[[], ZipFile]) -> None:
    world.fill(charlie)
    archive = copy()
    everything = b"".join(archive.read(path) for path in archive.namelist()).decode()
    for theirs in ("charlie@", "Charlie", world.CALLER, "dora@"):
        assert theirs not in everything


def test_who_does_not_own_an_organisation_does_not_get_its_data(alice: User, bob: User) -> None:
    world.fill(alice)
    export = exporting.ask(bob)
    exporting.make(export.pk)
    export.refresh_from_db()
    names = ZipFile(io.BytesIO(bytes(export.content or b""))).namelist()
    assert not [name for name in names if name.startswith("organisations/")]
    assert "you/memberships.json" in names


def test_it_takes_no_more_queries_for_more_rows(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    world.fill(alice)
    for _ in range(20):
        Membership.objects.create(
            user=User.objects.create_user(f"{_}@example.com", first_name="Dora"),
            organization=organization_of(alice),
        )
    export = exporting.ask(alice)
    with django_assert_max_num_queries(50):
        exporting.make(export.pk)


# ---------------------------------------------------------------- over the API
def test_asking_over_the_api(
    alice: User,
    alice_api: APIClient,
    run_tasks: RunTasks,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = alice_api.post(ASK)
    assert (answer.status_code, answer.json()["status"]) == (202, "WAITING")
    with django_capture_on_commit_callbacks(execute=True):
        run_tasks()
    [told] = alice_api.get(LIST).json()["results"]
    assert (told["id"], told["status"]) == (answer.json()["id"], "READY")
    assert told["sizeBytes"] > 1000
    file = alice_api.get(f"{LIST}/{told['id']}/download")
    assert file.headers["Content-Type"] == "application/zip"
    assert file.headers["Content-Disposition"].endswith('.zip"')
    assert file.headers["Cache-Control"] == "no-store"
    assert "README.txt" in ZipFile(io.BytesIO(file.content)).namelist()
    asked_for = alice_api.get(f"{LIST}/{told['id']}/download", HTTP_ACCEPT="application/zip")
    assert asked_for.status_code == 200
    acts = AuditEntry.objects.filter(actor=alice).order_by("id").values_list("act", flat=True)
    assert list(acts) == [Act.DATA_EXPORTED, Act.DATA_DOWNLOADED, Act.DATA_DOWNLOADED]


def test_a_mail_says_when_it_is_ready(
    alice: User, run_tasks: RunTasks, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        exporting.ask(alice)
    with django_capture_on_commit_callbacks(execute=True):
        run_tasks()
    run_tasks()
    [message] = mail.outbox
    assert (message.to, message.subject) == (
        ["alice@example.com"],
        "The copy of your data is ready",
    )
    export = DataExport.objects.get()
    assert f"{PAGE}\n" in message.body
    assert str(export.pk) not in message.body


def test_one_at_a_time(alice: User, alice_api: APIClient) -> None:
    exporting.ask(alice)
    answer = alice_api.post(ASK)
    assert (answer.status_code, answer.json()["code"]) == (409, "EXPORT_UNDER_WAY")
    assert DataExport.objects.count() == 1


def test_three_a_day(alice: User, alice_api: APIClient) -> None:
    for hours in (20, 2, 1):
        export = exporting.ask(alice)
        exporting.make(export.pk)
        age(export, hours=hours)
    answer = alice_api.post(ASK)
    assert (answer.status_code, answer.json()["code"]) == (429, "TOO_MANY_EXPORTS")
    assert 4 * 3600 - 60 <= int(answer.headers["Retry-After"]) <= 4 * 3600
    assert DataExport.objects.count() == 3
    age(DataExport.objects.earliest("created_at"), hours=25)
    assert alice_api.post(ASK).status_code == 202


def test_others_copies_are_not_there(alice: User, charlie_api: APIClient, visit: Visit) -> None:
    export = exporting.ask(alice)
    exporting.make(export.pk)
    assert charlie_api.get(LIST).json()["results"] == []
    assert charlie_api.get(f"{LIST}/{export.pk}/download").status_code == 404
    charlie = User.objects.get(email="charlie@example.com")
    for path in (f"{PAGE}exports/{export.pk}/", f"{PAGE}exports/{export.pk}/fetch/"):
        assert visit(charlie).get(path).status_code == 404
    assert not AuditEntry.objects.filter(act=Act.DATA_DOWNLOADED).exists()


def test_one_that_is_not_ready(alice: User, alice_api: APIClient) -> None:
    export = exporting.ask(alice)
    answer = alice_api.get(f"{LIST}/{export.pk}/download", HTTP_ACCEPT="application/zip")
    assert (answer.status_code, answer.json()["code"]) == (409, "EXPORT_NOT_READY")


def test_a_list_does_not_load_what_is_in_the_copies(
    alice: User, alice_api: APIClient, django_assert_num_queries: Any
) -> None:
    exporting.make(exporting.ask(alice).pk)
    with django_assert_num_queries(2) as queries:
        alice_api.get(LIST)
    assert "content" not in queries[-1]["sql"]


# ---------------------------------------------------------------- on pages
def test_the_page_asks_who_it_is_first(alice: User, client: Client) -> None:
    client.force_login(alice)
    export = exporting.ask(alice)
    exporting.make(export.pk)
    paths = [f"{PAGE}exports/{export.pk}/", f"{PAGE}exports/{export.pk}/fetch/", f"{PAGE}delete/"]
    for path in paths:
        assert client.get(path).headers["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(f"{PAGE}exports/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert DataExport.objects.count() == 1


def test_asking_and_fetching_on_the_page(alice: User, alice_pages: Client) -> None:
    answer = alice_pages.post(f"{PAGE}exports/", follow=True)
    assert "Being made" in answer.text
    assert 'hx-trigger="every 3s"' in answer.text
    export = DataExport.objects.get()
    exporting.make(export.pk)
    assert "hx-trigger" not in alice_pages.get(PAGE).text
    answer = alice_pages.get(f"{PAGE}exports/{export.pk}/fetch/", follow=True)
    url = f"{PAGE}exports/{export.pk}/"
    assert f'http-equiv="refresh" content="0;url={url}"' in answer.text
    file = alice_pages.get(url)
    assert ZipFile(io.BytesIO(file.content)).testzip() is None


def test_a_page_that_waits_fetches_the_table_alone(alice: User, alice_pages: Client) -> None:
    exporting.ask(alice)
    part = alice_pages.get(PAGE, HTTP_HX_REQUEST="true").text
    assert part.strip().startswith('<div id="exports"')
    assert "<html" not in part


def test_a_refusal_is_told_on_the_page(alice: User, alice_pages: Client) -> None:
    exporting.ask(alice)
    answer = alice_pages.post(f"{PAGE}exports/", follow=True)
    assert "is being made already" in answer.text
    assert DataExport.objects.count() == 1


@pytest.mark.parametrize("view", [pages.ask_export, pages.erase])
def test_staff_in_a_customers_place_are_refused(alice: User, rf: RequestFactory, view: Any) -> None:
    """Whatever else keeps them out, these pages do."""
    request: Any = rf.post("/", {"email": alice.email})
    request.user, request.session = alice, {"hijack_history": ["the staff's id"]}
    with pytest.raises(Forbidden):
        view(request)
    assert not DataExport.objects.exists()
    assert User.objects.get(pk=alice.pk).is_active


# ---------------------------------------------------------------- when things go wrong
def test_a_lost_task_is_made_up_for(
    alice: User, run_tasks: RunTasks, django_capture_on_commit_callbacks: Any
) -> None:
    export = exporting.ask(alice)
    for ago, woken in ((9, []), (11, ["accounts.privacy.tasks.make_export"])):
        age(export, minutes=ago)
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sweep_exports()
        assert [name for name in run_tasks() if "make_export" in name] == woken
    export.refresh_from_db()
    assert export.status == "READY"


def test_one_that_never_comes_to_an_end_is_given_up(alice: User) -> None:
    export = exporting.ask(alice)
    age(export, minutes=61)
    exporting.sweep()
    export.refresh_from_db()
    assert export.status == "FAILED"
    with pytest.raises(Conflict):
        exporting.download(alice, export.pk)
    exporting.ask(alice)


def test_made_by_two_workers_it_is_mailed_once(alice: User) -> None:
    export = exporting.ask(alice)
    stale = DataExport.objects.get(pk=export.pk)
    exporting.make(export.pk)
    exporting._finish(stale, b"the second one")
    assert OutgoingMail.objects.count() == 1
    export.refresh_from_db()
    assert bytes(export.content or b"") != b"the second one"


def test_it_is_kept_for_a_week(alice: User, alice_api: APIClient) -> None:
    export = exporting.ask(alice)
    exporting.make(export.pk)
    url = f"{LIST}/{export.pk}/download"
    retention.forget_what_is_over()
    assert alice_api.get(url).status_code == 200
    DataExport.objects.update(expires_at=timezone.now())
    assert alice_api.get(url).status_code == 404
    tasks.forget_what_is_over()
    assert not DataExport.objects.exists()
