"""Does the provider say what our books say? Asked daily and on demand.

What differs is a row that a person puts right by a new entry with a reason; nothing is edited. A
difference that was only late (a webhook on its way) is closed by the next run that finds it gone.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Q, Sum

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from common.states import TransitionError
from common.sweeps import ROW_FAILURES
from payments.gateways import charge_gateway
from payments.models import (
    BalanceTransaction,
    Difference,
    Entry,
    Payment,
    Payout,
    ProviderDispute,
    ReconciliationRun,
    Refund,
    Reversal,
)
from payments.rules.reconciliation import Comparison, DifferenceKind, Finding, compare
from payments.services.actuals import book_actuals, subject_ref
from payments.services.ledger import Leg, post_entry
from payments.states import (
    DIFFERENCE,
    AccountKind,
    DifferenceState,
    EntryKind,
    MovementKind,
)

logger = logging.getLogger(__name__)
# Each run looks back over several days, so that one that failed or came too early is made good.
LOOK_BACK = timedelta(days=3)
# What moved a moment ago may be known to one side only; the next run sees it.
SETTLED_AFTER = timedelta(minutes=15)
COUNTER_ACCOUNTS = (
    AccountKind.PROVIDER_FEES,
    AccountKind.FX_GAIN_LOSS,
    AccountKind.PLATFORM_BANK,
    AccountKind.PLATFORM_LOSS,
    AccountKind.ROUNDING,
)


class CounterAccountError(ValueError):
    """A difference is not put right against that account."""


@dataclass(slots=True)
class _Side:
    """What one side says: sums by subject and currency, and when each subject last moved."""

    sums: dict[str, dict[str, int]]
    last: dict[str, datetime]

    def add(self, subject: str, currency: str, amount: int, last: datetime) -> None:
        self.sums[subject][currency] = self.sums[subject].get(currency, 0) + amount
        self.last[subject] = max(self.last.get(subject, last), last)


def reconcile(
    *, provider: str, now: datetime, since: datetime | None = None, actor: User | None = None
) -> ReconciliationRun:
    """Compare what moved at `provider` since then with our books.

    By default LOOK_BACK before now, or before the last run that came to its end. The provider is
    asked outside any transaction. Without an answer, or with one that can't be read, the run ends
    with `error` and changes nothing else.
    """
    run = ReconciliationRun.objects.create(
        provider=provider,
        since=since or _looked_until(provider, now) - LOOK_BACK,
        until=now,
        started_by=actor,
        started_at=now,
    )
    try:
        _take_in(run, now)
    except ROW_FAILURES as error:
        # One movement that has no place in the books ends this run, not the other providers'.
        logger.exception("%s could not be reconciled", provider)
        ReconciliationRun.objects.filter(pk=run.pk).update(
            error=str(error)[:200] or type(error).__name__, finished_at=now
        )
        run.refresh_from_db()
        return run
    with transaction.atomic():
        ours, theirs = _our_side(), _their_side(run.provider)
        _only_of(run.provider, ours)
        subjects = _settled_subjects(run, ours, theirs, now)
        comparison = compare(subjects=subjects, ours=ours.sums, theirs=theirs.sums)
        _keep(run, comparison, now)
        _close_vanished(run, ours, theirs, now)
    return run


def _looked_until(provider: str, now: datetime) -> datetime:
    """Until when all was compared: what moved while nothing ran is looked at as well."""
    ended = ReconciliationRun.objects.filter(provider=provider, error="", finished_at__isnull=False)
    # One that was asked for a shorter time leaves a gap before it.
    whole = ended.filter(since__lte=F("until") - LOOK_BACK)
    last = whole.aggregate(until=Max("until"))["until"]
    return min(last, now) if last else now


def _take_in(run: ReconciliationRun, now: datetime) -> None:
    """Store every movement of the period, and book fees and exchange that are not yet."""
    for movement in charge_gateway(run.provider).movements(since=run.since, until=run.until):
        book_actuals(provider=run.provider, movement=movement, now=now)
    _name_subjects(run.provider)


def _name_subjects(provider: str) -> None:
    """Give movements that came without our id the row they are about, where we know it by now."""
    for row in BalanceTransaction.objects.filter(provider=provider, subject_ref=""):
        found = subject_ref(provider, row.source_ref)
        if found:
            BalanceTransaction.objects.filter(pk=row.pk).update(subject_ref=found)


def _settled_subjects(
    run: ReconciliationRun, ours: _Side, theirs: _Side, now: datetime
) -> list[str]:
    """What moved in the period, but not just now."""
    subjects = []
    for subject in ours.last.keys() | theirs.last.keys():
        moved = max(side.last[subject] for side in (ours, theirs) if subject in side.last)
        if run.since <= moved <= now - SETTLED_AFTER:
            subjects.append(subject)
    return subjects


# The row an entry is about is in its key; a correction and a provider's own booking name it as
# their reference. One statement, so that it sees the books at one moment.
_OUR_SUMS = """
SELECT CASE WHEN entry.kind IN ('CORRECTION', 'PROVIDER_BOOKED') THEN entry.reference
            ELSE split_part(entry.key, ':', 2) END AS subject,
       posting.currency, sum(-posting.amount), max(entry.created_at)
  FROM ledger_posting AS posting
  JOIN ledger_account AS account ON account.id = posting.account_id
  JOIN ledger_entry AS entry ON entry.id = posting.entry_id
 WHERE account.kind = 'PROVIDER_CLEARING'
 GROUP BY 1, 2
"""


def _our_side() -> _Side:
    side = _Side(defaultdict(dict), {})
    with connection.cursor() as cursor:
        cursor.execute(_OUR_SUMS)
        for subject, currency, amount, last in cursor.fetchall():
            side.add(subject, currency, int(amount), last)
    return side


def _their_side(provider: str) -> _Side:
    side = _Side(defaultdict(dict), {})
    rows = (
        BalanceTransaction.objects.filter(provider=provider)
        .values("subject_ref", "source_ref", "ref", "currency")
        .annotate(total=Sum("net"), last=Max("made_at"))
        .order_by()
    )
    for row in rows:
        subject = row["subject_ref"] or row["source_ref"] or row["ref"]
        side.add(subject, row["currency"], row["total"], row["last"])
    return side


def _only_of(provider: str, side: _Side) -> None:
    """Leave out what is another provider's; what is nobody's row stays, to be looked at."""
    others = _named_by_others(provider, side)
    ids = [subject for subject in side.last if _is_uuid(subject)]
    for model, field in (
        (Payment, "provider"),
        (Refund, "held__payment__provider"),
        (Payout, "provider"),
        (Reversal, "payout__provider"),
        (ProviderDispute, "provider"),
    ):
        rows = model.objects.filter(pk__in=ids).exclude(**{field: provider})
        others |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    for subject in others:
        side.last.pop(subject, None)
        side.sums.pop(subject, None)


def _named_by_others(provider: str, side: _Side) -> set[str]:
    """What no row of ours stands behind goes by the name that its own provider's statement gives."""
    names = [subject for subject in side.last if not _is_uuid(subject)]
    theirs = BalanceTransaction.objects.filter(Q(ref__in=names) | Q(source_ref__in=names))
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for owner, *refs in theirs.values_list("provider", "ref", "source_ref"):
        told[owner == provider].update(refs)
    return (told[False] - told[True]) & set(names)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _keep(run: ReconciliationRun, comparison: Comparison, now: datetime) -> None:
    for finding in comparison.findings:
        _keep_finding(run, finding)
    count = defaultdict(int, dict.fromkeys(DifferenceKind, 0))
    for finding in comparison.findings:
        count[finding.kind] += 1
    run.matched = comparison.matched
    run.missing = count[DifferenceKind.MISSING]
    run.extra = count[DifferenceKind.EXTRA]
    run.different = count[DifferenceKind.DIFFERENT]
    run.finished_at = now
    run.save(update_fields=["matched", "missing", "extra", "different", "finished_at"])
    if comparison.findings:
        logger.error(
            "%s: %d differences between provider and books", run.provider, len(comparison.findings)
        )


def _keep_finding(run: ReconciliationRun, finding: Finding) -> None:
    """One open row a subject and currency, however many runs find it."""
    theirs = (
        BalanceTransaction.objects.filter(provider=run.provider)
        .filter(subject_ref=finding.subject)
        .first()
        or BalanceTransaction.objects.filter(
            provider=run.provider, source_ref=finding.subject
        ).first()
    )
    what = {
        "kind": finding.kind.value,
        "our_amount": finding.ours,
        "provider_amount": finding.theirs,
        "last_run": run,
    }
    known = Difference.objects.filter(
        provider=run.provider,
        subject=finding.subject,
        currency=finding.currency,
        state=DifferenceState.OPEN,
    )
    if known.update(**what):
        return
    Difference.objects.create(
        run=run,
        provider=run.provider,
        subject=finding.subject,
        provider_ref=theirs.source_ref or theirs.ref if theirs else "",
        movement=theirs.kind if theirs else MovementKind.OTHER.value,
        currency=finding.currency,
        **what,
    )


def _close_vanished(run: ReconciliationRun, ours: _Side, theirs: _Side, now: datetime) -> None:
    """What the two sides agree on by now was only late."""
    for row in Difference.objects.filter(provider=run.provider, state=DifferenceState.OPEN):
        our_amount, their_amount = _amounts(row, ours, theirs)
        if our_amount == their_amount:
            row.state = DifferenceState.RESOLVED
            row.reason = "Both sides agree by now."
            row.last_run = run
            row.resolved_at = now
            row.save(update_fields=["state", "reason", "last_run", "resolved_at"])


def _amounts(row: Difference, ours: _Side, theirs: _Side) -> tuple[int, int]:
    """What the two sides say of a difference's subject and currency."""
    ours_of, theirs_of = (side.sums.get(row.subject, {}) for side in (ours, theirs))
    return ours_of.get(row.currency, 0), theirs_of.get(row.currency, 0)


def resolve_difference(
    *, difference: Difference, actor: User, reason: str, account: AccountKind, now: datetime
) -> Difference:
    """Put a difference right by an entry: clearing becomes what the provider says, against `account`.

    Raises CounterAccountError, TransitionError when it is resolved already, or when either side has
    changed since it was found: the next run says what differs then.
    """
    if account not in COUNTER_ACCOUNTS:
        raise CounterAccountError(account)
    with transaction.atomic():
        row = Difference.objects.select_for_update().get(pk=difference.pk)
        DIFFERENCE.check(DifferenceState(row.state), DifferenceState.RESOLVED)
        found = (row.our_amount or 0, row.provider_amount or 0)
        sides = (_our_side(), _their_side(row.provider))
        if found != _amounts(row, *sides):
            raise TransitionError("the two sides have changed since it was found")
        gap = Money(found[1] - found[0], row.currency)
        row.entry = _correct(row, gap, account, reason)
        row.state = DifferenceState.RESOLVED
        row.reason = reason
        row.resolved_by = actor
        row.resolved_at = now
        row.save()
        record_action(
            actor=actor,
            action="resolve_difference",
            target=row,
            reason=reason,
            before={"our_amount": row.our_amount},
            after={"our_amount": row.provider_amount, "account": account.value},
            now=now,
        )
    return row


def _correct(row: Difference, gap: Money, account: AccountKind, reason: str) -> Entry:
    try:
        return post_entry(
            key=f"difference:{row.pk}",
            kind=EntryKind.CORRECTION,
            reference=row.subject[:64],
            memo=reason[:200],
            legs=[
                Leg(AccountKind.PROVIDER_CLEARING, -gap, row.subject[:64]),
                # Of its own: a loss that a bank decided is told by its dispute.
                Leg(account, gap, f"difference:{row.pk}"),
            ],
        )
    except IntegrityError as error:
        raise TransitionError("the books refuse it") from error
