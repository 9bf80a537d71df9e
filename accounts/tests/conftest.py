"""What the tests of accounts share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from didshop.celery import app


@pytest.fixture(autouse=True)
def _limits_start_afresh() -> Iterator[None]:
    """Limits are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tasks_at_once() -> Iterator[None]:
    """Tasks run where they are called, once what they are about is committed."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False
