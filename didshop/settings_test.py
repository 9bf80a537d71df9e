"""Settings of the tests: real parts, but state of their own, and nobody outside is called.

DATABASE_URL and REDIS_URL count, so that the same tests run on PostgreSQL and Redis. Twilio and
Stripe are nowhere until a test asks for the `sandbox` fixture.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_REDIS_DATABASES = 16
# Which of pytest-xdist's workers this is, from 0; and what tells this run from others beside it.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())


def _redis_url_of_worker(url: str) -> str:
    """The URL with a database number of this worker's own: tests empty the cache."""
    parts = urlsplit(url)
    number = (int(parts.path.strip("/") or 0) + _WORKER) % _REDIS_DATABASES
    return urlunsplit(parts._replace(path=f"/{number}"))


_var = tempfile.mkdtemp(prefix="didshop-test-")
atexit.register(shutil.rmtree, _var, ignore_errors=True)

# What `.env` or the shell says about the outside must not reach a test.
os.environ.update(
    DIDSHOP_VAR=_var,
    PUBLIC_BASE_URL="http://127.0.0.1:8000",
    TWILIO_ACCOUNT_SID="AC" + "5a" * 16,
    TWILIO_AUTH_TOKEN="sandbox-auth-token",  # noqa: S106 - the sandbox's own
    TWILIO_API_BASE="http://127.0.0.1:9",
    STRIPE_SECRET_KEY="sk_test_sandbox",  # noqa: S106
    STRIPE_WEBHOOK_SECRET="whsec_sandbox",  # noqa: S106
    STRIPE_PUBLISHABLE_KEY="",
    STRIPE_API_BASE="http://127.0.0.1:9",
    SENTRY_DSN="",
    # Of the embedded default, as the tests on PostgreSQL are not about production either.
    DATABASE_POOL_SIZE="0",
)
os.environ.setdefault("DEBUG", "true")
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = _redis_url_of_worker(os.environ["REDIS_URL"])

from didshop.settings import *  # noqa: E402, F403
from didshop.settings import CACHES, DATABASES, DIDSHOP_VAR  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file, so that threads have connections of their own, as in the running shop.
    DATABASES["default"]["TEST"] = {"NAME": str(DIDSHOP_VAR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_didshop_{_RUN}"}
CACHES["default"]["KEY_PREFIX"] = f"test-{_RUN}-{_WORKER}"

# Tasks wait in memory until a test runs them (`run_tasks`, `worker`).
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Only the tests of passwords are about their strength.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages name their static files without reading them; a client a test would scan them all.
STATIC_ROOT = Path(_var) / "static"
STATIC_ROOT.mkdir()
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_AUTOREFRESH = False
