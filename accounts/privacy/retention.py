"""How long things are kept that are needed for a while only. docs/operating.md shows the table."""

from datetime import timedelta

from django.utils import timezone

from accounts.privacy import exporting
from didshop.models import OutgoingMail, WebhookEvent

# Their texts are emptied at once; this is who was sent what.
MAIL_KEPT = timedelta(days=7)
# Long after Twilio and Stripe have stopped to send an event again.
EVENTS_KEPT = timedelta(days=30)


def forget_what_is_over() -> None:
    """Delete copies of data, sent mail and processed events whose time is over."""
    now = timezone.now()
    exporting.forget_old()
    OutgoingMail.objects.filter(sent_at__lt=now - MAIL_KEPT).delete()
    OutgoingMail.objects.filter(failed_at__lt=now - MAIL_KEPT).delete()
    WebhookEvent.objects.filter(
        status=WebhookEvent.Status.PROCESSED, processed_at__lt=now - EVENTS_KEPT
    ).delete()
