"""Rates come from publications, cross by the euro, and are not quoted when too old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from common.currencies import CURRENCIES
from common.money import Money
from common.states import TransitionError
from payments.models import Quote, Rate
from payments.rules.rates import RateSource, RateTable, SourceRate, choose_rates, jumps
from payments.selectors import RateUnavailableError, display_rate, mid_rate, rate_table
from payments.services import approve_rate, freeze_quote, refresh_rates, set_manual_rate

TODAY = date(2026, 11, 24)
NO_RATE = {"AFN", "IRR", "KPW", "SSP", "SYP", "TJS"}


def ecb(currency: str, rate: str, as_of: date = TODAY) -> SourceRate:
    return SourceRate(currency, Decimal(rate), RateSource.ECB, as_of)


def hmrc(currency: str, rate: str, as_of: date = date(2026, 11, 1)) -> SourceRate:
    return SourceRate(currency, Decimal(rate), RateSource.HMRC, as_of)


def table(*rates: SourceRate, spread_bp: int = 150) -> RateTable:
    chosen = choose_rates(rates, on=TODAY, allow_stale=False)
    return RateTable(on=TODAY, rates=chosen, spread_bp=spread_bp)


@pytest.fixture
def strict(settings: Any) -> None:
    settings.DEMO = False


@pytest.mark.django_db
@pytest.mark.usefixtures("strict")
def test_every_currency_that_has_a_rate_can_be_quoted(now: datetime) -> None:
    refresh_rates(now=now)
    rates = rate_table(now=now)
    assert set(rates.currencies) == set(CURRENCIES) - NO_RATE
    assert not rates.stale
    for currency in rates.currencies:
        assert display_rate(from_currency=currency, to_currency="EUR", now=now) > 0
    with pytest.raises(RateUnavailableError) as refused:
        display_rate(from_currency="KPW", to_currency="EUR", now=now)
    assert refused.value.currency == "KPW"


@pytest.mark.django_db
@pytest.mark.usefixtures("strict")
def test_the_monthly_customs_rates_come_out_as_published(now: datetime) -> None:
    """HMRC, November 2026, per pound: the bundled ECB file is 25 days old on that day."""
    refresh_rates(now=now)
    vnd = mid_rate(from_currency="GBP", to_currency="VND", on=TODAY)
    assert (round(vnd.rate, 4), vnd.source, vnd.as_of) == (
        Decimal("34642.9942"),
        "HMRC",
        date(2026, 11, 1),
    )
    kwd = mid_rate(from_currency="GBP", to_currency="KWD", on=TODAY)
    assert round(kwd.rate, 6) == Decimal("0.4155")
    assert rate_table(now=now).convert_mid(Money(100, "GBP"), "KWD") == Money(416, "KWD")


@pytest.mark.django_db
@pytest.mark.usefixtures("strict")
def test_on_the_day_after_the_ecb_publishes_its_rates_hold(now: datetime) -> None:
    saturday = datetime(2026, 10, 31, 9, tzinfo=now.tzinfo)
    refresh_rates(now=saturday)
    rates = rate_table(now=saturday)
    yen = rates.mid("EUR", "JPY")
    assert (yen.rate, yen.source, yen.as_of) == (Decimal("175.68"), "ECB", date(2026, 10, 30))
    assert (rates.spread("EUR", "JPY"), rates.spread("EUR", "VND")) == (150, 200)
    assert rates.mid("JPY", "VND").source == "ECB+HMRC"


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [True, False])
def test_years_later_a_demonstration_goes_on_and_a_market_stops(
    now: datetime, settings: Any, *, is_demo: bool
) -> None:
    """The packages' rates end in autumn 2026."""
    settings.DEMO = is_demo
    later = datetime(2029, 5, 5, tzinfo=now.tzinfo)
    refresh_rates(now=later)
    rates = rate_table(now=later)
    if is_demo:
        assert set(rates.currencies) == set(CURRENCIES) - NO_RATE
        assert rates.stale
        assert rates.mid("VND", "JPY").stale
    else:
        with pytest.raises(RateUnavailableError):
            rates.mid("VND", "JPY")


@pytest.mark.django_db
def test_pegged_currencies_follow_their_anchor(now: datetime) -> None:
    refresh_rates(now=now)
    rates = rate_table(now=now)
    assert rates.mid("GIP", "GBP").rate == Decimal(1)
    assert rates.mid("USD", "XCG").rate == Decimal("1.79")
    assert rates.mid("EUR", "STN").rate == Decimal("24.5")


@pytest.mark.django_db
def test_a_refresh_may_run_twice(now: datetime) -> None:
    first = refresh_rates(now=now)
    assert first.stored == Rate.objects.count() > 150
    assert refresh_rates(now=now + timedelta(hours=1)).stored == 0


@pytest.mark.django_db
def test_pages_ask_the_database_twice_a_minute(
    now: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    refresh_rates(now=now)
    with django_assert_num_queries(2):  # rates, and what is added to them
        for currency in ("JPY", "KWD", "VND"):
            rate_table(now=now).convert(Money(100, currency), "GHS")


def test_ecb_is_believed_before_hmrc_until_it_is_four_days_old() -> None:
    fresh = ecb("JPY", "175", TODAY - timedelta(days=4))
    old = ecb("JPY", "175", TODAY - timedelta(days=5))
    monthly = hmrc("JPY", "176")
    assert choose_rates([fresh, monthly], on=TODAY, allow_stale=False) == {"JPY": fresh}
    assert choose_rates([old, monthly], on=TODAY, allow_stale=False) == {"JPY": monthly}
    assert choose_rates([old], on=TODAY, allow_stale=False) == {}


def test_hmrc_is_too_old_after_45_days() -> None:
    monthly = hmrc("VND", "29000", date(2026, 11, 1))
    for days, known in ((45, True), (46, False)):
        on = date(2026, 11, 1) + timedelta(days=days)
        assert bool(choose_rates([monthly], on=on, allow_stale=False)) is known


def test_a_rate_of_tomorrow_does_not_hold_today() -> None:
    assert (
        choose_rates([ecb("JPY", "1", TODAY + timedelta(days=1))], on=TODAY, allow_stale=True) == {}
    )


def test_a_demonstration_quotes_the_newest_of_what_is_too_old_and_says_so() -> None:
    old, older = ecb("JPY", "175", date(2026, 6, 1)), hmrc("JPY", "176", date(2026, 5, 1))
    chosen = choose_rates([older, old], on=TODAY, allow_stale=True)
    assert chosen == {"JPY": old}
    rates = RateTable(on=TODAY, rates=chosen, spread_bp=150)
    assert rates.stale
    assert rates.mid("JPY", "EUR").stale


def test_crosses_go_by_the_euro_and_round_once() -> None:
    rates = table(ecb("USD", "1.25"), ecb("JPY", "200"), hmrc("KWD", "0.35"))
    assert rates.mid("USD", "JPY").rate == Decimal(160)
    assert rates.convert_mid(Money(1999, "USD"), "JPY") == Money(3198, "JPY")  # 3198.4
    assert rates.convert_mid(Money(3198, "JPY"), "KWD") == Money(5597, "KWD")  # 5.5965
    mixed = rates.mid("USD", "KWD")
    assert (mixed.source, mixed.as_of) == ("ECB+HMRC", date(2026, 11, 1))


def test_the_spread_is_on_top_of_mid_and_wider_for_monthly_rates() -> None:
    rates = table(ecb("USD", "1.25"), ecb("JPY", "200"), hmrc("KWD", "0.35"))
    assert rates.spread("USD", "JPY") == 150
    assert rates.price_rate("USD", "JPY") == Decimal("162.4")
    assert rates.spread("USD", "KWD") == 200
    assert rates.convert(Money(100, "USD"), "JPY") == Money(162, "JPY")
    assert rates.convert(Money(100, "USD"), "USD") == Money(100, "USD")
    assert rates.spread("KWD", "KWD") == 0


def test_a_tenth_is_the_limit_of_a_move() -> None:
    assert not jumps(Decimal("1.10"), Decimal(1))
    assert jumps(Decimal("1.1001"), Decimal(1))
    assert jumps(Decimal("0.8999"), Decimal(1))


@pytest.mark.django_db
@pytest.mark.usefixtures("strict")
def test_a_jump_is_kept_out_until_a_person_approves_it(now: datetime) -> None:
    good = date(2026, 11, 20)
    Rate.objects.create(currency="NGN", rate=Decimal(1000), source="HMRC", as_of=good)
    Rate.objects.create(currency="VND", rate=Decimal(28000), source="HMRC", as_of=good)
    december = datetime(2026, 11, 24, tzinfo=now.tzinfo)
    Rate.objects.filter(currency="NGN").update(as_of=date(2026, 10, 1))
    Rate.objects.filter(currency="VND").update(as_of=date(2026, 10, 1))
    report = refresh_rates(now=december)
    assert "NGN" in report.held_back
    assert "VND" not in report.held_back
    with pytest.raises(RateUnavailableError):  # October's is too old, November's is held back
        mid_rate(from_currency="NGN", to_currency="EUR", on=TODAY)
    waiting = Rate.objects.get(currency="NGN", held_back=True)
    moderator = User.objects.create(email="mod@example.com")
    approve_rate(rate=waiting, actor=moderator, reason="The naira was devalued", now=now)
    with pytest.raises(TransitionError):
        approve_rate(rate=waiting, actor=moderator, reason="Again", now=now)
    assert AuditEntry.objects.get().reason == "The naira was devalued"
    assert mid_rate(from_currency="NGN", to_currency="EUR", on=TODAY).as_of == date(2026, 11, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("strict")
def test_a_manual_rate_fills_a_gap(now: datetime) -> None:
    set_manual_rate(currency="TJS", rate=Decimal("12.3"), as_of=TODAY, now=now)
    assert mid_rate(from_currency="EUR", to_currency="TJS", on=TODAY).rate == Decimal("12.3")
    wild = set_manual_rate(
        currency="TJS", rate=Decimal(20), as_of=TODAY + timedelta(days=1), now=now
    )
    assert wild.held_back
    for wrong in (Decimal(0), Decimal(-1)):
        with pytest.raises(ValueError, match="positive"):
            set_manual_rate(currency="TJS", rate=wrong, as_of=TODAY, now=now)


@pytest.mark.django_db
def test_a_quote_says_what_it_promises_and_until_when(now: datetime) -> None:
    refresh_rates(now=now)
    quote = freeze_quote(from_currency="VND", to_currency="JPY", now=now)
    quote.refresh_from_db()
    assert quote.mid == mid_rate(from_currency="VND", to_currency="JPY", on=TODAY).rate
    assert quote.rate == display_rate(from_currency="VND", to_currency="JPY", now=now)
    assert quote.rate == (quote.mid * 10200 / 10000).quantize(Decimal(1).scaleb(-15))
    assert (quote.spread_bp, quote.source) == (200, "HMRC")
    assert quote.expires_at == now + timedelta(minutes=30)


@pytest.mark.django_db
def test_within_one_currency_nothing_is_converted(now: datetime) -> None:
    quote = freeze_quote(from_currency="EUR", to_currency="EUR", now=now)
    assert (quote.mid, quote.rate) == (Decimal(1), Decimal(1))
    assert quote.spread_bp == 0


@pytest.mark.django_db
def test_a_quote_never_changes(now: datetime) -> None:
    quote = freeze_quote(from_currency="EUR", to_currency="EUR", now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Quote.objects.update(rate=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        quote.delete()
    assert Quote.objects.get().rate == 1


@given(
    amount=st.integers(0, 10**10),
    euro=st.decimals("0.01", "100000", places=6),
    other=st.decimals("0.01", "100000", places=6),
)
def test_a_price_is_never_below_mid(amount: int, euro: Decimal, other: Decimal) -> None:
    rates = table(ecb("USD", str(euro)), ecb("JPY", str(other)))
    money = Money(amount, "USD")
    if rates.mid("USD", "JPY").rate < Decimal("0.000001"):
        return
    assert rates.convert(money, "JPY") >= rates.convert_mid(money, "JPY")
