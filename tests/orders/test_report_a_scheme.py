"""The return of a scheme is what buyers were charged and given back, and what the ledger says."""

from __future__ import annotations

import csv
import random
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from common.money import Money
from orders.models import Order, OrderCharge, RefundLine
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundRequest
from orders.rules.scheme_reports import Section
from orders.selectors import taxed_sales
from orders.selectors.scheme_reports import (
    DUTY,
    IMPORT,
    SchemeReport,
    scheme_report,
    usual_period,
)
from orders.services.fulfilment import cancel_order, mark_shipped
from orders.services.refund_rows import plan_for
from orders.services.refunds import refund_lines, refund_order
from orders.states import OrderState
from payments.models import Entry
from payments.services.ledger import Leg, post_entry
from payments.states import AccountKind, EntryKind
from tests.cast import NOW, Cast, Seller
from tests.orders.shopper import Shopper
from trade.models import Registration
from trade.rules.scheme_returns import Every, Period, parse_period, period_of
from trade.rules.values import ChargeKind
from trade.services.registrations import end_registration

pytestmark = pytest.mark.django_db


def bought(country: str, *wanted: tuple[Seller, int], currency: str = "") -> list[Order]:
    shopper = Shopper(country)
    if currency:
        shopper.client.cookies["preferences"] = f"{country}-{currency}"
    for seller, quantity in wanted:
        shopper.add(seller.variant, quantity)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return list(Order.objects.select_related("purchase", "business").filter(purchase=purchase))


def this_period(every: Every = Every.MONTH) -> Period:
    """The books stamp their entries by the database's own clock."""
    return period_of(Entry.objects.latest("pk").created_at.date(), every)


def report(key: str = "ioss") -> SchemeReport:
    return scheme_report(key=key, period=this_period(), today=NOW.date())


def give_back(order: Order, quantity: int, reason: RefundReason) -> None:
    line = order.lines.get()
    request = RefundRequest(reason=reason, quantities={line.pk: quantity})
    plan = plan_for(order=order, request=request)
    refund_lines(
        order=order,
        request=request,
        seen_amount=plan.amount,
        seen_refunded=order.refunded_amount,
        actor=order.business.memberships.get().user,
        note="",
        now=NOW,
    )
    order.refresh_from_db()


def test_a_sale_under_the_scheme_is_reported_with_its_base(cast: Cast) -> None:
    (order,) = bought("FR", (cast.ama, 2))
    charge = order.charges.get(kind="tax")
    assert (charge.scheme, charge.base_amount) == ("ioss", charge.assessed_base_amount)
    assert set(order.registrations) == {"ioss"}
    found = report()
    (line,) = found.lines
    assert (line.section, line.destination, line.rate_text) == (Section.SALES, "FR", "20 %")
    assert (line.orders, line.base, line.amount) == (1, charge.base_amount, order.tax_amount)
    assert (line.declared_base, line.declared_amount) == (line.base, line.amount)
    (check,) = found.checks
    assert (check.reported, check.ledger, check.difference) == (
        order.tax_amount,
        order.tax_amount,
        0,
    )
    assert found.unfinished


def test_what_was_paid_in_dollars_is_declared_in_euro(cast: Cast) -> None:
    (order,) = bought("FR", (cast.ama, 3), currency="USD")
    (line,) = report().lines
    assert line.currency == "USD"
    # 1.25 dollars a euro; rounded once.
    assert line.declared_amount == round(order.tax_amount / 1.25)
    assert line.rates
    assert "MANUAL" in line.rates[0]


def test_a_refund_of_the_same_period_takes_back_base_and_tax(cast: Cast) -> None:
    (order,) = bought("FR", (cast.ama, 3))
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    order.refresh_from_db()
    give_back(order, 1, RefundReason.NOT_AS_DESCRIBED)
    sale, back = report().lines
    assert (sale.section, back.section) == (Section.SALES, Section.REFUNDS)
    assert back.amount == -RefundLine.objects.get(line__isnull=False).tax_amount
    assert sale.base + back.base == pytest.approx((sale.amount + back.amount) * 5, abs=3)
    give_back(order, 2, RefundReason.NOT_AS_DESCRIBED)
    found = report()
    assert sum(line.amount for line in found.lines) == 0
    assert sum(line.base for line in found.lines) == 0
    assert found.adds_up


def test_a_refund_of_an_earlier_sale_is_a_correction(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    (order,) = bought("FR", (cast.ama, 2))
    cancel_order(order=order, actor=None, reason="Broken", now=NOW)
    read = taxed_sales._events

    def sold_in_march(entries: object) -> list[object]:
        return [
            event
            if event.what != taxed_sales.CAPTURED
            else type(event)(event.entry, event.at.replace(2026, 3, 10), event.what, event.about)
            for event in read(entries)  # type: ignore[arg-type]
        ]

    monkeypatch.setattr(taxed_sales, "_events", sold_in_march)
    (line,) = report().lines
    assert (line.section, line.sold_in) == (Section.CORRECTIONS, "2026-03")
    assert line.amount == -order.tax_amount


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_bought_and_given_back_the_reports_are_the_ledger(
    cast: Cast, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(3):
        sellers = dice.sample(cast.sellers, dice.randint(1, 3))
        country = dice.choice(["FR", "JP", "US", "FR"])
        currency = dice.choice(["", "", "USD", "JPY"])
        orders = bought(
            country, *((seller, dice.randint(1, 3)) for seller in sellers), currency=currency
        )
        for order in orders:
            _refund_at_random(order, cast, dice)
    taxes = [report(key) for key in ("ioss", IMPORT)]
    duty = report(DUTY)
    for found in (*taxes, duty):
        assert found.adds_up, found.checks
    accounts = {(c.destination, c.currency): c.ledger for one in taxes for c in one.checks}
    period = this_period()
    moved = taxed_sales.ledger_movements(period=period, kind=ChargeKind.TAX)
    assert {key: value for key, value in accounts.items() if value} == moved
    for account, ledger in moved.items():
        charged = sum(
            line.amount
            for one in taxes
            for line in one.lines
            if (line.destination, line.currency) == account
        )
        assert charged == ledger


def _refund_at_random(order: Order, cast: Cast, dice: random.Random) -> None:
    if dice.random() < 0.2:
        cancel_order(order=order, actor=None, reason="Broken", now=NOW)
        return
    if dice.random() < 0.5:
        mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
        order.refresh_from_db()
    for _ in range(dice.randint(0, 3)):
        order.refresh_from_db()
        left = order.total_amount - order.refunded_amount
        if order.state not in (OrderState.PAID, OrderState.SHIPPED) or left < 100:
            return
        if dice.random() < 0.4 and order.state == OrderState.SHIPPED:
            line = order.lines.get()
            done = sum(row.quantity for row in line.refund_lines.all())
            if done < line.quantity:
                give_back(order, 1, RefundReason.NOT_AS_DESCRIBED)
                continue
        refund_order(
            order=order,
            amount=dice.randint(1, left - 1),
            seen_refunded=order.refunded_amount,
            actor=cast.mira,
            reason="Agreed",
            now=NOW,
        )


def test_the_command_prints_the_report_and_its_file(cast: Cast, tmp_path: Path) -> None:
    (order,) = bought("FR", (cast.ama, 1))
    out, file = StringIO(), tmp_path / "ioss.csv"
    call_command("scheme_report", "ioss", this_period().name, csv=file, stdout=out)
    assert "The report is what the ledger says." in out.getvalue()
    (row,) = csv.DictReader(file.open(encoding="utf-8"))
    assert row["amount"] == str(Money(order.tax_amount, "EUR").to_decimal())
    assert (row["destination"], row["declared_currency"]) == ("FR", "EUR")


def test_the_command_fails_when_the_books_say_otherwise(cast: Cast) -> None:
    bought("FR", (cast.ama, 1))
    stray = Money(7, "EUR")
    post_entry(
        key="stray",
        kind=EntryKind.CAPTURE,
        legs=[
            Leg(AccountKind.TAX_PAYABLE, stray, "FR"),
            Leg(AccountKind.PROVIDER_CLEARING, -stray),
        ],
    )
    with pytest.raises(CommandError, match="not what the ledger says"):
        call_command("scheme_report", "ioss", this_period().name, stdout=StringIO())
    (check,) = [one for one in report().checks if not one.is_right]
    assert (check.destination, check.difference) == ("FR", 7)


@pytest.mark.parametrize(("key", "period"), [("ioss", "2026-13"), ("nothing", "2026-11")])
def test_a_report_that_there_is_not_is_said(db: None, key: str, period: str) -> None:
    with pytest.raises(CommandError):
        call_command("scheme_report", key, period, stdout=StringIO())


def test_a_moderator_reads_the_report_and_takes_its_file(cast: Cast) -> None:
    bought("FR", (cast.ama, 1))
    client = Client()
    client.force_login(cast.mira)
    address = "/admin/orders/ordercharge/scheme-reports"
    name = this_period().name
    page = client.get(address, {"report": "ioss", "period": name}, follow=True)
    assert page.status_code == 200
    assert "Every account is what the reports say" in page.content.decode()
    wrong = client.get(address, {"report": "ioss", "period": "soon"}, follow=True)
    assert "That is no period" in wrong.content.decode()
    file = client.get(address, {"report": "ioss", "period": name, "format": "csv"}, follow=True)
    assert file["Content-Type"].startswith("text/csv")
    assert "FR" in file.content.decode()


def test_without_a_number_the_carrier_collects(cast: Cast) -> None:
    row = Registration.objects.get(owner_ref=None, scheme="ioss")
    yesterday = date(2026, 11, 23)
    end_registration(registration=row, last_day=yesterday, reason="Left", actor=None, now=NOW)
    (order,) = bought("FR", (cast.ama, 1))
    assert order.registrations == {}
    assert not OrderCharge.objects.filter(order=order, scheme="ioss").exists()
    assert order.regime != "IOSS"


@pytest.mark.parametrize(
    ("key", "currency"), [("th-vat", "THB"), ("br-rc", "BRL"), ("cn-cbec", "CNY")]
)
def test_schemes_that_settle_all_of_a_parcel_have_a_monthly_report(key: str, currency: str) -> None:
    assert usual_period(key) is Every.MONTH
    found = scheme_report(key=key, period=parse_period("2026-08"), today=NOW.date())
    assert found.lines == ()
    assert found.to_declare == (Money(0, currency), Money(0, currency))
    out = StringIO()
    call_command("scheme_report", key, "2026-08", stdout=out)
    assert currency in out.getvalue()
