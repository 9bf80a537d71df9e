"""The processes that make up the shop, for one machine: what `manage.py run` starts."""

import sys

from django.conf import settings


def commands() -> dict[str, list[str]]:
    """Each process's name and its command line."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "didshop", "--quiet"]
    return {
        "web": [
            *(python, "-m", "uvicorn", "didshop.asgi:application"),
            *("--host", "127.0.0.1", "--port", str(settings.PORT)),
            # TRUSTED_PROXIES says whose X-Forwarded-For counts; uvicorn would believe its own rule.
            "--no-proxy-headers",
            *("--lifespan", "off", "--no-access-log", "--log-level", "warning"),
        ],
        "worker": [
            *celery,
            *("worker", "--pool", "threads", "--concurrency", "8", "--loglevel", "info"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        "beat": [*celery, "beat", "--loglevel", "warning"],
        "sandbox": [python, "manage.py", "sandbox"],
    }


def environment() -> dict[str, str]:
    """What each process must know to find the others, whatever the defaults would say."""
    return {
        "PYTHONUNBUFFERED": "1",
        "PORT": str(settings.PORT),
        "SANDBOX_PORT": str(settings.SANDBOX_PORT),
        "DIDSHOP_VAR": str(settings.DIDSHOP_VAR),
        "DJANGO_SETTINGS_MODULE": "didshop.settings",
    }
