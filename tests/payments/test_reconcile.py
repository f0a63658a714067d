"""The provider's account statement against our books: matched, missing, extra, different.

The books stamp their entries by the database's clock, so these tests live at the real time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from common.money import Money, from_provider
from common.states import TransitionError
from payments.gateways import charge_gateway
from payments.gateways.stripe import StripeGateway
from payments.models import (
    BalanceTransaction,
    Difference,
    Entry,
    Payment,
    Rate,
    ReconciliationRun,
)
from payments.rules.reconciliation import DifferenceKind, compare
from payments.selectors import balance, check_books
from payments.selectors.reports import aged_held, exchange_position
from payments.services import (
    create_payee,
    release_held,
    request_refund,
    run_settlement,
    submit_payouts,
    submit_refunds,
)
from payments.services.actuals import take_in_all_movements, take_in_movements
from payments.services.disputes import apply_dispute_facts
from payments.services.reconciliation import (
    CounterAccountError,
    reconcile,
    resolve_difference,
)
from payments.states import AccountKind, DifferenceState
from sandbox import services as sandbox
from sandbox.models import Movement
from tests.payments.test_hold_a_payment import pay_for, plan, quote
from tests.payments.test_reach_the_provider import order_of, pay, read_inbox

TODAY = datetime.now(UTC)
LATER = TODAY + timedelta(hours=1)
LONG_AGO = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _everybody_lives_then() -> Iterator[None]:
    """All but the database: what rows say of themselves must not depend on how long others took."""
    with time_machine.travel(TODAY, tick=False):
        yield


def bought(*, seller: int = 5000, mid: int = 8000) -> Payment:
    """Chiara sells for EUR 50.00 to Haruka, who pays ¥8,932 at the sandbox."""
    chiara = create_payee(name="Chiara Carta", country="IT", currency="EUR", now=TODAY)
    one = plan(
        chiara,
        quote("EUR", "JPY", "160", TODAY),
        seller=seller,
        commission=300,
        mid=mid,
        spread=120,
        tax=812,
    )
    return pay(pay_for([one], "JPY", TODAY), TODAY)


def run(provider: str = "sandbox") -> list[Difference]:
    reconcile(provider=provider, now=LATER, since=LONG_AGO)
    return list(Difference.objects.filter(state=DifferenceState.OPEN).order_by("pk"))


def moderator() -> User:
    return User.objects.create_user(email="mira@example.com", password="x", is_staff=True)


@pytest.mark.django_db(transaction=True)
def test_a_sale_a_refund_and_a_payout_agree() -> None:
    payment = bought()
    order = order_of(payment)
    request_refund(order_ref=order, amount=932, reason="Late", key="r1", now=TODAY)
    release_held(order_ref=order, now=TODAY)
    run_settlement(period="2026-11-24", now=TODAY)
    submit_refunds(now=TODAY)
    submit_payouts(now=TODAY)
    sandbox.run_bank(now=TODAY + timedelta(minutes=5))
    submit_refunds(now=TODAY + timedelta(minutes=6))
    submit_payouts(now=TODAY + timedelta(minutes=6))
    read_inbox(TODAY + timedelta(minutes=6))
    made = reconcile(provider="sandbox", now=LATER, since=LONG_AGO)
    assert (made.matched, made.missing, made.extra, made.different) == (3, 0, 0, 0)
    assert made.error == ""
    assert BalanceTransaction.objects.count() == 3
    again = reconcile(provider="sandbox", now=LATER, since=LONG_AGO)
    assert again.matched == 3
    assert check_books().ok


@pytest.mark.django_db(transaction=True)
def test_what_the_provider_does_not_know_is_missing() -> None:
    payment = bought()
    Movement.objects.all().delete()
    (found,) = run()
    assert (found.kind, found.subject, found.currency) == ("MISSING", str(payment.pk), "JPY")
    assert (found.our_amount, found.provider_amount) == (8932, None)


@pytest.mark.django_db(transaction=True)
def test_what_only_the_provider_knows_is_extra_and_is_put_right_by_an_entry() -> None:
    bought()
    sandbox.record_movement(
        kind="OTHER",
        source_id="adj_1",
        money=Money(-1500, "JPY"),
        metadata={},
        now=TODAY,
    )
    (found,) = run()
    assert (found.kind, found.provider_ref, found.provider_amount) == ("EXTRA", "adj_1", -1500)
    clearing = balance(kind=AccountKind.PROVIDER_CLEARING, currency="JPY")
    mira = moderator()
    with pytest.raises(CounterAccountError):
        resolve_difference(
            difference=found,
            actor=mira,
            reason="Their fee",
            account=AccountKind.SELLER_PAYABLE,
            now=LATER,
        )
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="JPY") == clearing
    resolve_difference(
        difference=found,
        actor=mira,
        reason="Their monthly fee",
        account=AccountKind.PROVIDER_FEES,
        now=LATER,
    )
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="JPY") - clearing == Money(
        1500, "JPY"
    )
    assert balance(kind=AccountKind.PROVIDER_FEES, currency="JPY") == Money(-1500, "JPY")
    entry = Entry.objects.get(kind="CORRECTION")
    assert entry.memo == "Their monthly fee"
    with pytest.raises(TransitionError):
        resolve_difference(
            difference=found,
            actor=mira,
            reason="Twice",
            account=AccountKind.PROVIDER_FEES,
            now=LATER,
        )
    assert Entry.objects.filter(kind="CORRECTION").count() == 1
    assert run() == []
    assert check_books().ok


@pytest.mark.django_db(transaction=True)
def test_another_amount_is_different_and_what_was_only_late_closes_itself() -> None:
    payment = bought()
    late = Movement.objects.get()
    Movement.objects.filter(pk=late.pk).delete()
    sandbox.record_movement(
        kind="CHARGE",
        source_id=late.source_id,
        money=Money(8000, "JPY"),
        metadata=late.metadata,
        now=TODAY,
    )
    (found,) = run()
    assert (found.kind, found.subject) == ("DIFFERENT", str(payment.pk))
    assert (found.our_amount, found.provider_amount) == (8932, 8000)
    (same,) = run()
    assert same.pk == found.pk
    sandbox.record_movement(
        kind="CHARGE",
        source_id=late.source_id,
        money=Money(932, "JPY"),
        metadata=late.metadata,
        now=TODAY,
    )
    assert run() == []
    found.refresh_from_db()
    assert (found.state, found.entry, found.resolved_by) == ("RESOLVED", None, None)


@pytest.mark.django_db(transaction=True)
def test_what_has_come_right_meanwhile_is_not_put_right_once_more() -> None:
    """The list of differences is of last night; the provider has told us the rest since."""
    payment = bought()
    late = Movement.objects.get()
    Movement.objects.all().delete()
    (found,) = run()
    sandbox.record_movement(
        kind="CHARGE",
        source_id=late.source_id,
        money=Money(8932, "JPY"),
        metadata=late.metadata,
        now=TODAY,
    )
    take_in_movements(provider="sandbox", now=TODAY + timedelta(minutes=1))
    with pytest.raises(TransitionError, match="changed"):
        resolve_difference(
            difference=found,
            actor=moderator(),
            reason="It never came.",
            account=AccountKind.PLATFORM_LOSS,
            now=LATER,
        )
    found.refresh_from_db()
    assert (found.state, found.entry) == (DifferenceState.OPEN, None)
    clearing = balance(kind=AccountKind.PROVIDER_CLEARING, currency="JPY")
    assert clearing == Money(-payment.amount, "JPY")
    assert run() == []


@pytest.mark.django_db(transaction=True)
def test_what_the_platform_bears_of_a_dispute_does_not_upset_the_books() -> None:
    payment = bought()
    session = sandbox.find_session(idempotency_key=f"session:{payment.pk}")
    assert session is not None
    dispute = sandbox.open_dispute(session_id=session.id, now=TODAY)
    apply_dispute_facts(facts=charge_gateway("sandbox").get_dispute(dispute.id), now=TODAY)
    Movement.objects.filter(kind="DISPUTE").update(net=-9000, amount=-9000)
    (found,) = run()
    assert (found.our_amount, found.provider_amount) == (-8932, -9000)
    resolve_difference(
        difference=found,
        actor=moderator(),
        reason="The bank took 68 more.",
        account=AccountKind.PLATFORM_LOSS,
        now=LATER,
    )
    assert check_books().problems == []
    assert balance(kind=AccountKind.PLATFORM_LOSS, currency="JPY") == Money(-68, "JPY")
    assert run() == []


@pytest.mark.django_db(transaction=True)
def test_what_one_provider_did_is_not_missing_at_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fee and a correction of the sandbox's, while Stripe charges buyers by now."""
    bought()
    for kind in ("OTHER", "FEE"):
        sandbox.record_movement(
            kind=kind, source_id=f"{kind}_1", money=Money(-1500, "JPY"), metadata={}, now=TODAY
        )
    (found,) = run()
    resolve_difference(
        difference=found,
        actor=moderator(),
        reason="A fee",
        account=AccountKind.PROVIDER_FEES,
        now=LATER,
    )
    monkeypatch.setattr(StripeGateway, "movements", lambda *_, **__: iter(()))
    made = reconcile(provider="stripe", now=LATER, since=LONG_AGO)
    assert (made.error, made.missing, made.matched) == ("", 0, 0)
    assert run() == []


@pytest.mark.django_db(transaction=True)
def test_after_a_week_without_a_run_the_week_is_looked_at() -> None:
    bought()
    in_a_week = TODAY + timedelta(days=7)
    reconcile(provider="sandbox", now=LATER)
    sandbox.record_movement(
        kind="OTHER", source_id="adj_1", money=Money(-1500, "JPY"), metadata={}, now=LATER
    )
    ReconciliationRun.objects.create(
        provider="sandbox", since=TODAY, until=in_a_week, started_at=in_a_week, error="no answer"
    )
    made = reconcile(provider="sandbox", now=in_a_week)
    assert (made.since, made.extra) == (LATER - timedelta(days=3), 1)
    assert Difference.objects.get().subject == "adj_1"


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_cannot_be_read_is_a_failed_run(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """One movement that has no place in the books (0.05 of a krona) must not end the night's work."""
    bought()
    asked = []

    def strange(**_when: datetime) -> None:
        asked.append(_when)
        from_provider(5, "ISK")

    monkeypatch.setattr(sandbox, "list_movements", strange)
    made = reconcile(provider="sandbox", now=LATER)
    assert "ISK" in made.error
    assert made.finished_at is not None
    assert take_in_all_movements(now=LATER) == 0
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_what_moved_a_moment_ago_waits_for_the_next_run() -> None:
    bought()
    Movement.objects.all().delete()
    made = reconcile(provider="sandbox", now=TODAY + timedelta(minutes=1), since=LONG_AGO)
    assert (made.matched, made.missing) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_fee_and_exchange_of_the_provider_are_booked_once(settings: Settings) -> None:
    """¥8,932 settled at 0.006 is EUR 53.59, fee 1.5 % EUR 0.80; at ¥160 we expected EUR 55.82."""
    Rate.objects.create(currency="JPY", rate=160, source="ECB", as_of=TODAY.date())
    settings.SANDBOX_FEE_BP = 150
    settings.SANDBOX_SETTLES = {"JPY": ("EUR", Decimal("0.006"))}
    payment = bought()
    assert take_in_movements(provider="sandbox", now=TODAY + timedelta(minutes=1)) == 1
    booked = BalanceTransaction.objects.get()
    assert (booked.amount, booked.fee, booked.net, booked.currency) == (5359, 80, 5279, "EUR")
    assert booked.subject_ref == str(payment.pk)
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="JPY") == Money(0, "JPY")
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="EUR") == Money(-5279, "EUR")
    assert balance(kind=AccountKind.PROVIDER_FEES, currency="EUR") == Money(-80, "EUR")
    assert balance(kind=AccountKind.FX_GAIN_LOSS, currency="EUR") == Money(5359 - 5582, "EUR")
    # What is held for Chiara was bought with yen; then the yen were sold for what we expected.
    assert balance(kind=AccountKind.FX_POSITION, currency="EUR") == Money(5582 - 5000, "EUR")
    assert take_in_movements(provider="sandbox", now=TODAY + timedelta(minutes=2)) == 1
    assert Entry.objects.filter(kind="PROVIDER_BOOKED").count() == 1
    assert run() == []
    assert check_books().ok
    positions = {line.money.currency for line in exchange_position(now=TODAY)}
    assert positions <= {"JPY", "EUR"}


@pytest.mark.django_db(transaction=True)
def test_a_movement_is_booked_when_its_payment_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought()
    movement = next(iter(sandbox.list_movements(since=LONG_AGO, until=LATER)))
    Movement.objects.filter(pk=movement.pk).update(metadata={}, source_id="ch_unknown")
    take_in_movements(provider="sandbox", now=TODAY + timedelta(minutes=1))
    assert BalanceTransaction.objects.get().booked_at is None
    Payment.objects.update(charge_ref="ch_unknown")
    take_in_movements(provider="sandbox", now=TODAY + timedelta(minutes=2))
    assert BalanceTransaction.objects.get().booked_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_differs_and_fails() -> None:
    bought()
    out = StringIO()
    with time_machine.travel(LATER, tick=False):
        call_command("reconcile", stdout=out)
        assert "1 matched, 0 missing, 0 extra, 0 different" in out.getvalue()
        sandbox.record_movement(
            kind="OTHER", source_id="adj_1", money=Money(-1500, "JPY"), metadata={}, now=TODAY
        )
        with pytest.raises(CommandError, match="Open differences: 1"):
            call_command("reconcile", provider="sandbox", stdout=out)
        told = out.getvalue()
        assert "adj_1: nothing in our books, " in told
        assert str(Money(-1500, "JPY")) in told
        with pytest.raises(CommandError, match="No payments by stripe"):
            call_command("reconcile", provider="stripe", stdout=out)
        with pytest.raises(CommandError, match="is not a day"):
            call_command("reconcile", since="yesterday", stdout=out)


@pytest.mark.django_db(transaction=True)
def test_a_provider_without_an_answer_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    bought()

    def away(**_when: datetime) -> None:
        raise sandbox.SandboxError("timeout", "No answer.", definitive=False)

    monkeypatch.setattr(sandbox, "list_movements", away)
    with pytest.raises(CommandError, match="No answer from sandbox"):
        call_command("reconcile", stdout=StringIO())
    assert not Difference.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_held_money_by_age() -> None:
    bought()
    (line,) = aged_held(now=TODAY + timedelta(days=40))
    assert line.currency == "EUR"
    assert line.counts == (0, 0, 1, 0, 0)
    assert line.total == Money(5000, "EUR")
    (line,) = aged_held(now=TODAY + timedelta(days=400))
    assert line.counts == (0, 0, 0, 0, 1)
    (line,) = aged_held(now=TODAY)
    assert line.counts == (1, 0, 0, 0, 0)


SUMS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.dictionaries(st.sampled_from(["EUR", "JPY"]), st.integers(-3, 3), max_size=2),
)


@given(ours=SUMS, theirs=SUMS)
def test_every_subject_is_matched_or_found(
    ours: dict[str, dict[str, int]], theirs: dict[str, dict[str, int]]
) -> None:
    subjects = ours.keys() | theirs.keys()
    found = compare(subjects=subjects, ours=ours, theirs=theirs)
    differing = {finding.subject for finding in found.findings}
    assert found.matched + len(differing) == len(subjects)
    for finding in found.findings:
        mine = ours.get(finding.subject, {}).get(finding.currency, 0)
        other = theirs.get(finding.subject, {}).get(finding.currency, 0)
        assert mine != other
        assert (finding.ours or 0, finding.theirs or 0) == (mine, other)
        if finding.kind == DifferenceKind.MISSING:
            assert not any(theirs.get(finding.subject, {}).values())
        if finding.kind == DifferenceKind.EXTRA:
            assert not any(ours.get(finding.subject, {}).values())
