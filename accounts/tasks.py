"""Mail, sent outside the request."""

from typing import Any, TypedDict

from celery import Task, shared_task
from django.core.mail import EmailMultiAlternatives


class Message(TypedDict):
    """A rendered e-mail. `html` may be empty."""

    subject: str
    to: list[str]
    text: str
    html: str


# Kept below the broker's visibility time-out, or a waiting retry would be delivered twice.
LONGEST_WAIT_SECONDS = 600
# What Celery's log shows for the arguments: a mail holds links that are worth a password.
SHOWN = "(a message)"


def queue(message: Message) -> None:
    """Have a worker send the e-mail."""
    send_message.apply_async(args=(message,), argsrepr=SHOWN)  # type: ignore[call-arg]


@shared_task(
    bind=True,
    # Everything that smtplib raises is an OSError.
    autoretry_for=(OSError,),
    retry_backoff=5,
    retry_backoff_max=LONGEST_WAIT_SECONDS,
    max_retries=20,
    retry_kwargs={"argsrepr": SHOWN},
)
def send_message(self: "Task[Any, Any]", message: Message) -> None:
    """Send one e-mail. Tried again for more than an hour while the mail server does not answer."""
    mail = EmailMultiAlternatives(
        subject=message["subject"], body=message["text"], to=message["to"]
    )
    if message["html"]:
        mail.attach_alternative(message["html"], "text/html")
    mail.send()
