"""The outbox: mails are written down with what they tell about, and sent by a task after.

What is written in a transaction that fails was never posted; what is posted is sent, however
often the mail server is away. A mail may come twice if a worker dies just after sending it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone

from didshop.addresses import public_url
from didshop.models import OutgoingMail
from didshop.waking import wake

log = structlog.get_logger(__name__)

SHOP_NAME = "didshop"
# While a worker has it. Longer than a mail server may take to answer.
_LEASE = timedelta(minutes=5)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
# By the waits above, most of two days.
MOST_ATTEMPTS = 50


def post(*, to: str, template: str, context: dict[str, Any]) -> OutgoingMail:
    """Write a mail to the outbox; it is sent once this transaction commits.

    `template` is a prefix such as "emails/invitation", of which there are `_subject.txt`,
    `_message.txt` and, where it is to look good, `_message.html`. They are rendered now, while
    the facts are at hand.
    """
    facts = {"shop_name": SHOP_NAME, "shop_url": public_url("/"), "to": to, **context}
    mail = OutgoingMail.objects.create(
        to=to,
        subject=" ".join(render_to_string(f"{template}_subject.txt", facts).split()),
        text=render_to_string(f"{template}_message.txt", facts).strip() + "\n",
        html=_html(template, facts),
        next_try_at=timezone.now(),
    )
    wake("didshop.tasks.send_mail", str(mail.pk))
    return mail


def send(mail_id: UUID) -> None:
    """Send one mail, if it still waits and no other worker has it. Trouble costs a delay."""
    now = timezone.now()
    if (
        not _waiting(now)
        .filter(pk=mail_id)
        .update(attempts=F("attempts") + 1, next_try_at=now + _LEASE)
    ):
        return
    mail = OutgoingMail.objects.get(pk=mail_id)
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[mail.to])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except OSError as error:  # everything that smtplib raises is one
        _try_again(mail, error)
        return
    OutgoingMail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(), text="", html="", error=""
    )


def sweep() -> None:
    """Wake a worker for every mail whose time has come: a lost task costs a delay, no more."""
    for mail_id in _waiting(timezone.now()).values_list("pk", flat=True)[:500]:
        wake("didshop.tasks.send_mail", str(mail_id))


def in_trouble() -> QuerySet[OutgoingMail]:
    """Mails that were tried and are not sent: given up, or to be tried again."""
    return OutgoingMail.objects.filter(sent_at=None, attempts__gt=0)


def try_again(mail: OutgoingMail) -> bool:
    """Send a mail now that waits or was given up; whether there was anything to send."""
    now = timezone.now()
    waits = OutgoingMail.objects.filter(pk=mail.pk, sent_at=None)
    if not waits.update(next_try_at=now, failed_at=None, attempts=0):
        return False
    wake("didshop.tasks.send_mail", str(mail.pk))
    return True


def _waiting(now: datetime) -> Any:
    return OutgoingMail.objects.filter(sent_at=None, failed_at=None, next_try_at__lte=now)


def _try_again(mail: OutgoingMail, error: OSError) -> None:
    now = timezone.now()
    wait = min(_FIRST_WAIT * 2 ** min(mail.attempts - 1, 10), _LONGEST_WAIT)
    is_given_up = mail.attempts >= MOST_ATTEMPTS
    log.warning("mail_not_sent", mail=str(mail.pk), attempts=mail.attempts, error=str(error))
    OutgoingMail.objects.filter(pk=mail.pk).update(
        error=str(error)[:500],
        next_try_at=now + wait,
        failed_at=now if is_given_up else None,
    )


def _html(template: str, facts: dict[str, Any]) -> str:
    try:
        return render_to_string(f"{template}_message.html", facts)
    except TemplateDoesNotExist:
        return ""
