"""Rates of an outside source: read over a real connection, believed first, and never in the way."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.remote import is_safe_address
from payments.gateways import live_rates
from payments.gateways.live_rates import LiveRatesError, published_rates
from payments.models import Rate, RateFetch
from payments.rules.rates import RateSource, SourceRate, choose_rates
from payments.selectors import RateUnavailableError, rate_table
from payments.services import refresh_rates

TODAY = date(2026, 11, 24)
GOOD = '{"base": "EUR", "date": "2026-11-24", "rates": {"USD": 1.25, "JPY": 160, "KWD": "0.32"}}'


@dataclass
class Source:
    """What the loopback server answers, and what it was asked."""

    url: str
    body: bytes = GOOD.encode()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def source() -> Iterator[Source]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers.get("Authorization", "")))
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if made.drip:
                    for _ in range(50):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.05)
                self.wfile.write(made.body)
            except OSError:
                pass

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Source(f"http://127.0.0.1:{server.server_port}/latest")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_rates_are_read_exactly(source: Source) -> None:
    source.body = (
        b'{"base":"EUR","date":"2026-11-24","rates":{"USD":1.100000000000000001,"JPY":160}}'
    )
    day, rates = published_rates(TODAY, url=source.url)
    assert (day, rates) == (
        TODAY,
        {"USD": Decimal("1.100000000000000001"), "JPY": Decimal(160)},
    )


def test_another_base_and_a_timestamp(source: Source) -> None:
    """In dollars: a euro is 1.25, so 160 yen are 200 for a euro."""
    source.body = (
        b'{"base":"USD","timestamp":1795478400,"rates":{"EUR":0.8,"JPY":160,"BTC":0.00001,"XYZ":3}}'
    )
    day, rates = published_rates(TODAY, url=source.url)
    assert day == date(2026, 11, 24)
    assert rates == {"USD": Decimal("1.25"), "JPY": Decimal(200)}


def test_what_is_no_rate_is_left_out(source: Source) -> None:
    source.body = (
        b'{"base":"EUR","date":"2026-11-24T06:00:00Z","rates":'
        b'{"USD":1.25,"JPY":0,"KWD":-1,"GBP":null,"CHF":true,"SEK":"soon","NOK":[1],"DKK":1e99}}'
    )
    assert published_rates(TODAY, url=source.url)[1] == {"USD": Decimal("1.25")}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"base":"EUR","date":"2026-11-24","rates":{"USD":NaN}}', "no JSON"),
        ("[]", "another shape"),
        ('{"base":"EUR","date":"2026-11-24"}', "no rates"),
        ('{"base":"EUR","rates":{"USD":1}}', "which day"),
        ('{"base":"EUR","date":"soon","rates":{"USD":1}}', "which day"),
        ('{"base":"EUR","timestamp":1e99,"rates":{"USD":1}}', "which day"),
        ('{"date":"2026-11-24","rates":{"USD":1}}', "for which currency"),
        ('{"base":"USD","date":"2026-11-24","rates":{"JPY":1}}', "euro"),
        ('{"base":"EUR","date":"2026-11-24","rates":{"XYZ":1}}', "known here"),
        ('{"base":"EUR","date":"2026-11-25","rates":{"USD":1}}', "yet to come"),
    ],
)
def test_an_unusable_answer_is_refused(source: Source, body: str, words: str) -> None:
    source.body = body.encode()
    with pytest.raises(LiveRatesError, match=words):
        published_rates(TODAY, url=source.url)


def test_an_answer_without_end_is_given_up(source: Source, monkeypatch: Any) -> None:
    source.body = b" " * (live_rates.LARGEST_BYTES + 1)
    with pytest.raises(LiveRatesError, match="too long"):
        published_rates(TODAY, url=source.url)
    source.drip, source.body = True, GOOD.encode()
    monkeypatch.setattr(live_rates, "LONGEST_SECONDS", 0.2)
    with pytest.raises(LiveRatesError, match="takes too long"):
        published_rates(TODAY, url=source.url)


def test_errors_redirects_and_silence(source: Source) -> None:
    source.status = 503
    with pytest.raises(LiveRatesError, match="503"):
        published_rates(TODAY, url=source.url)
    source.status, source.headers = 302, {"Location": source.url + "/elsewhere"}
    with pytest.raises(LiveRatesError, match="302"):
        published_rates(TODAY, url=source.url, key="secret")
    assert len(source.asked) == 2  # nobody followed
    with pytest.raises(LiveRatesError, match="does not answer"):
        published_rates(TODAY, url="http://127.0.0.1:9/")


def test_the_key_goes_where_it_belongs_and_never_into_an_error(source: Source) -> None:
    published_rates(TODAY, url=source.url, key="s3cret")
    published_rates(TODAY, url=source.url + "?app_id={key}", key="s3cret")
    assert source.asked == [("/latest", "Bearer s3cret"), ("/latest?app_id=s3cret", "")]
    source.status = 401
    with pytest.raises(LiveRatesError) as refused:
        published_rates(TODAY, url=source.url + "?app_id={key}", key="s3cret")
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://rates.example/latest", True),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/", True),
        ("http://rates.example/latest", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1/", False),
        ("http://127.0.0.1.rates.example/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_https_or_this_machine(url: str, *, safe: bool) -> None:
    assert is_safe_address(url) is safe
    if not safe:
        with pytest.raises(LiveRatesError, match="neither https"):
            published_rates(TODAY, url=url)


# --- in the chain of sources ---------------------------------------------------------------------


def live(days_ago: int) -> SourceRate:
    return SourceRate("JPY", Decimal(160), RateSource.LIVE, TODAY - timedelta(days=days_ago))


def test_a_live_rate_is_believed_first_and_for_a_day() -> None:
    ecb = SourceRate("JPY", Decimal(175), RateSource.ECB, TODAY)
    for days, holds in ((0, live(0)), (1, live(1)), (2, ecb)):
        assert choose_rates([ecb, live(days)], on=TODAY, allow_stale=False) == {"JPY": holds}
    assert choose_rates([live(2)], on=TODAY, allow_stale=False) == {}


@pytest.fixture
def strict(settings: Any, source: Source) -> Source:
    settings.DEMO = False
    settings.LIVE_RATES_URL = source.url
    return source


@pytest.mark.django_db
def test_the_refresh_takes_live_rates_first(strict: Source, now: datetime) -> None:
    strict.body = b'{"base":"EUR","date":"2026-11-24","rates":{"USD":1.16,"JPY":177.5}}'
    report = refresh_rates(now=now)
    assert report.errors == []
    yen = rate_table(now=now).mid("EUR", "JPY")
    assert (yen.rate, yen.source, yen.as_of) == (Decimal("177.5"), "LIVE", TODAY)
    assert yen.fetched_at == now
    assert rate_table(now=now).mid("EUR", "VND").source == "HMRC"
    assert RateFetch.objects.get(source="LIVE").new_rates == 2


@pytest.mark.django_db
def test_a_source_that_fails_stops_nothing_and_is_shown(
    strict: Source, now: datetime, client: Client, caplog: Any
) -> None:
    strict.status = 500
    with caplog.at_level(logging.WARNING):
        report = refresh_rates(now=now)
    assert report.stored > 150
    assert report.errors == ["the source answered 500"]
    assert "answered 500" in caplog.text
    assert rate_table(now=now).mid("EUR", "JPY").source == "HMRC"
    client.force_login(
        User.objects.create_superuser(email="mod@example.com", password="a long password"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = client.get(reverse("admin:payments_rate_changelist")).content.decode()
    assert "LIVE gave no rates" in page
    assert "the source answered 500" in page
    assert client.get(reverse("admin:payments_ratefetch_changelist")).status_code == 200
    # It answers again: the warning goes.
    strict.status = 200
    strict.body = b'{"base":"EUR","date":"2026-11-24","rates":{"USD":1.16}}'
    refresh_rates(now=now + timedelta(hours=1))
    page = client.get(reverse("admin:payments_rate_changelist")).content.decode()
    assert "LIVE gave no rates" not in page


@pytest.mark.django_db
def test_a_live_rate_that_jumps_waits_even_if_it_is_the_first(
    strict: Source, now: datetime
) -> None:
    refresh_rates(now=now - timedelta(days=1))
    strict.body = json.dumps(
        {"base": "EUR", "date": "2026-11-24", "rates": {"JPY": 300, "GBP": 0.87}}
    ).encode()
    report = refresh_rates(now=now)
    assert report.held_back == ["JPY"]
    assert rate_table(now=now).mid("EUR", "JPY").source == "HMRC"
    assert rate_table(now=now).mid("EUR", "GBP").source == "LIVE"


@pytest.mark.django_db
def test_a_live_rate_that_strays_from_a_peg_waits(strict: Source, now: datetime) -> None:
    """3.6725 dirham are a dollar: at 1.16 a euro is 4.26, not 4.00; the franc's is 655.957."""
    strict.body = json.dumps(
        {
            "base": "EUR",
            "date": "2026-11-24",
            "rates": {"USD": 1.16, "AED": 4.00, "XOF": 656.1, "SAR": 4.35},
        }
    ).encode()
    report = refresh_rates(now=now)
    assert report.held_back == ["AED"]
    assert not Rate.objects.get(source="LIVE", currency="SAR").held_back


@pytest.mark.django_db
def test_when_everything_is_too_old_nothing_is_quoted(strict: Source, now: datetime) -> None:
    strict.body = b'{"base":"EUR","date":"2026-11-24","rates":{"TJS":12.3}}'
    refresh_rates(now=now)
    assert rate_table(now=now + timedelta(days=1)).mid("EUR", "TJS").source == "LIVE"
    with pytest.raises(RateUnavailableError):
        rate_table(now=now + timedelta(days=2)).mid("EUR", "TJS")
