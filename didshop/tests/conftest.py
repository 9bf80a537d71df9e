"""What the tests of the plumbing share."""

import io
import logging.config
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings as shop_settings

from didshop.logs import logging_config


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the shop's logging writes, as in production."""
    stream = io.StringIO()
    was_configured = structlog.get_config()
    config = logging_config(level="INFO", readable=False)
    config["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(config)
    yield stream
    logging.config.dictConfig(shop_settings.LOGGING)
    structlog.configure(**was_configured)
