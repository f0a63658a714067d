"""A seller's money: the payee's statement of payments, with the orders that it is about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from common.money import Money
from orders.models import Order
from payments.models import Payout
from payments.selectors.statements import (
    HeldLine,
    PayoutDetail,
    Statement,
    StatementLine,
    payee_statement,
    payout_detail,
)
from payments.states import TransferState
from sellers.models import Business


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of the account with the number of the order it is about, if it is about one."""

    line: StatementLine
    order_number: str


@dataclass(frozen=True, slots=True)
class ExplainedHeld:
    """Money still held, and for which order."""

    line: HeldLine
    order_number: str


@dataclass(frozen=True, slots=True)
class Account:
    """What the seller's payout page shows. owed: taken from later payouts; mostly zero."""

    statement: Statement
    held: tuple[ExplainedHeld, ...]
    lines: tuple[ExplainedLine, ...]

    @property
    def payouts(self) -> list[Payout]:
        return self.statement.payouts


@dataclass(frozen=True, slots=True)
class ExplainedPayout:
    """One payout, its lines and their sum."""

    detail: PayoutDetail
    lines: tuple[ExplainedLine, ...]

    @property
    def is_paid(self) -> bool:
        return self.detail.payout.transfer == TransferState.DONE

    @property
    def is_returned(self) -> bool:
        return self.detail.payout.transfer == TransferState.FAILED


@dataclass(frozen=True, slots=True)
class MoneyView:
    """Where a business's money is today."""

    held: Money
    payable: Money
    in_transit: Money
    owed: Money
    payouts_held: bool


def money_of_business(*, business: Business) -> MoneyView:
    """Held, ready, travelling and owed, in the business's currency."""
    statement = payee_statement(payee_id=business.payee_id)
    return MoneyView(
        held=statement.held,
        payable=statement.payable,
        in_transit=statement.in_transit,
        owed=statement.owed,
        payouts_held=statement.payee.payouts_held,
    )


def account_of_business(*, business: Business) -> Account:
    """The whole account: what is held for which order, what came and went, and each payout."""
    statement = payee_statement(payee_id=business.payee_id)
    numbers = _order_numbers(
        business, [*(line.order_ref for line in statement.held_lines), *_refs(statement.lines)]
    )
    return Account(
        statement=statement,
        held=tuple(
            ExplainedHeld(line, numbers.get(line.order_ref, "")) for line in statement.held_lines
        ),
        lines=_explain(statement.lines, numbers),
    )


def payout_of_business(*, business: Business, number: str) -> ExplainedPayout | None:
    """One of the business's payouts by its number; None for anybody else's."""
    payout = Payout.objects.filter(payee_id=business.payee_id, number=number).first()
    if payout is None:
        return None
    detail = payout_detail(payout_id=payout.pk, payee_id=business.payee_id)
    numbers = _order_numbers(business, _refs(detail.lines))
    return ExplainedPayout(detail=detail, lines=_explain(detail.lines, numbers))


def _refs(lines: Iterable[StatementLine]) -> list[uuid.UUID]:
    return [line.order_ref for line in lines if line.order_ref is not None]


def _order_numbers(business: Business, refs: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = Order.objects.filter(business=business, pk__in=set(refs))
    return dict(rows.values_list("pk", "number"))


def _explain(
    lines: Iterable[StatementLine], numbers: dict[uuid.UUID, str]
) -> tuple[ExplainedLine, ...]:
    return tuple(
        ExplainedLine(line, numbers.get(line.order_ref, "") if line.order_ref else "")
        for line in lines
    )
