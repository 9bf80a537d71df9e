"""All settings, read from the environment (and `.env`). `.env.example` explains each one.

With no variable set this is the embedded default: SQLite, Celery over files, mail to files, and
Twilio and Stripe played by the sandbox. With `DEBUG=false` it is production, and
`didshop.checks` refuses to start on a missing or default secret.
"""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy

from didshop.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env")

# ---------------------------------------------------------------- the basics
DEBUG = env.bool("DEBUG", default=not env.str("DATABASE_URL", default=""))
DEVELOPMENT_SECRET = "development-only-secret-key-that-production-refuses"  # noqa: S105 - it says it
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_SECRET)
DIDSHOP_VAR = Path(env.str("DIDSHOP_VAR", default="") or BASE_DIR / "var").resolve()
PORT = env.int("PORT", default=8000)
SANDBOX_PORT = env.int("SANDBOX_PORT", default=8001)
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"
# Not 127.0.0.1: browsers keep passkeys for names alone.
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
ROOT_URLCONF = "didshop.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "servestatic.runserver_nostatic",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "hijack",
    "didshop",
    "accounts",
    "dids",
    "telephony",
    "billing",
    "orders",
    "sandbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "didshop.middleware.RequestIdMiddleware",
    "didshop.throttling.RateLimitHeadersMiddleware",
    "didshop.waiting.PreferWaitMiddleware",
    "didshop.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hijack.middleware.HijackUserMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.security.last_seen.LastSeenMiddleware",
    "accounts.impersonation.ImpersonationMiddleware",
    "accounts.admission.AdmissionMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "didshop.middleware.PrivatePagesMiddleware",
    "didshop.pages.RefusalPagesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.organization",
                "didshop.context.demo_mode",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- where state lives
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{DIDSHOP_VAR / 'didshop.sqlite3'}"
REDIS_URL = env.str("REDIS_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=20)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Where it cannot be made, `manage.py run` says so in plain words.
    with suppress(OSError):
        DIDSHOP_VAR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASE_POOL_SIZE:
    # A thread a request (ASGI) makes persistent connections useless; a pool serves instead.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 10}
    }

if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS_URL}
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ---------------------------------------------------------------- Celery
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DIDSHOP_VAR / "beat-schedule")
if REDIS_URL:
    # Above the hard time limit, or a slow task would be delivered twice.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 900}
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DIDSHOP_VAR / "broker"),
        "data_folder_out": str(DIDSHOP_VAR / "broker"),
        "control_folder": str(DIDSHOP_VAR / "broker-control"),
        "polling_interval": 0.1,
    }
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=30)
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "didshop.tasks.beat", "schedule": 15},
    "sweep-orders": {"task": "orders.tasks.sweep", "schedule": SWEEP_SECONDS},
    "sweep-numbers": {"task": "dids.tasks.sweep", "schedule": SWEEP_SECONDS},
    "forget-old-keys": {"task": "didshop.tasks.forget_old_keys", "schedule": 3600},
    "sweep-inbox": {"task": "didshop.tasks.sweep_inbox", "schedule": SWEEP_SECONDS},
    "sweep-outbox": {"task": "didshop.tasks.sweep_outbox", "schedule": SWEEP_SECONDS},
    "refresh-prices": {"task": "dids.tasks.refresh_prices", "schedule": 300},
    "sweep-exports": {"task": "accounts.privacy.tasks.sweep_exports", "schedule": 300},
    "forget-what-is-over": {
        "task": "accounts.privacy.tasks.forget_what_is_over",
        "schedule": 3600,
    },
    "forget-customers": {"task": "billing.tasks.forget_customers", "schedule": 3600},
}
# Tasks of a room's subjects; those of the rooms themselves are found.
CELERY_IMPORTS = ["accounts.privacy.tasks"]

# Multiplies every limit below and of the API.
RATE_LIMIT_SCALE = env.float("RATE_LIMIT_SCALE", default=1.0)


def scaled(rate: str) -> str:
    """One of allauth's limits, such as 5/5m/key, times RATE_LIMIT_SCALE."""
    amount, _, rest = rate.partition("/")
    return f"{max(1, int(int(amount) * RATE_LIMIT_SCALE))}/{rest}"


# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", default=8 if DEBUG else 12)
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        # Without DEBUG, what zxcvbn calls safely unguessable; with it, demonstrations may be lazy.
        "NAME": "accounts.entrance.passwords.GuessableValidator",
        "OPTIONS": {"least_guesses": 30_000 if DEBUG else 10**8},
    },
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.entrance.signup_fields.ProfileFields"
ACCOUNT_FORMS = {
    "login": "accounts.entrance.forms.LoginForm",
    "signup": "accounts.entrance.forms.SignupForm",
    "change_password": "accounts.security.forms.NewPasswordForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.entrance.mail_tokens.ResetTokens"  # noqa: S105 - no secret
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# On pages nobody is signed in before their address is confirmed, so that signing up looks the
# same whether or not the address had an account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
# By address ("ip"), by account or e-mail address ("key"), by who is signed in ("user"). Pages and
# the API count together. The window of a limit is the cool-off after it.
ACCOUNT_RATE_LIMITS = {
    action: ",".join(scaled(rate) for rate in rates)
    for action, rates in {
        "login": ["30/m/ip"],
        "login_failed": ["10/m/ip", "5/5m/key"],
        "signup": ["20/m/ip", "100/d/ip"],
        "reset_password": ["10/m/ip", "5/h/key"],
        "reset_password_from_key": ["20/m/ip"],
        "confirm_email": ["1/3m/key"],
        "change_password": ["5/m/user"],
        "manage_email": ["10/m/user"],
        "reauthenticate": ["10/m/user"],
    }.items()
}
MFA_RATE_LIMITS = {"webauthn_login": scaled("10/m/ip")}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "didshop"
MFA_ADAPTER = "accounts.security.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.security.forms.CodeForm",
    "reauthenticate": "accounts.security.forms.CodeAgainForm",
    "activate_totp": "accounts.security.forms.FirstCodeForm",
    "add_webauthn": "accounts.security.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.security.forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.security.forms.PasskeyForm",
    "login_webauthn": "accounts.security.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "accounts.security.forms.PasskeyAgainForm",
}
# Pages let nobody in before their address is confirmed. A new address that waits for its
# confirmation must not stand in the way of a second factor, nor the other way round.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Staff enter the admin only with a second factor on their account.
STAFF_NEED_MFA = env.bool("STAFF_NEED_MFA", default=not DEBUG)
# Whether numbers are sold to somebody whose address is not confirmed.
BUYING_NEEDS_CONFIRMED_EMAIL = env.bool("BUYING_NEEDS_CONFIRMED_EMAIL", default=not DEBUG)
# How long staff act in a customer's place before it ends by itself.
IMPERSONATION_MINUTES = env.int("IMPERSONATION_MINUTES", default=30)
HIJACK_PERMISSION_CHECK = "accounts.impersonation.may_impersonate"
HIJACK_INSERT_BEFORE = None  # our own banner, in base.html

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": env.str("JWT_SIGNING_KEY", default="")
    or sha256(f"jwt:{SECRET_KEY}".encode()).hexdigest(),
    "ISSUER": "didshop",
    "AUDIENCE": "didshop-api",
    "CHECK_REVOKE_TOKEN": True,
    "UPDATE_LAST_LOGIN": False,
}

# ---------------------------------------------------------------- the API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.KeyAuthentication",
        "accounts.authentication.BearerAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasRight"],
    "DEFAULT_RENDERER_CLASSES": ["djangorestframework_camel_case.render.CamelCaseJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["didshop.parsers.ShopJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "didshop.pagination.NewestFirstPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "didshop.schema.ShopSchema",
    "DEFAULT_THROTTLE_CLASSES": ["didshop.throttling.ScopeThrottle"],
    # Requests a minute: by API key or user where there is one, else by address.
    "DEFAULT_THROTTLE_RATES": {
        "default": "300/min",
        "search": "60/min",
        "purchase": "30/min",
        "card": "10/min",
        "key": "10/min",
        "register": "10/min",
        "login": "10/min",
        # Tokens of mails, and mails to strangers.
        "token": "20/min",
        "mail": "10/min",
        # Mails to strangers, by organisation.
        "invitations": "30/hour",
    },
    "EXCEPTION_HANDLER": "didshop.refusals.handle_exception",
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "didshop API",
    "DESCRIPTION": "Search, buy and run phone numbers.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "orders.models.Order.Status",
        "OrderLineStatusEnum": "orders.models.OrderLine.Status",
        "NumberStatusEnum": "dids.models.Number.Status",
        "CallStatusEnum": "telephony.models.CallLog.Status",
        "UserRoleEnum": "accounts.models.User.Role",
        "MembershipRoleEnum": "accounts.models.Membership.Role",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.contrib.djangorestframework_camel_case.camelize_serializer_fields",
        "drf_spectacular.hooks.postprocess_schema_enums",
    ],
}

# ---------------------------------------------------------------- Twilio and Stripe
SANDBOX_TWILIO_SID = "AC" + "5a" * 16
SANDBOX_TWILIO_TOKEN = "sandbox-auth-token"  # noqa: S105 - opens nothing but the sandbox
SANDBOX_STRIPE_KEY = "sk_test_sandbox"
SANDBOX_STRIPE_WEBHOOK_SECRET = "whsec_sandbox"  # noqa: S105 - nor does this one
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default=SANDBOX_TWILIO_SID if DEBUG else "")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default=SANDBOX_TWILIO_TOKEN if DEBUG else "")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default=SANDBOX_STRIPE_KEY if DEBUG else "")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str(
    "STRIPE_WEBHOOK_SECRET", default=SANDBOX_STRIPE_WEBHOOK_SECRET if DEBUG else ""
)
# Empty means the real service; the embedded default is the sandbox, unless real keys are given.
TWILIO_API_BASE = env.str(
    "TWILIO_API_BASE", default=SANDBOX_URL if TWILIO_ACCOUNT_SID == SANDBOX_TWILIO_SID else ""
).rstrip("/")
STRIPE_API_BASE = env.str(
    "STRIPE_API_BASE", default=SANDBOX_URL if STRIPE_SECRET_KEY == SANDBOX_STRIPE_KEY else ""
).rstrip("/")
ALLOW_SANDBOX_IN_PRODUCTION = env.bool("ALLOW_SANDBOX_IN_PRODUCTION", default=False)
TWILIO_TIMEOUT_SECONDS = env.float("TWILIO_TIMEOUT_SECONDS", default=15.0)
CARRIER_CONCURRENCY = env.int("CARRIER_CONCURRENCY", default=10)

# ---------------------------------------------------------------- how the shop sells
CURRENCY = "USD"
PRICE_MARKUP_PERCENT = Decimal(env.str("PRICE_MARKUP_PERCENT", default="30"))
SETUP_PRICE = Decimal(env.str("SETUP_PRICE", default="0.00"))
# How many numbers an organisation may have in orders that are not ended.
MOST_CLAIMS = env.int("MOST_CLAIMS", default=30)
QUOTE_SECONDS = env.int("QUOTE_SECONDS", default=600)
SHOP_COUNTRIES = env.list("SHOP_COUNTRIES", default=["US", "CA", "GB", "DE", "FR", "AU"])
FORWARD_COUNTRIES = env.list("FORWARD_COUNTRIES", default=SHOP_COUNTRIES)
FORWARD_TIME_LIMIT_SECONDS = env.int("FORWARD_TIME_LIMIT_SECONDS", default=4 * 3600)
RELEASE_DAYS = env.int("RELEASE_DAYS", default=7)
# A line or payment that a worker took and did not finish by then is picked up by another.
LEASE_SECONDS = env.int("LEASE_SECONDS", default=60)
# A customer who has to confirm a payment with their bank has this long.
PAYMENT_ACTION_SECONDS = env.int("PAYMENT_ACTION_SECONDS", default=1800)

# ---------------------------------------------------------------- mail, files, language
EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or f"filemail:///{DIDSHOP_VAR / 'mail'}"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="didshop <shop@localhost>")
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = DEBUG
SERVESTATIC_AUTOREFRESH = DEBUG

UNFOLD = {
    "SITE_TITLE": "didshop",
    "SITE_HEADER": "didshop",
    "SITE_SUBHEADER": "Staff",
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "accounts.admin.dashboard.add_tiles",
    "SIDEBAR": {"navigation": "accounts.admin.navigation.groups"},
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("img/favicon.svg")}
    ],
    # The shop's accent, from static/css/tokens.css.
    "COLORS": {
        "primary": {
            "50": "#e6f4f6",
            "100": "#cde9ed",
            "200": "#a1d4dc",
            "300": "#6dbbc7",
            "400": "#3a9dad",
            "500": "#128093",
            "600": "#046578",
            "700": "#045a6b",
            "800": "#054854",
            "900": "#063b45",
            "950": "#03252c",
        }
    },
}

# ---------------------------------------------------------------- safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # Probes come to the process itself: by its own address, in plain HTTP.
    if ALLOWED_HOSTS:
        ALLOWED_HOSTS.append("127.0.0.1")
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^health$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# ---------------------------------------------------------------- watching it
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = logging_config(level=LOG_LEVEL, readable=DEBUG)
SENTRY_DSN = env.str("SENTRY_DSN", default="")
