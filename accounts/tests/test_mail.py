"""E-mails: sent by a task, tried again, and never in a log."""

from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts import tasks
from accounts.tasks import Message
from didshop.celery import app

MESSAGE = Message(
    subject="Confirm your address",
    to=["alice@example.com"],
    text="https://shop.example/accounts/confirm-email/key/",
    html="<p>Hello</p>",
)


def next_headers() -> dict[str, Any]:
    """Take the task that waits, and say what its log lines are made of."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        waiting = queue.get_nowait()
        waiting.ack()
        headers: dict[str, Any] = waiting.headers
        return headers


class DeadServer(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("nobody there")


def test_text_and_html_arrive(run_tasks: Any) -> None:
    tasks.queue(MESSAGE)
    run_tasks()
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.body) == (
        "Confirm your address",
        ["alice@example.com"],
        "https://shop.example/accounts/confirm-email/key/",
    )
    assert sent.alternatives[0][0] == "<p>Hello</p>"  # type: ignore[attr-defined]


def test_the_log_does_not_show_what_it_says() -> None:
    tasks.queue(MESSAGE)
    assert next_headers()["argsrepr"] == "(a message)"


def test_a_mail_server_that_is_away_is_tried_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    # The wait is chosen by chance, from nothing at all upwards; here it is the longest.
    monkeypatch.setattr("random.randrange", lambda stop: stop - 1)
    # As a worker calls it, so that the retry is put back into the queue.
    tasks.send_message.push_request(
        id="one", args=[MESSAGE], kwargs={}, retries=0, called_directly=False
    )
    with pytest.raises(Retry):
        tasks.send_message.run(MESSAGE)
    tasks.send_message.pop_request()
    headers = next_headers()
    assert (headers["task"], headers["retries"]) == ("accounts.tasks.send_message", 1)
    assert headers["argsrepr"] == "(a message)"
    assert headers["eta"] is not None
