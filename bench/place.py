"""Where the benchmarks work: a data folder, servers and ports of their own, far from any market."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SHOP_PORT, BARE_PORT = 8190, 8191
DATABASE, PLAIN_DATABASE = "bench", "bench_plain"
PYTHON = sys.executable


def data_dir() -> Path:
    """Beside the market's own data, unless BENCH_DATA_DIR says otherwise."""
    named = os.environ.get("BENCH_DATA_DIR", "")
    return Path(named).expanduser().resolve() if named else ROOT / ".data" / "bench"


def environment() -> dict[str, str]:
    """A market as ./run starts it, with nothing taken over from another one.

    An empty value counts as not set and still hides what `.env` says.
    """
    own = dict.fromkeys(
        ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SECRET_KEY"),
        "",
    )
    own |= dict.fromkeys(("STATIC_ROOT", "MEDIA_ROOT", "MEDIA_BUCKET", "EMAIL_HOST"), "")
    own |= dict.fromkeys(("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "PAYMENT_PROVIDER"), "")
    own |= {
        "FREEPORT_DATA_DIR": str(data_dir()),
        "DATABASE_NAME": DATABASE,
        "SITE_URL": f"http://{HOST}:{SHOP_PORT}",
        "DEBUG": "false",
        "DEMO": "true",
        "SANDBOX_ENABLED": "true",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }
    return {**os.environ, **own}
