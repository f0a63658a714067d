"""A rate by hand needs two people; a pair's spread is the most specific rule of the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from common.states import TransitionError
from payments.models import Rate, RateProposal, SpreadRule
from payments.rules.rates import RateSource, RateTable, SourceRate
from payments.rules.spreads import ANY, SpreadTerm, pair_spread, spreads_on
from payments.selectors import RateUnavailableError, rate_table
from payments.services import (
    SameModeratorError,
    SpreadError,
    approve_proposal,
    approve_rate,
    end_spread,
    freeze_quote,
    propose_rate,
    refresh_rates,
    reject_proposal,
    set_spread,
)
from payments.states import ProposalState

TODAY = date(2026, 11, 24)


@pytest.fixture
def strict(settings: Any, db: None) -> None:
    settings.DEMO = False


def moderator(name: str) -> User:
    return User.objects.create_superuser(email=f"{name}@example.com", password="a long password")


@pytest.fixture
def mira(db: None) -> User:
    return moderator("mira")


@pytest.fixture
def noor(db: None) -> User:
    return moderator("noor")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def proposed(actor: User, now: datetime, rate: str = "12.3") -> RateProposal:
    return propose_rate(
        currency="TJS",
        rate=Decimal(rate),
        as_of=TODAY,
        actor=actor,
        reason="National bank, bulletin of today",
        now=now,
    )


# --- four eyes -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("strict")
def test_a_rate_by_hand_is_unusable_until_somebody_else_approves(
    mira: User, noor: User, now: datetime
) -> None:
    proposal = proposed(mira, now)
    assert not Rate.objects.exists()
    with pytest.raises(RateUnavailableError):
        rate_table(now=now).mid("EUR", "TJS")
    with pytest.raises(SameModeratorError):
        approve_proposal(proposal=proposal, actor=mira, reason="Mine", now=now)
    assert not Rate.objects.exists()
    approve_proposal(proposal=proposal, actor=noor, reason="Compared with it", now=now)
    mid = rate_table(now=now).mid("EUR", "TJS")
    assert (mid.rate, mid.source, mid.as_of) == (Decimal("12.3"), "MANUAL", TODAY)
    trail = AuditEntry.objects.order_by("pk").values_list("actor", "action", "reason")
    assert list(trail) == [
        (mira.pk, "propose_rate", "National bank, bulletin of today"),
        (noor.pk, "approve_proposal", "Compared with it"),
    ]


@pytest.mark.usefixtures("strict")
def test_a_decision_is_made_once_and_history_stays(mira: User, noor: User, now: datetime) -> None:
    first, second = proposed(mira, now), proposed(noor, now, "12.5")
    approve_proposal(proposal=first, actor=noor, reason="Right", now=now)
    for again in (approve_proposal, reject_proposal):
        with pytest.raises(TransitionError):
            again(proposal=first, actor=noor, reason="Again", now=now)
    approve_proposal(proposal=second, actor=mira, reason="A later bulletin", now=now)
    assert rate_table(now=now).mid("EUR", "TJS").rate == Decimal("12.5")
    assert [p.rate for p in RateProposal.objects.order_by("pk")] == [
        Decimal("12.3"),
        Decimal("12.5"),
    ]
    third = proposed(mira, now, "99")
    reject_proposal(proposal=third, actor=mira, reason="A slip of the finger", now=now)
    assert rate_table(now=now).mid("EUR", "TJS").rate == Decimal("12.5")


@pytest.mark.usefixtures("strict")
def test_a_jump_by_hand_still_waits_and_not_for_its_author(
    mira: User, noor: User, now: datetime
) -> None:
    approve_proposal(proposal=proposed(mira, now), actor=noor, reason="Right", now=now)
    wild = proposed(mira, now, "20")
    approve_proposal(proposal=wild, actor=noor, reason="The somoni fell", now=now)
    rate = Rate.objects.get(currency="TJS")
    assert rate.held_back
    with pytest.raises(RateUnavailableError):
        rate_table(now=now).mid("EUR", "TJS")
    with pytest.raises(TransitionError):
        approve_rate(rate=rate, actor=mira, reason="I am sure", now=now)
    assert Rate.objects.filter(held_back=True).exists()
    approve_rate(rate=rate, actor=noor, reason="Seen in two papers", now=now)
    assert rate_table(now=now).mid("EUR", "TJS").rate == Decimal(20)


def test_the_database_wants_four_eyes_too_and_keeps_what_was_said(
    mira: User, noor: User, now: datetime
) -> None:
    proposal = proposed(mira, now)
    rows = RateProposal.objects.filter(pk=proposal.pk)
    for error, change in (
        (IntegrityError, {"state": "APPROVED", "decided_by": mira, "decided_at": now}),
        (IntegrityError, {"state": "APPROVED"}),
        (DatabaseError, {"rate": 1}),
    ):
        with pytest.raises(error), transaction.atomic():
            rows.update(**change)
    approve_proposal(proposal=proposal, actor=noor, reason="Right", now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(decision_reason="Never mind")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rate": Decimal(0)}, "positive"),
        ({"currency": "EUR"}, "positive"),
        ({"as_of": TODAY + timedelta(days=1)}, "tomorrow"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_what_is_no_rate_is_refused(
    mira: User, now: datetime, change: dict[str, Any], words: str
) -> None:
    good = {"currency": "TJS", "rate": Decimal(12), "as_of": TODAY, "reason": "Bulletin"}
    with pytest.raises(ValueError, match=words):
        propose_rate(**{**good, **change}, actor=mira, now=now)
    assert not RateProposal.objects.exists()


def test_two_moderators_in_the_admin(mira: User, noor: User) -> None:
    today = timezone.now().date().isoformat()
    add = reverse("admin:payments_rateproposal_add")
    fields = {"currency": "TJS", "rate": "12.3", "as_of": today, "reason": "Bulletin"}
    first, second = signed_in(mira), signed_in(noor)
    assert first.get(add).status_code == 200
    assert first.post(add, {**fields, "reason": ""}).status_code == 422
    assert first.post(add, {**fields, "as_of": "2999-01-01"}).status_code == 422
    assert not RateProposal.objects.exists()
    assert first.post(add, fields).status_code == 302
    proposal = RateProposal.objects.get()
    approve = reverse("admin:payments_rateproposal_approve", args=[proposal.pk])
    answer = first.post(approve, {"reason": "Mine"}, follow=True)
    assert "another moderator has to approve it" in answer.content.decode()
    assert not Rate.objects.exists()
    assert second.post(approve, {"reason": "Compared"}).status_code == 302
    assert Rate.objects.get().source == "MANUAL"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (ProposalState.APPROVED, noor)


def test_staff_without_the_right_enters_nothing(db: None) -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    for name in ("rateproposal", "spreadrule"):
        answer = signed_in(clerk).post(reverse(f"admin:payments_{name}_add"), {"reason": "x"})
        assert answer.status_code == 403
    assert not RateProposal.objects.exists()


# --- the spread of a pair ------------------------------------------------------------------------

codes = st.sampled_from(("EUR", "USD", "JPY", "GHS"))
days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@st.composite
def rules(draw: st.DrawFn) -> SpreadTerm:
    begins = draw(days)
    length = draw(st.none() | st.integers(0, 40))
    return SpreadTerm(
        from_currency=draw(codes | st.just(ANY)),
        to_currency=draw(codes | st.just(ANY)),
        basis_points=draw(st.integers(0, 2000)),
        valid_from=begins,
        valid_to=None if length is None else begins + timedelta(days=length),
    )


@given(terms=st.lists(rules(), max_size=12), on=days, own=codes, paid=codes)
def test_the_most_specific_rule_of_the_day_counts(
    terms: list[SpreadTerm], on: date, own: str, paid: str
) -> None:
    """Against the slow way: every rule that fits, ranked by how specific and how late it is."""
    fitting = [
        (
            (
                term.from_currency != ANY and term.to_currency != ANY,
                term.from_currency != ANY,
                term.to_currency != ANY,
                term.valid_from,
                place,
            ),
            term.basis_points,
        )
        for place, term in enumerate(terms)
        if term.from_currency in {own, ANY}
        and term.to_currency in {paid, ANY}
        and term.valid_from <= on
        and not (term.valid_to is not None and term.valid_to <= on)
    ]
    wanted = max(fitting)[1] if fitting else None
    assert pair_spread(spreads_on(terms, on), own, paid) == wanted


def test_a_rule_replaces_the_usual_spread_and_old_sources_still_cost_more() -> None:
    rates = RateTable(
        on=TODAY,
        rates={
            "USD": SourceRate("USD", Decimal("1.25"), RateSource.ECB, TODAY),
            "KES": SourceRate("KES", Decimal(150), RateSource.HMRC, TODAY),
        },
        spread_bp=150,
        spreads={("KES", "EUR"): 80, (ANY, "USD"): 0},
    )
    assert rates.spread("KES", "EUR") == 80 + 50
    assert rates.spread("EUR", "USD") == 0
    assert rates.price_rate("EUR", "USD") == Decimal("1.25")
    assert rates.spread("USD", "EUR") == 150
    assert rates.spread("USD", "USD") == 0


def spread(actor: User, now: datetime, points: int, begins: date = TODAY) -> SpreadRule:
    return set_spread(
        from_currency="GHS",
        to_currency="EUR",
        basis_points=points,
        valid_from=begins,
        actor=actor,
        reason="What our bank takes",
        now=now,
    )


def test_rules_follow_one_another_and_quotes_keep_theirs(mira: User, now: datetime) -> None:
    refresh_rates(now=now)
    before = freeze_quote(from_currency="GHS", to_currency="EUR", now=now)
    first = spread(mira, now, 100)
    quote = freeze_quote(from_currency="GHS", to_currency="EUR", now=now)
    assert (before.spread_bp, quote.spread_bp) == (200, 150)
    tomorrow = now + timedelta(days=1)
    spread(mira, now, 30, tomorrow.date())
    first.refresh_from_db()
    assert first.valid_to == tomorrow.date()
    assert rate_table(now=now).spread("GHS", "EUR") == 150
    assert rate_table(now=tomorrow).spread("GHS", "EUR") == 80
    # A better idea before it began: that one is never in force, its row stays.
    spread(mira, now, 40, tomorrow.date())
    assert rate_table(now=tomorrow).spread("GHS", "EUR") == 90
    assert SpreadRule.objects.count() == 3
    last = SpreadRule.objects.get(valid_to__isnull=True)
    end_spread(rule=last, actor=mira, reason="Back to the usual", now=tomorrow)
    assert rate_table(now=tomorrow).spread("GHS", "EUR") == 200
    with pytest.raises(TransitionError):
        end_spread(rule=last, actor=mira, reason="Twice", now=tomorrow)
    assert AuditEntry.objects.filter(action="set_spread").count() == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from_currency": "EUR"}, "one currency"),
        ({"basis_points": 2001}, "fifth"),
        ({"basis_points": -1}, "fifth"),
        ({"valid_from": TODAY - timedelta(days=1)}, "past"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_senseless_spread_is_refused(
    mira: User, now: datetime, change: dict[str, Any], words: str
) -> None:
    good = {
        "from_currency": "GHS",
        "to_currency": "EUR",
        "basis_points": 10,
        "valid_from": TODAY,
        "reason": "So",
    }
    with pytest.raises(SpreadError, match=words):
        set_spread(**{**good, **change}, actor=mira, now=now)
    assert not SpreadRule.objects.exists()


def test_the_database_lets_a_rule_end_and_nothing_else(mira: User, now: datetime) -> None:
    rule = spread(mira, now, 100)
    rows = SpreadRule.objects.filter(pk=rule.pk)
    for change in ({"basis_points": 1}, {"valid_from": TODAY + timedelta(days=3)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    rows.update(valid_to=TODAY + timedelta(days=9))
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(valid_to=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_a_spread_is_set_and_ended_in_the_admin(mira: User) -> None:
    client = signed_in(mira)
    add = reverse("admin:payments_spreadrule_add")
    today = timezone.now().date().isoformat()
    fields = {
        "from_currency": "GHS",
        "to_currency": "",
        "basis_points": "90",
        "valid_from": today,
        "reason": "Agreed with the bank",
    }
    assert client.get(add).status_code == 200
    assert client.post(add, {**fields, "to_currency": "GHS"}).status_code == 422
    assert client.post(add, {**fields, "valid_from": "2020-01-01"}).status_code == 422
    assert not SpreadRule.objects.exists()
    assert client.post(add, fields).status_code == 302
    rule = SpreadRule.objects.get()
    assert (rule.from_currency, rule.to_currency, rule.set_by) == ("GHS", "", mira)
    assert client.get(reverse("admin:payments_spreadrule_changelist")).status_code == 200
    end = reverse("admin:payments_spreadrule_end", args=[rule.pk])
    assert client.post(end, {"reason": "No longer"}).status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to is not None
