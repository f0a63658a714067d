"""What moderators say about rates: one enters, another one approves; and the spread of a pair."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import currency_of
from common.states import TransitionError
from payments.models import RateProposal, SpreadRule
from payments.rules.rates import BASE
from payments.rules.spreads import ANY
from payments.selectors.rates import forget_rates
from payments.services.rates import set_manual_rate
from payments.states import ProposalState

MOST_SPREAD_BP = 2000


class SameModeratorError(TransitionError):
    """Nobody approves the rate that they entered."""


class SpreadError(ValueError):
    """The rule makes no sense: one currency, the past, or more than a fifth."""


@transaction.atomic
def propose_rate(
    *, currency: str, rate: Decimal, as_of: date, actor: User, reason: str, now: datetime
) -> RateProposal:
    """Enter units of `currency` for one euro, for another moderator to approve.

    Raises UnknownCurrencyError; ValueError unless the rate is positive, the day is not yet to come
    and there is a reason.
    """
    currency_of(currency)
    if rate <= 0 or currency == BASE:
        raise ValueError("a rate is a positive number of units for one euro")
    if as_of > now.date():
        raise ValueError("nobody knows tomorrow's rate")
    if not reason.strip():
        raise ValueError("a rate needs a reason")
    proposal = RateProposal.objects.create(
        currency=currency,
        rate=rate,
        as_of=as_of,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=now,
    )
    record_action(
        actor=actor,
        action="propose_rate",
        target=proposal,
        reason=reason.strip(),
        after={"currency": currency, "rate": str(rate), "as_of": as_of.isoformat()},
        now=now,
    )
    return proposal


def approve_proposal(
    *, proposal: RateProposal, actor: User, reason: str, now: datetime
) -> RateProposal:
    """Let a proposed rate be used. Raises SameModeratorError, TransitionError when it is decided."""
    if proposal.proposed_by_id == actor.pk:
        raise SameModeratorError("somebody else has to approve it")
    with transaction.atomic():
        decided = _decide(proposal, ProposalState.APPROVED, actor, reason, now)
        set_manual_rate(currency=decided.currency, rate=decided.rate, as_of=decided.as_of, now=now)
    forget_rates()
    return decided


def reject_proposal(
    *, proposal: RateProposal, actor: User, reason: str, now: datetime
) -> RateProposal:
    """Never use a proposed rate; its author may take it back so. Raises TransitionError."""
    with transaction.atomic():
        return _decide(proposal, ProposalState.REJECTED, actor, reason, now)


def _decide(
    proposal: RateProposal, state: ProposalState, actor: User, reason: str, now: datetime
) -> RateProposal:
    moved = RateProposal.objects.filter(pk=proposal.pk, state=ProposalState.PENDING).update(
        state=state, decided_by=actor, decided_at=now, decision_reason=reason.strip()
    )
    if not moved:
        raise TransitionError("the rate has been decided about")
    proposal.refresh_from_db()
    record_action(
        actor=actor,
        action="approve_proposal" if state == ProposalState.APPROVED else "reject_proposal",
        target=proposal,
        reason=reason.strip(),
        before={"state": ProposalState.PENDING.value},
        after={"state": state.value},
        now=now,
    )
    return proposal


def set_spread(
    *,
    from_currency: str,
    to_currency: str,
    basis_points: int,
    valid_from: date,
    actor: User,
    reason: str,
    now: datetime,
) -> SpreadRule:
    """What is added to mid from a seller's currency into a buyer's; ANY stands for every one.

    The pair's earlier rule ends when this one begins; one that had not begun is never in force.
    Quotes that were made keep theirs. Raises UnknownCurrencyError, SpreadError.
    """
    for code in (from_currency, to_currency):
        if code != ANY:
            currency_of(code)
    if from_currency == to_currency != ANY:
        raise SpreadError("within one currency nothing is added")
    if not 0 <= basis_points <= MOST_SPREAD_BP:
        raise SpreadError("a spread is between nothing and a fifth")
    if valid_from < now.date():
        raise SpreadError("what was added in the past stays as it was")
    if not reason.strip():
        raise SpreadError("a spread needs a reason")
    with transaction.atomic():
        pair = SpreadRule.objects.select_for_update().filter(
            from_currency=from_currency, to_currency=to_currency, valid_to__isnull=True
        )
        for earlier in pair:
            _end(earlier, valid_from)
        rule = SpreadRule.objects.create(
            from_currency=from_currency,
            to_currency=to_currency,
            basis_points=basis_points,
            valid_from=valid_from,
            reason=reason.strip(),
            set_by=actor,
            created_at=now,
        )
        record_action(
            actor=actor,
            action="set_spread",
            target=rule,
            reason=reason.strip(),
            after={"basis_points": basis_points, "valid_from": valid_from.isoformat()},
            now=now,
        )
    forget_rates()
    return rule


def end_spread(*, rule: SpreadRule, actor: User, reason: str, now: datetime) -> SpreadRule:
    """From today on a rule is not in force any more. Raises TransitionError when it had ended."""
    with transaction.atomic():
        locked = SpreadRule.objects.select_for_update().get(pk=rule.pk)
        if locked.valid_to is not None:
            raise TransitionError("the rule has ended")
        _end(locked, now.date())
        record_action(
            actor=actor,
            action="end_spread",
            target=locked,
            reason=reason.strip(),
            after={"valid_to": str(locked.valid_to)},
            now=now,
        )
    forget_rates()
    return locked


def _end(rule: SpreadRule, on: date) -> None:
    rule.valid_to = max(on, rule.valid_from)
    rule.save(update_fields=["valid_to"])
