"""A payee's account, told line by line: the postings of the ledger are the statement."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.money import Money
from payments.models import Balance, HeldPayment, Payee, Payout, Posting
from payments.states import AccountKind, EntryKind, HeldState, TransferState

LINES_SHOWN = 500
LINE_NAMES: Mapping[EntryKind, str | Promise] = {
    EntryKind.RELEASE: _("Sale"),
    EntryKind.REFUND: _("Refund to the buyer"),
    EntryKind.NETTING: _("Taken for an earlier refund"),
    EntryKind.CARRY: _("Carried over between payouts"),
    EntryKind.PAYOUT: _("Payout"),
    EntryKind.PAYOUT_FAILED: _("Payout that came back"),
    EntryKind.CORRECTION: _("Correction"),
}
_ABOUT_AN_ORDER = {EntryKind.RELEASE, EntryKind.REFUND}
_ON_STATEMENT = (AccountKind.SELLER_PAYABLE, AccountKind.SELLER_RECEIVABLE)
_EXPLAINING = (AccountKind.COMMISSION, AccountKind.SELLER_RECEIVABLE)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one entry did to a payee's account: gross - refunded - fee - owed = net, in its currency.

    gross: the seller's price, negative when it goes back; refunded: what of a sale had gone back to
    the buyer before it was released; fee: ours, negative when given back;
    owed: the part of a refund that the balance lacked, taken from a later payout (negative).
    order_ref: set for sales and refunds. payout: whose sum it is part of, None until then.
    """

    posting_id: int
    kind: EntryKind
    at: datetime
    order_ref: uuid.UUID | None
    gross: Money
    refunded: Money
    fee: Money
    owed: Money
    net: Money
    memo: str
    payout_id: uuid.UUID | None
    payout_number: str

    @property
    def name(self) -> str | Promise:
        return LINE_NAMES.get(self.kind, self.kind.value)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An order whose money is still held: what the seller will get of it."""

    order_ref: uuid.UUID
    gross: Money
    fee: Money
    net: Money
    since: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a payee's money is. held: net of fees; owed: what later payouts will lack."""

    payee: Payee
    held: Money
    payable: Money
    in_transit: Money
    owed: Money
    held_lines: list[HeldLine]
    lines: list[StatementLine]
    payouts: list[Payout]


@dataclass(frozen=True, slots=True)
class PayoutDetail:
    """A payout and the lines that add up to it, oldest first."""

    payout: Payout
    amount: Money
    lines: list[StatementLine]


def payee_statement(*, payee_id: uuid.UUID) -> Statement:
    """A payee's account, newest line first (at most LINES_SHOWN). Raises Payee.DoesNotExist."""
    payee = Payee.objects.get(pk=payee_id)
    held_lines = _held_lines(payee)
    payouts = list(payee.payouts.order_by("-created_at", "pk"))
    postings = _postings(payee.pk, payee.currency, *_ON_STATEMENT)
    postings = postings.exclude(entry__kind=EntryKind.PAYOUT)
    balances = _balances(payee)
    on_its_way = {TransferState.PENDING, TransferState.UNKNOWN, TransferState.SUBMITTED}
    travelling = [payout.amount for payout in payouts if payout.transfer in on_its_way]
    return Statement(
        payee=payee,
        held=Money.sum((line.net for line in held_lines), payee.currency),
        payable=balances[AccountKind.SELLER_PAYABLE],
        in_transit=Money(sum(travelling), payee.currency),
        owed=-balances[AccountKind.SELLER_RECEIVABLE],
        held_lines=held_lines,
        lines=_lines(postings.order_by("-pk")[:LINES_SHOWN]),
        payouts=payouts,
    )


def payout_detail(*, payout_id: uuid.UUID, payee_id: uuid.UUID) -> PayoutDetail:
    """One of a payee's payouts, explained. Raises Payout.DoesNotExist, also for a stranger's."""
    payout = Payout.objects.select_related("payee").get(pk=payout_id, payee_id=payee_id)
    postings = _postings(payout.payee_id, payout.currency, AccountKind.SELLER_PAYABLE)
    postings = postings.filter(payout_line__payout=payout)
    return PayoutDetail(
        payout, Money(payout.amount, payout.currency), _lines(postings.order_by("pk"))
    )


def _balances(payee: Payee) -> dict[AccountKind, Money]:
    kinds = (AccountKind.SELLER_PAYABLE, AccountKind.SELLER_RECEIVABLE)
    rows = Balance.objects.filter(
        account__kind__in=kinds,
        account__currency=payee.currency,
        account__reference=str(payee.pk),
    ).values_list("account__kind", "credits", "debits")
    found = {AccountKind(kind): credits - debits for kind, credits, debits in rows}
    return {kind: Money(found.get(kind, 0), payee.currency) for kind in kinds}


def _held_lines(payee: Payee) -> list[HeldLine]:
    rows = HeldPayment.objects.filter(
        payee=payee, state=HeldState.HELD, booked_at__isnull=False
    ).order_by("booked_at", "pk")
    lines = []
    for row in rows:
        gross = Money(row.seller_amount - row.refunded_seller_amount, row.seller_currency)
        commission = row.commission_amount - row.refunded_commission_amount
        fee_tax = row.fee_tax_amount - row.refunded_fee_tax_amount
        fee = Money(commission + fee_tax, row.seller_currency)
        since = row.booked_at
        if since is not None:
            lines.append(HeldLine(row.order_ref, gross, fee, gross - fee, since, row.frozen))
    return lines


def _postings(payee_id: uuid.UUID, currency: str, *kinds: AccountKind) -> QuerySet[Posting]:
    return Posting.objects.filter(
        account__kind__in=kinds,
        account__currency=currency,
        account__reference=str(payee_id),
    ).select_related("account", "entry", "payout_line__payout")


def _lines(postings: Iterable[Posting]) -> list[StatementLine]:
    """A refund of which the balance covered nothing has only a leg on the debt: a line all the same.

    Of any other entry the leg on the debt is told by the line of the leg on the balance.
    """
    rows = list(postings)
    on_balance = {row.entry_id for row in rows if row.account.kind == AccountKind.SELLER_PAYABLE}
    rows = [
        row
        for row in rows
        if row.account.kind == AccountKind.SELLER_PAYABLE or row.entry_id not in on_balance
    ]
    beside = _legs_beside([row.entry_id for row in rows])
    sold = _sold([row.entry.reference for row in rows if row.entry.kind == EntryKind.RELEASE])
    return [_line(row, beside[row.entry_id], sold) for row in rows]


def _sold(order_refs: list[str]) -> dict[str, int]:
    """What each order was sold for, before anything of it went back."""
    rows = HeldPayment.objects.filter(order_ref__in=order_refs)
    return {str(ref): amount for ref, amount in rows.values_list("order_ref", "seller_amount")}


def _legs_beside(entry_ids: list[int]) -> dict[int, dict[str, int]]:
    """What the same entries did to the fee and to the seller's debt."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    legs = Posting.objects.filter(entry_id__in=entry_ids, account__kind__in=_EXPLAINING)
    for entry_id, kind, amount in legs.values_list("entry_id", "account__kind", "amount"):
        found[entry_id][kind] = found[entry_id].get(kind, 0) + amount
    return found


def _line(posting: Posting, beside: Mapping[str, int], sold: Mapping[str, int]) -> StatementLine:
    kind = EntryKind(posting.entry.kind)
    about_order = kind in _ABOUT_AN_ORDER
    fee = Money(beside.get(AccountKind.COMMISSION, 0), posting.currency)
    owed = Money(0, posting.currency)
    if about_order:
        owed = Money(beside.get(AccountKind.SELLER_RECEIVABLE, 0), posting.currency)
    is_on_balance = posting.account.kind == AccountKind.SELLER_PAYABLE
    net = Money(posting.amount if is_on_balance else 0, posting.currency)
    kept = net + fee + owed
    is_sale = kind == EntryKind.RELEASE
    gross = Money(sold[posting.entry.reference], posting.currency) if is_sale else kept
    line = getattr(posting, "payout_line", None)
    return StatementLine(
        posting_id=posting.pk,
        kind=kind,
        at=posting.entry.created_at,
        order_ref=uuid.UUID(posting.entry.reference) if about_order else None,
        gross=gross,
        refunded=gross - kept,
        fee=fee,
        owed=owed,
        net=net,
        memo=posting.entry.memo,
        payout_id=line.payout_id if line else None,
        payout_number=line.payout.number if line else "",
    )
