"""How the shop is: for load balancers (`/livez`, `/readyz`) and for people (`/health`)."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django_redis import get_redis_connection
from drf_spectacular.utils import extend_schema
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from didshop.models import Heartbeat

log = structlog.get_logger(__name__)

UP, DOWN, UNUSED = "up", "down", "unused"
_WORKER_SILENT_AFTER = timedelta(seconds=60)
_LONGEST_LOOK_SECONDS = 2.0
_ASK_OUTSIDE_EVERY_SECONDS = 60


class OutsideCheck:
    """Whether a service of others answers: asked at most once in so many seconds.

    It is asked in a thread of its own, so that one that hangs makes nobody else wait.
    """

    def __init__(self, is_up: Callable[[], bool]) -> None:
        self._is_up = is_up
        self._lock = Lock()
        self._asker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self._asked_at = 0.0
        self._answer: Future[bool] | None = None

    def status(self, fresh_seconds: float) -> str:
        """UP or DOWN, as of an answer no older than `fresh_seconds`."""
        with self._lock:
            is_stale = time.monotonic() - self._asked_at > fresh_seconds
            if self._answer is None or (is_stale and self._answer.done()):
                self._asked_at = time.monotonic()
                self._answer = self._asker.submit(self._is_up)
            answer = self._answer
        try:
            return UP if answer.result(timeout=_LONGEST_LOOK_SECONDS) else DOWN
        except Exception as error:  # noqa: BLE001 - whatever it is, the service does not answer
            log.warning("health_check_failed", error=repr(error))
            return DOWN


_outside: dict[str, OutsideCheck] = {}


def register(name: str, is_up: Callable[[], bool]) -> None:
    """Add an outside service, such as "twilio", to `/health`. Call it at start."""
    _outside[name] = OutsideCheck(is_up)


def beat(name: str) -> None:
    """Note that this part of the shop runs."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def services() -> dict[str, str]:
    """Each service the shop needs, as UP, DOWN or UNUSED."""
    database = UP if _is_database_up() else DOWN
    outside = {name: check.status(_ASK_OUTSIDE_EVERY_SECONDS) for name, check in _outside.items()}
    return {
        "database": database,
        "redis": _redis(),
        **outside,
        "worker": UP if database == UP and _is_worker_up() else DOWN,
    }


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.warning("database_down", error=str(error))
        return False
    return True


def _redis() -> str:
    if not settings.REDIS_URL:
        return UNUSED
    try:
        get_redis_connection("default").ping()
    except (RedisError, OSError) as error:
        log.warning("redis_down", error=str(error))
        return DOWN
    return UP


def _is_worker_up() -> bool:
    since = timezone.now() - _WORKER_SILENT_AFTER
    return Heartbeat.objects.filter(name="worker", beat_at__gt=since).exists()


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["healthy", "degraded", "unhealthy"])
    timestamp = serializers.DateTimeField()
    services = serializers.DictField(child=serializers.ChoiceField(choices=[UP, DOWN, UNUSED]))


class HealthView(APIView):
    """How the shop and what it needs are: 503 if it cannot work, 200 with "degraded" if it can,
    but something is down."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @extend_schema(responses={200: HealthSerializer, 503: HealthSerializer}, auth=[])
    def get(self, request: Request) -> Response:
        found = services()
        status = "degraded" if DOWN in found.values() else "healthy"
        if found["database"] == DOWN:
            status = "unhealthy"
        body = {"status": status, "timestamp": timezone.now(), "services": found}
        return Response(HealthSerializer(body).data, status=503 if status == "unhealthy" else 200)


def livez(request: HttpRequest) -> HttpResponse:
    """200: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 if requests may be sent here: the database is there, and as this version needs it."""
    is_ready = _is_database_up() and _is_migrated()
    return HttpResponse(
        "ready" if is_ready else "not ready",
        status=200 if is_ready else 503,
        content_type="text/plain",
    )


urlpatterns = [
    # The same under two addresses; the schema names the API's.
    path("health", HealthView.as_view(schema=None), name="health"),
    path("api/v1/health", HealthView.as_view(), name="api-health"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]
