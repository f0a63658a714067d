"""Settings: what the shop is called, where it is, and its secrets."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from marketplace import environment
from marketplace.embedded import EmbeddedServers
from marketplace.environment import CannotStart

BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_dotenv(BASE_DIR / ".env")

SITE_NAME = environment.text("SITE_NAME", "Freeport")
SITE_URL = environment.web_address("SITE_URL", "http://127.0.0.1:8000")
_site = urlsplit(SITE_URL)
IS_PRODUCTION = _site.scheme == "https"
DEBUG = environment.boolean("DEBUG", default=False)
if DEBUG and IS_PRODUCTION:
    raise CannotStart("DEBUG must be false where SITE_URL is an https address.")
# A market to try out: says so on every page, shows sent mail, tolerates old exchange rates, takes sandbox cards.
DEMO = environment.boolean("DEMO", default=not IS_PRODUCTION)
DATA_DIR = environment.folder("FREEPORT_DATA_DIR", BASE_DIR / ".data")
EMBEDDED = EmbeddedServers(DATA_DIR)

SECRET_KEY = environment.text("SECRET_KEY")
if not SECRET_KEY:
    if IS_PRODUCTION:
        raise CannotStart("SECRET_KEY must be set where SITE_URL is an https address.")
    SECRET_KEY = EMBEDDED.secret("django")
elif IS_PRODUCTION and len(SECRET_KEY) < 50:
    raise CannotStart("SECRET_KEY must have at least 50 characters.")

# Encrypts bank accounts in the database: the first key seals, all of them open.
FIELD_KEYS = environment.field_keys("FIELD_KEYS", None if IS_PRODUCTION else EMBEDDED.secret)

_LOCAL_HOSTS = f"localhost,127.0.0.1,[::1],{socket.gethostname().lower()}"
ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", _site.hostname or "" if IS_PRODUCTION else _LOCAL_HOSTS
)
if not IS_PRODUCTION and _site.hostname not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_site.hostname or "localhost")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", SITE_URL)
