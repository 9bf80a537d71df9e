"""The outbox: written with the act, sent by a task, tried again, and emptied."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from didshop import outbox
from didshop.models import OutgoingMail

RunTasks = Callable[[], list[str]]

pytestmark = pytest.mark.django_db(transaction=True)


class DeadServer(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("nobody there")


def post_one() -> OutgoingMail:
    context = {"activate_url": "https://shop.example/confirm/secret", "user": "Alice"}
    return outbox.post(
        to="alice@example.com", template="account/email/email_confirmation", context=context
    )


def come_due() -> None:
    OutgoingMail.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_it_arrives_and_what_it_said_is_forgotten(run_tasks: RunTasks) -> None:
    posted = post_one()
    assert "https://shop.example/confirm/secret" in posted.text
    run_tasks()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["alice@example.com"], posted.subject)
    assert "https://shop.example/confirm/secret" in sent.body
    row = OutgoingMail.objects.get()
    assert row.sent_at is not None
    assert (row.text, row.html, row.attempts) == ("", "", 1)


def test_a_task_that_comes_twice_sends_once(run_tasks: RunTasks) -> None:
    posted = post_one()
    run_tasks()
    outbox.send(posted.pk)
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_was_never_posted(run_tasks: RunTasks) -> None:
    with transaction.atomic():
        post_one()
        transaction.set_rollback(True)
    assert run_tasks() == []
    assert not OutgoingMail.objects.exists()


def test_a_server_that_is_away_is_tried_again(run_tasks: RunTasks, settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    post_one()
    run_tasks()
    row = OutgoingMail.objects.get()
    assert (row.attempts, row.error, row.sent_at, row.failed_at) == (1, "nobody there", None, None)
    assert timedelta(seconds=5) < row.next_try_at - timezone.now() <= timedelta(seconds=10)

    settings.EMAIL_BACKEND = working
    outbox.sweep()
    assert run_tasks() == []  # not yet
    come_due()
    outbox.sweep()
    run_tasks()
    assert len(mail.outbox) == 1


def test_the_sweeper_finds_a_mail_whose_task_was_lost(run_tasks: RunTasks) -> None:
    OutgoingMail.objects.create(
        to="alice@example.com", subject="Hello", text="Hello", next_try_at=timezone.now()
    )
    outbox.sweep()
    run_tasks()
    assert [message.subject for message in mail.outbox] == ["Hello"]


def test_it_is_given_up_in_the_end(run_tasks: RunTasks, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    post_one()
    OutgoingMail.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
    run_tasks()
    assert OutgoingMail.objects.get().failed_at is not None
    come_due()
    outbox.sweep()
    assert run_tasks() == []
