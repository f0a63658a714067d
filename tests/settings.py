"""The product's settings, with what only tests need."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp

from marketplace.settings import *  # noqa: F403
from marketplace.settings import CACHES, DATABASES, INSTALLED_APPS, STORAGES

INSTALLED_APPS += ["django_migration_linter"]
# Tests run as the application role; tests/conftest.py creates the database as its owner.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
CACHES["default"]["KEY_PREFIX"] = f"tests-{os.getpid()}"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(mkdtemp(prefix="freeport-media-"))
SECURE_SSL_REDIRECT = False
AXES_ENABLED = False
# Tests let weeks pass without beat, which keeps the demo's list fresh; those about stale lists say so.
SANCTIONS_LISTS = ["demo"]
SANCTIONS_MAX_AGE_DAYS = 3650
# No test asks the real register, whatever the environment says.
TAX_NUMBER_CHECK = "off"
