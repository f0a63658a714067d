"""Who takes payments is chosen by the environment; what makes no sense stops the start with one line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from marketplace.environment import CannotStart
from marketplace.stripe import stripe_settings

TEST_KEY, LIVE_KEY = ("_".join(("sk", mode, "key")) for mode in ("test", "live"))
SECRETS = {
    "STRIPE_WEBHOOK_SECRETS": "whsec_new, whsec_old",
    "STRIPE_CONNECT_WEBHOOK_SECRETS": "whsec_2",
    "STRIPE_THIN_WEBHOOK_SECRETS": "whsec_3",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRETS, "STRIPE_LIVEMODE", "STRIPE_API_BASE"):
        monkeypatch.delenv(name, raising=False)


def read(patch: pytest.MonkeyPatch, key: str, **given: str) -> Any:
    for name, value in {**SECRETS, **given}.items():
        patch.setenv(name, value)
    return stripe_settings(key, is_used=True)


def test_stripe_by_environment_variables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, TEST_KEY)
    assert (found.is_live, found.api_base) == (False, "")
    assert found.webhook_secrets == ["whsec_new", "whsec_old"]
    assert found.connect_webhook_secrets == ["whsec_2"]
    assert read(monkeypatch, LIVE_KEY, STRIPE_LIVEMODE="true").is_live


@pytest.mark.parametrize(
    ("key", "given", "line"),
    [
        (LIVE_KEY, {}, "STRIPE_SECRET_KEY is a live key but STRIPE_LIVEMODE is false."),
        (
            TEST_KEY,
            {"STRIPE_LIVEMODE": "true"},
            "STRIPE_SECRET_KEY is a test key but STRIPE_LIVEMODE is true.",
        ),
        ("", {}, "STRIPE_SECRET_KEY must be set where PAYMENT_PROVIDER is stripe."),
        (
            "pk_test_1",
            {},
            "STRIPE_SECRET_KEY must begin with sk_test_, sk_live_, rk_test_ or rk_live_.",
        ),
        (
            LIVE_KEY,
            {"STRIPE_LIVEMODE": "true", "STRIPE_API_BASE": "http://127.0.0.1:9000"},
            "STRIPE_API_BASE must not be set where STRIPE_LIVEMODE is true.",
        ),
        *[
            (TEST_KEY, {name: ""}, f"{name} must be set where PAYMENT_PROVIDER is stripe.")
            for name in SECRETS
        ],
    ],
)
def test_what_makes_no_sense(
    monkeypatch: pytest.MonkeyPatch, key: str, given: dict[str, str], line: str
) -> None:
    with pytest.raises(CannotStart) as refused:
        read(monkeypatch, key, **given)
    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("address", "is_here"),
    [("http://127.0.0.1:9000", True), ("http://localhost:9", True), ("http://[::1]:9", True),
     ("https://api.stripe.com", False), ("http://10.0.0.7", False),
     ("http://127.0.0.1.example", False), ("http://localhost.example", False)],
)  # fmt: skip
def test_a_peer_lives_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, address: str, is_here: bool
) -> None:
    if is_here:
        assert read(monkeypatch, TEST_KEY, STRIPE_API_BASE=address).api_base == address
        return
    with pytest.raises(CannotStart, match="must be an address on this machine"):
        read(monkeypatch, TEST_KEY, STRIPE_API_BASE=address)


def test_without_stripe_nothing_of_it_is_asked_for() -> None:
    assert stripe_settings("", is_used=False).webhook_secrets == []


def started(**given: str) -> tuple[int, str]:
    """What a start with this environment says: provider, sandbox, where forms may lead."""
    code = (
        "from marketplace import settings as s;"
        "print(s.PAYMENT_PROVIDER, s.SANDBOX_ENABLED,"
        " *s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, (result.stdout or result.stderr).strip()


def test_the_start_itself() -> None:
    assert started() == (0, "sandbox True 'self'")
    assert started(STRIPE_SECRET_KEY=TEST_KEY, **SECRETS) == (
        0,
        "stripe False 'self' https://checkout.stripe.com https://connect.stripe.com",
    )
    peer = "http://127.0.0.1:9000"
    assert started(STRIPE_SECRET_KEY=TEST_KEY, STRIPE_API_BASE=peer, **SECRETS) == (
        0,
        f"stripe False 'self' {peer}",
    )
    assert started(STRIPE_SECRET_KEY=LIVE_KEY, STRIPE_LIVEMODE="true", **SECRETS) == (
        1,
        "STRIPE_LIVEMODE must be false in a demo and where SITE_URL is no https address.",
    )
    assert started(PAYMENT_PROVIDER="sandbox", STRIPE_SECRET_KEY=TEST_KEY) == (
        0,
        "sandbox True 'self' https://checkout.stripe.com https://connect.stripe.com",
    )
    assert started(PAYMENT_PROVIDER="sandbox", STRIPE_SECRET_KEY=TEST_KEY, DEMO="false") == (
        1,
        "STRIPE_SECRET_KEY is set but PAYMENT_PROVIDER is sandbox: leave PAYMENT_PROVIDER out, or set SANDBOX_ENABLED=true.",
    )
    assert started(PLATFORM_COUNTRY="France") == (
        1,
        "PLATFORM_COUNTRY must be a country's two letters, such as FR, not 'FRANCE'.",
    )
    assert started(DEMO="false") == (
        1,
        "There is no payment provider: set STRIPE_SECRET_KEY, or SANDBOX_ENABLED=true to take test cards only.",
    )


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_no_webhook_secret_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An API key pasted there would refuse every webhook; its value is not repeated."""
    with pytest.raises(CannotStart) as refused:
        read(monkeypatch, TEST_KEY, **{name: f"whsec_1,{TEST_KEY}"})
    assert str(refused.value) == f"{name}: every one must begin with whsec_."


def test_no_test_cards_buy_in_a_live_market(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_LIVEMODE", "true")
    with pytest.raises(CannotStart, match="must be false where PAYMENT_PROVIDER is sandbox"):
        stripe_settings(LIVE_KEY, is_used=False)
