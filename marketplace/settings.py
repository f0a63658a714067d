"""Every setting of Freeport, read from the environment; `.env.example` explains each variable.

Without any variable this is a complete local market: embedded PostgreSQL and Redis, sandbox payments, mail kept in a
mailbox page. An https SITE_URL means production: a secret key is then required and cookies travel encrypted only.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from marketplace import environment
from marketplace.embedded import APP_ROLE, OWNER_ROLE
from marketplace.environment import CannotStart
from marketplace.money import *  # noqa: F403 - a setting is a name of this module
from marketplace.money import PAYMENT_PAGES
from marketplace.place import *  # noqa: F403
from marketplace.place import BASE_DIR, DATA_DIR, DEMO, EMBEDDED, IS_PRODUCTION, SITE_NAME, SITE_URL
from marketplace.unfold import unfold_settings

_site = urlsplit(SITE_URL)

# --- apps --------------------------------------------------------------------------------------------------------

LOCAL_APPS = [
    "accounts",
    "notifications",
    "payments",
    "trade",
    "sellers",
    "shipping",
    "catalog",
    "orders",
    "sandbox",
    "marketplace",
]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_countries",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]
MIDDLEWARE = [
    "marketplace.middleware.ProbeMiddleware",
    "marketplace.middleware.ProxyMiddleware",
    "marketplace.middleware.SizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "marketplace.middleware.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "orders.middleware.BasketMiddleware",
    "marketplace.middleware.AdminPolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Money, countries and icons are on nearly every page.
            "builtins": ["marketplace.templatetags.market"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.context_processors.site",
                "accounts.context_processors.preferences",
                "notifications.context_processors.unread",
                "orders.context_processors.basket",
                "catalog.context_processors.navigation",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database ----------------------------------------------------------------------------------------------------

# Two roles: the owner changes the schema, the application role owns nothing (the ledger's guarantees rest on that).
DATABASE_ROLE = environment.choice("DATABASE_ROLE", "app", frozenset({"app", "owner"}))
DATABASE_NAME = environment.text("DATABASE_NAME", "freeport")
_app_database = environment.postgres("DATABASE_URL")
DATABASE_IS_EMBEDDED = _app_database is None
if _app_database is None:
    _app_database = EMBEDDED.database(APP_ROLE, DATABASE_NAME)
    OWNER_DATABASE = EMBEDDED.database(OWNER_ROLE, DATABASE_NAME)
else:
    OWNER_DATABASE = environment.postgres("MIGRATION_DATABASE_URL") or dict(_app_database)
APP_DATABASE = _app_database
# Who is granted the use of tables that migrations create.
DATABASE_APP_ROLE = APP_DATABASE["USER"]
DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **(OWNER_DATABASE if DATABASE_ROLE == "owner" else APP_DATABASE),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, "application_name": "freeport"},
        "TEST": {"NAME": environment.text("TEST_DB_NAME", "test_freeport")},
    }
}
MIGRATION_LINTER_OPTIONS = {"no_cache": True, "sql_analyser": "postgresql"}

# --- Redis: cache, locks, Celery's broker ------------------------------------------------------------------------

_redis_url = environment.redis("REDIS_URL")
REDIS_IS_EMBEDDED = not _redis_url
REDIS_URL = _redis_url or EMBEDDED.redis.url()
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "freeport",
    }
}
# Redis hands unacknowledged work out again after the visibility timeout, so no task may run or wait that long: the time
# limits stay far below it, and what is due much later is a row that a periodic task sweeps (never a long ETA).
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 30}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# A flood of mail never delays money.
CELERY_TASK_ROUTES = {
    "orders.tasks.handle_provider_events": {"queue": "settlement"},
    "orders.tasks.open_unknown_payments": {"queue": "settlement"},
    "orders.tasks.poll_late_payments": {"queue": "settlement"},
    "orders.tasks.poll_disputes": {"queue": "settlement"},
    "orders.tasks.run_settlement": {"queue": "settlement"},
    "payments.tasks.*": {"queue": "settlement"},
    "notifications.tasks.*": {"queue": "notifications"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
# The web must never hang because the broker is away: what it could not wake, the sweeps find.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_URL = (
    _redis_url.replace("unix://", "redis+socket://", 1) or EMBEDDED.redis.celery_url()
)


def start_embedded_servers() -> list[str]:
    """Start those embedded servers that these settings use; the names of what was not running yet."""
    if not (DATABASE_IS_EMBEDDED or REDIS_IS_EMBEDDED):
        return []
    return EMBEDDED.ensure(
        database=DATABASE_NAME if DATABASE_IS_EMBEDDED else None,
        postgres=DATABASE_IS_EMBEDDED,
        redis=REDIS_IS_EMBEDDED,
    )


# --- people ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# accounts: mails go through our outbox; tries are limited by allauth a page, by axes a person and address.
ACCOUNT_ADAPTER = "marketplace.signin.MarketAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.gateways.signin_forms.SignInForm",
    "signup": "accounts.gateways.signin_forms.SignUpForm",
    "add_email": "accounts.gateways.signin_forms.NewAddressForm",
    "change_password": "accounts.gateways.signin_forms.NewPasswordForm",
    "reset_password": "accounts.gateways.signin_forms.ForgottenPasswordForm",
}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {
    "signup": "20/h/ip",
    "login": "30/m/ip",
    "login_failed": "20/m/ip,6/5m/key",
    "reset_password": "10/h/ip,3/h/key",
    "confirm_email": "1/2m/key",
    "manage_email": "10/h/user",
    "change_password": "5/m/user",
}
AXES_USERNAME_CALLABLE = "accounts.gateways.signin.name_tried"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "429.html"

# --- sanctions lists ----------------------------------------------------------------------------------------------

# Nobody is approved and nothing is sold while one of these is missing or was imported longer ago than that.
SANCTIONS_LISTS = environment.words("SANCTIONS_LISTS", "demo" if DEMO else "ofac,un,eu,uk")
_unknown_lists = set(SANCTIONS_LISTS) - {"ofac", "un", "eu", "uk", "demo"}
if not SANCTIONS_LISTS or _unknown_lists or ("demo" in SANCTIONS_LISTS and not DEMO):
    raise CannotStart(
        "SANCTIONS_LISTS must be of ofac, un, eu and uk; demo is for a market with DEMO=true."
    )
SANCTIONS_MAX_AGE_DAYS = environment.integer("SANCTIONS_MAX_AGE_DAYS", 7, minimum=1, maximum=60)

# --- buyers' tax numbers ------------------------------------------------------------------------------------------

# Who is asked whether a buyer's number is real. off: nothing leaves this machine, and moderators confirm each.
TAX_NUMBER_CHECK = environment.choice("TAX_NUMBER_CHECK", "off", frozenset({"off", "vies"}))
TAX_NUMBER_DAYS = environment.integer("TAX_NUMBER_DAYS", 90, minimum=1, maximum=365)
VIES_URL = environment.web_address(
    "VIES_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api"
)
VIES_REQUESTER = environment.vat_number("VIES_REQUESTER")

# --- language, time, files ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = environment.folder("MEDIA_ROOT", DATA_DIR / "media")
MEDIA_BUCKET = environment.text("MEDIA_BUCKET")
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if MEDIA_BUCKET:
    # Any store that speaks S3; the proxy serves the bucket under /media/ of this site.
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "endpoint_url": environment.web_address("MEDIA_ENDPOINT", "https://s3.amazonaws.com"),
            "access_key": environment.text("MEDIA_ACCESS_KEY"),
            "secret_key": environment.text("MEDIA_SECRET_KEY"),
            "custom_domain": f"{_site.netloc}/media",
            "url_protocol": f"{_site.scheme}:",
            "querystring_auth": False,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }
# Only the names with a content hash are served, so only those are compressed.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# --- security ----------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_HSTS_SECONDS = 63_072_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_PROXY = environment.boolean("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PAYMENT_PAGES],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- mail --------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <hello@{_site.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.integer("EMAIL_PORT", 587, minimum=1, maximum=65535)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.boolean("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 15
# Without a mail server every message is written to a file here; /dev/mail/ shows them.
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)

# --- API ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    # Limits count the address that ProxyMiddleware vouches for, not what a visitor claims.
    "NUM_PROXIES": 0,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
SPECTACULAR_SETTINGS = {"TITLE": f"{SITE_NAME} API", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# --- admin -------------------------------------------------------------------------------------------------------

UNFOLD = unfold_settings(SITE_NAME)

# --- logs --------------------------------------------------------------------------------------------------------

LOG_LEVEL = environment.choice(
    "LOG_LEVEL", "INFO", frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "marketplace.logs.HideSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"axes": {"level": "WARNING"}},
}
for _noisy in ("fontTools", "PIL", "stripe"):
    LOGGING["loggers"][_noisy] = {"level": "WARNING"}
