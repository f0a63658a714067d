"""Moderators set fees, sellers read them before they list, and orders keep what they were placed with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import AuditEntry
from catalog.selectors.fees import fees_of, work_out
from catalog.services.fees import add_fee_rule, announce_fees, end_fee_rule
from common.money import Money
from notifications.models import Notice
from orders.models import Order, OrderLine
from payments.models import FeeRule, FeeTaxRule, HeldPayment
from payments.selectors.fees import fee_offer, forget_fees, schedule_now
from payments.services.fees import (
    FeeRuleError,
    NewFee,
    NoticeTooShortError,
    add_fee_tax_rule,
    end_fee_tax_rule,
)
from sellers.models import Business
from sellers.selectors import fee_payer
from sellers.services.business import FeeChangedError, open_business
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper

DAY = timedelta(days=1)
NOTICE = timedelta(days=15)


@pytest.fixture(autouse=True)
def fresh() -> None:
    forget_fees()


def add(cast: Cast, **terms: Any) -> FeeRule:
    reason = terms.pop("reason", "Costs have changed.")
    fee = NewFee(**{"name": "A rule", **terms})
    with transaction.atomic():
        rule = add_fee_rule(fee=fee, reason=reason, actor=cast.mira, now=NOW)
    forget_fees()
    return rule


def moderator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.mira, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seller(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ama.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def bought(seller: Any, country: str = "FR", count: int = 1) -> Order:
    shopper = Shopper(country)
    shopper.add(seller.variant, count)
    return Order.objects.get(purchase=shopper.place())


# --- adding and ending --------------------------------------------------------------------------


def test_a_cheaper_rule_holds_at_once_and_is_on_record(cast: Cast) -> None:
    rule = add(cast, percent_bp=500, reason="We can afford it.")
    assert (rule.starts_at, rule.created_by) == (NOW, cast.mira)
    entry = AuditEntry.objects.get(action="add_fee_rule")
    assert (entry.reason, entry.after["percent_bp"]) == ("We can afford it.", 500)
    assert bought(cast.ama).commission_amount == 1250


@pytest.mark.parametrize(
    "terms",
    [
        {"percent_bp": 601},
        {"percent_bp": 600, "fixed_amount": 1, "currency": "GHS"},
        {"percent_bp": 100, "minimum_amount": 1, "currency": "EUR"},
        {"percent_bp": 601, "category": "home"},
    ],
)
def test_a_dearer_rule_needs_fifteen_days(cast: Cast, terms: dict[str, Any]) -> None:
    for starts_at in (None, NOW + DAY, NOW + NOTICE - timedelta(microseconds=1)):
        with pytest.raises(NoticeTooShortError) as refused:
            add(cast, starts_at=starts_at, **terms)
        assert refused.value.earliest == NOW + NOTICE
    assert not FeeRule.objects.exists()
    assert not AuditEntry.objects.filter(action="add_fee_rule").exists()
    add(cast, starts_at=NOW + NOTICE, **terms)


def test_what_cannot_be_is_refused(cast: Cast) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"percent_bp": 500, "starts_at": NOW - DAY}, "past"),
        ({"percent_bp": 500, "ends_at": NOW}, "period"),
        ({"percent_bp": 500, "is_promotion": True}, "endless"),
        ({"percent_bp": 500, "fixed_amount": 1}, "currency"),
        ({"percent_bp": 5001}, "amount"),
        ({"percent_bp": 500, "category": "nowhere"}, "category"),
    ]
    for terms, code in wrong:
        with pytest.raises(FeeRuleError) as refused:
            add(cast, **terms)
        assert refused.value.code == code
    assert not FeeRule.objects.exists()


def test_a_rule_that_spares_a_seller_may_not_end_at_once(cast: Cast) -> None:
    rule = add(cast, percent_bp=400, payee_id=cast.ama.business.payee_id)
    assert bought(cast.ama).commission_amount == 1000
    assert bought(cast.linh).commission_amount == 36_000
    with pytest.raises(NoticeTooShortError):
        end_fee_rule(rule=rule, ends_at=None, reason="Over.", actor=cast.mira, now=NOW)
    rule.refresh_from_db()
    assert rule.ends_at is None
    end_fee_rule(rule=rule, ends_at=NOW + NOTICE, reason="Over.", actor=cast.mira, now=NOW)
    ended = FeeRule.objects.get(pk=rule.pk)
    assert (ended.ends_at, ended.end_reason) == (NOW + NOTICE, "Over.")
    with pytest.raises(FeeRuleError):
        end_fee_rule(rule=rule, ends_at=NOW + 2 * NOTICE, reason="No.", actor=cast.mira, now=NOW)


def test_a_promotion_keeps_its_end_and_a_planned_rise_may_be_withdrawn(cast: Cast) -> None:
    promotion = add(cast, percent_bp=300, is_promotion=True, ends_at=NOW + 10 * DAY)
    with pytest.raises(NoticeTooShortError):
        end_fee_rule(rule=promotion, ends_at=NOW + DAY, reason="Sorry.", actor=cast.mira, now=NOW)
    rise = add(cast, percent_bp=700, starts_at=NOW + NOTICE)
    end_fee_rule(rule=rise, ends_at=None, reason="Not needed.", actor=cast.mira, now=NOW)
    rise.refresh_from_db()
    assert rise.ends_at == rise.starts_at


def test_the_database_keeps_rules_as_they_were_made(cast: Cast) -> None:
    rule = add(cast, percent_bp=500)
    tax = tax_in(cast, "IT")
    for model, row, change in (
        (FeeRule, rule, {"percent_bp": 900}),
        (FeeTaxRule, tax, {"rate_bp": 1}),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**change)
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            model.objects.filter(pk=row.pk).delete()


# --- announced ----------------------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    found = Notice.objects.filter(kind__in=["fee_starts", "fee_ends"]).order_by("email", "kind")
    return [(notice.email, notice.kind) for notice in found]


def test_every_seller_is_told_once(cast: Cast) -> None:
    add(cast, percent_bp=700, starts_at=NOW + NOTICE, reason="Cards cost more.")
    assert announce_fees(now=NOW) == 3
    assert [who for who, _ in told()] == [
        "ama@example.org",
        "chiara@example.org",
        "linh@example.org",
    ]
    text = Notice.objects.get(email="ama@example.org", kind="fee_starts").text
    assert "From Dec 9, 2026 the fee is 7\u202f%." in text
    assert "Why: Cards cost more." in text
    assert f"/sell/{cast.ama.business.slug}/fees/" in text
    assert announce_fees(now=NOW) == 0
    FeeRule.objects.update(announced_at=None)  # as after a crash half-way
    announce_fees(now=NOW)
    assert len(told()) == 3


def test_a_rule_of_one_seller_is_told_to_it_alone(cast: Cast) -> None:
    rule = add(cast, percent_bp=400, payee_id=cast.ama.business.payee_id)
    announce_fees(now=NOW)
    end_fee_rule(rule=rule, ends_at=NOW + NOTICE, reason="Over.", actor=cast.mira, now=NOW)
    announce_fees(now=NOW)
    assert told() == [("ama@example.org", "fee_ends"), ("ama@example.org", "fee_starts")]


def test_a_rule_for_a_shelf_is_told_to_those_who_stand_there(cast: Cast) -> None:
    cast.linh.listing.delete()
    add(cast, percent_bp=500, category="home/baskets", name="Baskets")
    announce_fees(now=NOW)
    assert [who for who, _ in told()] == ["ama@example.org", "chiara@example.org"]


# --- what was agreed ----------------------------------------------------------------------------


def test_another_usual_fee_is_for_new_sellers_only(cast: Cast, settings: Settings) -> None:
    settings.PLATFORM_FEE_PERCENT_BP = 900
    assert bought(cast.ama).commission_amount == 1500
    with pytest.raises(FeeChangedError):
        _open(cast, 600)
    assert _open(cast, 900).fee_percent_bp == 900


def test_whoever_opens_agrees_to_the_rule_for_all(cast: Cast) -> None:
    add(cast, percent_bp=550)
    with pytest.raises(FeeChangedError):
        _open(cast, 600)
    with pytest.raises(FeeChangedError):
        _open(cast, 550, agreed_seal="another")
    assert _open(cast, 550, agreed_seal=fee_offer(at=NOW).seal).fee_percent_bp == 550


def _open(cast: Cast, agreed: int, **more: Any) -> Business:
    return open_business(
        owner=cast.ama.user,
        name="Second",
        country="GH",
        currency="GHS",
        agreed_fee_bp=agreed,
        now=NOW,
        **more,
    )


# --- frozen with the order ----------------------------------------------------------------------


def test_an_order_keeps_the_terms_it_was_placed_with(cast: Cast) -> None:
    add(
        cast,
        name="Harvest weeks",
        percent_bp=300,
        fixed_amount=100,
        minimum_amount=500,
        currency="GHS",
        is_promotion=True,
        category="home",
        ends_at=NOW + 20 * DAY,
    )
    order = bought(cast.ama)
    line = OrderLine.objects.get(order=order)
    # 3 % of 250.00 and 1.00.
    assert (order.commission_amount, line.commission_amount) == (850, 850)
    assert line.fee_text == "Harvest weeks: 3\u202f% and GHS\xa01.00 an order, at least GHS\xa05.00"
    assert order.seller_net_amount == 25_000 + 12_500 - 850
    assert HeldPayment.objects.get(order_ref=order.pk).commission_amount == 850


def test_a_fixed_part_in_euro_of_a_seller_in_dong(cast: Cast) -> None:
    add(cast, percent_bp=500, fixed_amount=25, currency="EUR", starts_at=NOW + NOTICE)
    assert bought(cast.linh).commission_amount == 36_000  # not begun
    example = work_out(
        schedule=schedule_now(payer=fee_payer(cast.linh.business), now=NOW + NOTICE),
        price=Money(600_000, "VND"),
        quantity=1,
        category="home",
        delivery=Money(300_000, "VND"),
    )
    # 5 % of 600,000 and 0.25 EUR at 30,000.
    assert (example.fee, example.net) == (Money(37_500, "VND"), Money(862_500, "VND"))


def tax_in(cast: Cast, country: str) -> FeeTaxRule:
    rule = add_fee_tax_rule(
        country=country,
        name="IVA",
        rate_bp=2200,
        valid_from=NOW.date(),
        legal_reference="DPR 633/1972, art. 16",
        reason="We are registered there.",
        actor=cast.mira,
        now=NOW,
    )
    forget_fees()
    return rule


def test_tax_on_the_fee_is_taken_and_kept(cast: Cast, settings: Settings) -> None:
    settings.PLATFORM_COUNTRY = "IT"
    settings.PLATFORM_FEE_TAX_COUNTRIES = ["IT"]
    tax_in(cast, "IT")
    order = bought(cast.chiara)
    line = OrderLine.objects.get(order=order)
    # 6 % of 18.00 are 1.08; 22 % of that are 0.2376.
    assert (order.commission_amount, order.fee_tax_amount, line.fee_tax_amount) == (108, 24, 24)
    assert order.seller_net_amount == 1_800 + 900 - 108 - 24
    held = HeldPayment.objects.get(order_ref=order.pk)
    assert (held.commission_amount, held.fee_tax_amount) == (108, 24)
    assert bought(cast.ama).fee_tax_amount == 0


def test_reverse_charge_for_a_business_in_another_member_state(
    cast: Cast, settings: Settings
) -> None:
    settings.PLATFORM_COUNTRY = "DE"
    settings.PLATFORM_FEE_TAX_COUNTRIES = ["DE", "IT"]
    tax_in(cast, "IT")
    assert bought(cast.chiara).fee_tax_amount == 24
    Business.objects.filter(pk=cast.chiara.business.pk).update(tax_number="00743110157")
    cast.chiara.business.refresh_from_db()
    assert bought(cast.chiara).fee_tax_amount == 0
    assert "reverse charge" in fees_of(business=cast.chiara.business, now=NOW).tax_text


def test_a_tax_that_changes_and_ends(cast: Cast) -> None:
    first = tax_in(cast, "IT")
    second = add_fee_tax_rule(
        country="IT",
        name="IVA",
        rate_bp=2300,
        valid_from=date(2027, 1, 1),
        legal_reference="A new law",
        reason="It rises.",
        actor=cast.mira,
        now=NOW,
    )
    first.refresh_from_db()
    assert first.valid_to == date(2026, 12, 31)
    with pytest.raises(FeeRuleError):
        end_fee_tax_rule(
            rule=first, last_day=date(2027, 5, 1), reason="No.", actor=cast.mira, now=NOW
        )
    end_fee_tax_rule(rule=second, last_day=None, reason="Gone.", actor=cast.mira, now=NOW)
    second.refresh_from_db()
    assert second.valid_to == second.valid_from


# --- pages --------------------------------------------------------------------------------------


def test_a_seller_reads_its_fees_and_works_out_a_sale(cast: Cast) -> None:
    add(cast, name="Baskets", percent_bp=500, category="home/baskets")
    add(cast, name="Harvest", percent_bp=200, is_promotion=True, ends_at=NOW + 10 * DAY)
    add(cast, name="Rise", percent_bp=700, starts_at=NOW + NOTICE)
    url = reverse("catalog:seller_fees", args=[cast.ama.business.slug])
    page = seller(cast).get(url).content.decode()
    for words in (
        "Home › Baskets",
        "5\u202f%",
        "agreed when you opened",
        "Harvest",
        "until Dec 4, 2026",
        "Dec 9, 2026",
        "7\u202f%",
        "No tax is due on the fee, because we are not registered",
    ):
        assert words in page, words
    typed = {"price": "100.00", "category": "home/baskets", "quantity": "3", "delivery": "20.50"}
    page = seller(cast).get(url, typed).content.decode()
    # 5 % of 300.00; the promotion for all does not reach a shelf with its own fee.
    for words in ("GHS\xa0300.00", "GHS\xa020.50", "−GHS\xa015.00", "GHS\xa0305.50"):
        assert words in page, words


def test_a_bad_price_is_said_beside_it_and_nothing_typed_is_lost(cast: Cast) -> None:
    url = reverse("catalog:seller_fees", args=[cast.ama.business.slug])
    typed = {"price": "a lot", "category": "home/baskets", "quantity": "2", "delivery": "1"}
    page = seller(cast).get(url, typed).content.decode()
    assert "Enter an amount, digits only." in page
    assert 'value="a lot"' in page


def test_anybody_reads_the_schedule_before_opening(cast: Cast) -> None:
    add(cast, name="Baskets", percent_bp=500, category="home/baskets")
    client = Client()
    page = client.get("/fees/").content.decode()
    assert "Home › Baskets" in page
    assert "6\u202f%" in page
    assert "we are registered for none" in page
    assert "Baskets" in client.get("/sell/").content.decode()


def test_the_price_table_says_what_the_seller_gets(cast: Cast) -> None:
    add(cast, name="Baskets", percent_bp=500, category="home/baskets")
    listing = cast.ama.listing
    url = reverse("catalog:listing_variants", args=[cast.ama.business.slug, listing.pk])
    page = seller(cast).get(url).content.decode()
    assert "You get GHS\xa0237.50 for one" in page


# --- moderators ---------------------------------------------------------------------------------


def rule_form(**changes: str) -> dict[str, str]:
    return {
        "name": "Baskets",
        "percent": "5.5",
        "fixed": "1.00",
        "minimum": "",
        "currency": "GHS",
        "category": "home/baskets",
        "business": "",
        "first_day": "2026-12-10",
        "last_day": "2026-12-31",
        "reason": "Baskets are bulky.",
        **changes,
    }


def test_a_moderator_adds_and_ends_a_rule(cast: Cast) -> None:
    client = moderator(cast)
    url = reverse("admin:payments_feerule_add")
    assert client.get(url).status_code == 200
    assert client.post(url, rule_form()).status_code == 302
    rule = FeeRule.objects.get()
    assert (rule.percent_bp, rule.fixed_amount, rule.currency) == (550, 100, "GHS")
    assert (rule.starts_at.isoformat(), rule.ends_at and rule.ends_at.isoformat()) == (
        "2026-12-10T00:00:00+00:00",
        "2027-01-01T00:00:00+00:00",
    )
    assert client.get(reverse("admin:payments_feerule_changelist")).status_code == 200
    page = client.get(reverse("admin:payments_feerule_change", args=[rule.pk])).content.decode()
    assert "Baskets are bulky." in page
    end = reverse("admin:payments_feerule_end", args=[rule.pk])
    assert client.post(end, {"reason": "No longer."}).status_code == 302
    rule.refresh_from_db()
    assert rule.ends_at == rule.starts_at


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_day": "2026-12-01"}, "2026-12-10 at the earliest"),
        ({"first_day": "2026-11-23"}, "It can&#x27;t begin in the past."),
        ({"currency": ""}, "Say in which currency"),
        ({"fixed": "1.005"}, "This is no amount in that currency."),
        ({"business": "nobody"}, "There is no shop at this address."),
        ({"reason": ""}, "id_reason_error"),
    ],
)
def test_what_a_moderator_may_not_enter(cast: Cast, changes: dict[str, str], words: str) -> None:
    response = moderator(cast).post(reverse("admin:payments_feerule_add"), rule_form(**changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not FeeRule.objects.exists()


def test_a_moderator_enters_a_tax_on_the_fee(cast: Cast) -> None:
    client = moderator(cast)
    form = {
        "country": "IT",
        "name": "IVA",
        "percent": "22",
        "valid_from": "2026-11-24",
        "legal_reference": "DPR 633/1972, art. 16",
        "reason": "Registered.",
    }
    assert client.post(reverse("admin:payments_feetaxrule_add"), form).status_code == 302
    rule = FeeTaxRule.objects.get()
    assert rule.rate_bp == 2200
    end = reverse("admin:payments_feetaxrule_end", args=[rule.pk])
    assert client.post(end, {"reason": "Left."}).status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to == NOW.date()
