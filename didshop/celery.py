"""The Celery application. The database is the truth; a task only wakes a verb up."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "didshop.settings")

# kombu's own breaks workers that read while somebody writes.
TRANSPORT_ALIASES["filesystem"] = "didshop.broker:Transport"

app = Celery("didshop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
