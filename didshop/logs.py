"""How the shop logs: structlog, JSON in production, coloured lines in development, masked in both.

A log line never holds a password, a token, a card or a whole phone number (security.md, 30).
"""

import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[masked]"

_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|api_?key|signing_?key|signature|otp|cvc|"
    r"card_number|csrf|^code_verifier$",
    re.IGNORECASE,
)
_SECRET_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), MASK),
    (re.compile(r"\b(sk|rk|pk|whsec)_\w+"), rf"\1_{MASK}"),
    # Our own keys and invitations wherever they stand, also behind what a URL has made of a
    # quote or a colon.
    (re.compile(r"(dsk|inv)_\w+"), rf"\1_{MASK}"),
    (
        re.compile(
            r"([\"']?\b[\w-]*(?:password|token|secret|signature|otp|api_?key)[\"']?\s*[=:]\s*)"
            r"(?:\"[^\"]*\"|'[^']*'|[^\s&,;}\"']+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # allauth's links of a confirmation or a password reset carry their key in the path.
    (re.compile(r"(/(?:confirm-email|reset/key)/)[^/\s?\"']+"), rf"\1{MASK}"),
)
_PHONE_NUMBERS = re.compile(
    r"(?:\+|%2B)\d[\d ().-]{5,18}\d"  # E.164, also spaced, also in a URL
    r"|(?<![\w.-])\d{10,19}(?![\w-]|\.\d)"  # the same without its plus, or a card
    r"|\(\d{3}\) ?\d{3}-\d{4}",  # as Americans write it
    re.IGNORECASE,
)
# Made by us, in a form that only looks like a secret or a number.
_PLAIN_NAMES = frozenset({"timestamp", "level", "logger", "request_id", "task_id", "user_id"})


def _mask_number(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0].removeprefix("%2B").removeprefix("%2b"))
    return f"{digits[:2]}…{digits[-2:]}"


def mask(value: Any) -> Any:
    """The value without secrets and whole phone numbers; mappings and lists all the way down."""
    if isinstance(value, str):
        for pattern, replacement in _SECRET_TEXTS:
            value = pattern.sub(replacement, value)
        return _PHONE_NUMBERS.sub(_mask_number, value)
    if isinstance(value, Mapping):
        return {key: _mask_named(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return mask(str(value)) if isinstance(value, int) and value >= 10**9 else value
    return mask(str(value))


def _mask_named(name: str, value: Any) -> Any:
    if name in _PLAIN_NAMES:
        return value
    return MASK if _SECRET_NAMES.search(name) and value else mask(value)


def mask_event(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """structlog processor: the event with everything in it masked."""
    return {key: _mask_named(key, value) for key, value in event.items()}


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """Configure structlog, and return Django's LOGGING that sends everything through it.

    `level` is a level's name such as "INFO"; `readable` gives coloured lines instead of JSON.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "shop": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # Before the mask, so that the text of a traceback is masked too.
                    structlog.processors.format_exc_info,
                    mask_event,
                    _renderer(readable=readable),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "shop"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": _loggers(level, readable=readable),
    }


def _renderer(*, readable: bool) -> Processor:
    if readable:
        # FORCE_COLOR: `manage.py run` passes its terminal on to processes that have none.
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR")),
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)


def _loggers(level: str, *, readable: bool) -> dict[str, dict[str, Any]]:
    """Libraries that have handlers of their own, or say more than anyone reads."""
    through_root = {"handlers": [], "propagate": True}
    return {
        "django": {**through_root, "level": level},
        # django-structlog logs each request and each failure already.
        "django.request": {**through_root, "level": "CRITICAL"},
        "django.server": {**through_root, "level": "WARNING"},
        # At DEBUG they write SQL with its values and all that a page was given: hashes, session
        # keys, links of mails, recovery codes.
        "django.db.backends": {**through_root, "level": "INFO"},
        "django.template": {**through_root, "level": "INFO"},
        "uvicorn": {**through_root, "level": level},
        "uvicorn.error": {**through_root, "level": level},
        "uvicorn.access": {**through_root, "level": "WARNING"},
        "celery": {**through_root, "level": level},
        # django-structlog logs each task already, without its arguments.
        "celery.app.trace": {**through_root, "level": "WARNING"},
        "celery.worker.strategy": {**through_root, "level": "WARNING"},
        "celery.beat": {**through_root, "level": "WARNING"},
        # A person at a terminal wants to see what goes wrong, not each heartbeat.
        "django_structlog.celery.receivers": {
            **through_root,
            "level": "WARNING" if readable else level,
        },
        # The filesystem broker has no host, which kombu warns of at every connection.
        "kombu.connection": {**through_root, "level": "ERROR"},
        "twilio.http_client": {**through_root, "level": "WARNING"},
        "stripe": {**through_root, "level": "WARNING"},
        "httpx": {**through_root, "level": "WARNING"},
    }
