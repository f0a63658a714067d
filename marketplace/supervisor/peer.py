"""`./run --stripe-peer`: a peer of Stripe's API beside the market, which takes it for Stripe.

The market learns of it as it would of Stripe: by variables. No real money moves.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from marketplace.environment import CannotStart
from marketplace.supervisor.children import HOST, Child

# The peer takes any test key.
KEY = "sk_test_peer"
READY_SECONDS = 20
# A demo's seller is paid within the hour, not within days.
AVAILABLE_SECONDS = 5
# The addresses of orders/urls.py, by the name of the peer's option.
ENDPOINTS = {
    "": "/webhooks/stripe/",
    "connect-": "/webhooks/stripe/connect/",
    "thin-": "/webhooks/stripe/thin/",
}
SECRETS = {
    "": "STRIPE_WEBHOOK_SECRETS",
    "connect-": "STRIPE_CONNECT_WEBHOOK_SECRETS",
    "thin-": "STRIPE_THIN_WEBHOOK_SECRETS",
}
ANNOUNCED = (
    *("PAYMENT_PROVIDER", "STRIPE_SECRET_KEY", "STRIPE_API_BASE", "STRIPE_LIVEMODE"),
    *("SANDBOX_ENABLED", *SECRETS.values()),
)


def announce(port: int) -> None:
    """Put the peer into this process's environment. Raises CannotStart where there is a real key."""
    # Ours is there already where --reset has started this program anew.
    if os.environ.get("STRIPE_SECRET_KEY", "").strip() not in {"", KEY}:
        raise CannotStart("--stripe-peer plays Stripe itself: start without STRIPE_SECRET_KEY.")
    os.environ.update(
        PAYMENT_PROVIDER="stripe",
        STRIPE_SECRET_KEY=KEY,
        STRIPE_API_BASE=f"http://{HOST}:{port}",
        STRIPE_LIVEMODE="false",
        # The demo's past was paid at the sandbox, and each purchase keeps its provider.
        SANDBOX_ENABLED="true",
        **{name: f"whsec_{secrets.token_hex(24)}" for name in SECRETS.values()},
    )


def leave_word(data: Path, environment: Mapping[str, str]) -> None:
    """Write what was announced where a `manage.py` beside the market finds it: `NAME=value` lines."""
    lines = [f"{name}={environment[name]}\n" for name in ANNOUNCED]
    data.touch(mode=0o600)
    data.write_text("".join(lines), encoding="utf-8")


def peer_child(
    *, port: int, site: str, data: Path, logs: Path, environment: Mapping[str, str]
) -> Child:
    command = [sys.executable, "-m", "stripe_peer", "--port", str(port), "--data", str(data)]
    command += ["--available-after", str(AVAILABLE_SECONDS)]
    for option, path in ENDPOINTS.items():
        command += [f"--{option}webhook-url", site + path]
        command += [f"--{option}secret", environment[SECRETS[option]]]
    return Child("stripe peer", command, environment, logs / "stripe-peer.log")


def wait_for_peer(child: Child, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.stopped_at_once():
            break
        with suppress(urllib.error.URLError, OSError):
            request = urllib.request.Request(f"http://{HOST}:{port}/_peer/state", method="POST")
            with urllib.request.urlopen(request, timeout=2):
                return
        time.sleep(0.05)
    raise CannotStart(f"The Stripe peer did not start: {child.last_line()}")
