"""A payee's account, told line by line: the postings of the ledger are the statement."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
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
    EntryKind.CHARGEBACK_LOST: _("Taken back by the buyer's bank"),
    EntryKind.CHARGEBACK_UNDONE: _("Given back: the buyer's bank has decided otherwise"),
    EntryKind.DISPUTE_HELD: _("Blocked while the buyer's bank decides"),
    EntryKind.DISPUTE_FREED: _("Free again: the bank has decided for you"),
    EntryKind.RESERVE_RELEASED: _("Reserve paid back to you"),
    EntryKind.REVERSAL: _("Taken back from your account at the provider"),
    EntryKind.REVERSAL_FAILED: _("Could not be taken back from your account"),
    EntryKind.CORRECTION: _("Correction"),
}
_ABOUT_AN_ORDER = {
    EntryKind.RELEASE,
    EntryKind.REFUND,
    EntryKind.CHARGEBACK_LOST,
    EntryKind.CHARGEBACK_UNDONE,
    EntryKind.DISPUTE_HELD,
    EntryKind.DISPUTE_FREED,
    EntryKind.RESERVE_RELEASED,
}
# Debts move and nothing was sold: what was taken is the line itself, not a sale of that size.
ABOUT_A_DEBT = {EntryKind.NETTING, EntryKind.REVERSAL, EntryKind.REVERSAL_FAILED}
# Where an entry touches several of these, the first tells its line; the others are its columns.
_ON_STATEMENT = (
    AccountKind.SELLER_PAYABLE,
    AccountKind.SELLER_RECEIVABLE,
    AccountKind.RESERVE,
)
_EXPLAINING = (
    AccountKind.COMMISSION,
    AccountKind.FEE_TAX_PAYABLE,
    AccountKind.PROVIDER_FEES,
    AccountKind.RESERVE,
    AccountKind.DISPUTE_HOLD,
    AccountKind.SELLER_RECEIVABLE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """At what rate the buyer paid, for the seller's eyes: it got its own price, whatever the rate.

    rate: units of the buyer's `currency` for one of the seller's.
    """

    currency: str
    rate: Decimal
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one entry did to a payee's account, in its currency:
    gross - refunded - fee - fee_tax - provider_fee - reserve - blocked - owed = net.

    gross: the seller's price, negative when it goes back; refunded: what of a sale had gone back to
    the buyer before it was released; fee, fee_tax: ours and the tax on it, negative when given
    back; provider_fee: what of the card provider's fee the seller bears; reserve: kept for a while
    (negative when it pays a refund, or is paid back); blocked: while a dispute is open; owed: the
    part of a refund that the balance lacked, taken from a later payout (negative).
    at: for a sale the day of its release. order_ref: set where the line is about one order.
    payout: whose sum it is part of, None until then. exchange: where the buyer paid another
    currency. destination: where the order went, empty where the line is about none.
    """

    posting_id: int
    kind: EntryKind
    at: datetime
    order_ref: uuid.UUID | None
    gross: Money
    refunded: Money
    fee: Money
    fee_tax: Money
    provider_fee: Money
    reserve: Money
    blocked: Money
    owed: Money
    net: Money
    memo: str
    exchange: Exchange | None
    destination: str
    payout_id: uuid.UUID | None
    payout_number: str

    @property
    def name(self) -> str | Promise:
        return LINE_NAMES.get(self.kind, self.kind.value)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An order whose money is still held: what the seller will get of it, before any reserve."""

    order_ref: uuid.UUID
    gross: Money
    fee: Money
    fee_tax: Money
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
    postings = _account_of(payee)
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


def lines_between(*, payee_id: uuid.UUID, since: datetime, until: datetime) -> list[StatementLine]:
    """A payee's lines of [since, until), oldest first. Raises Payee.DoesNotExist."""
    payee = Payee.objects.get(pk=payee_id)
    postings = _account_of(payee).filter(entry__created_at__gte=since, entry__created_at__lt=until)
    return _lines(postings.order_by("pk"))


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
        fee = Money(row.commission_amount - row.refunded_commission_amount, row.seller_currency)
        tax = Money(row.fee_tax_amount - row.refunded_fee_tax_amount, row.seller_currency)
        since = row.booked_at
        if since is not None:
            net = gross - fee - tax
            lines.append(HeldLine(row.order_ref, gross, fee, tax, net, since, row.frozen))
    return lines


def _postings(payee_id: uuid.UUID, currency: str, *kinds: AccountKind) -> QuerySet[Posting]:
    return _told(
        Posting.objects.filter(
            account__kind__in=kinds,
            account__currency=currency,
            account__reference=str(payee_id),
        )
    )


def _account_of(payee: Payee) -> QuerySet[Posting]:
    """Everything that happened to a payee's money once it was released, but for its leaving.

    What a dispute has blocked is kept by order.
    """
    disputed = HeldPayment.objects.filter(payee=payee, dispute_shares__isnull=False)
    in_orders = disputed.annotate(text=Cast("order_ref", CharField())).values("text")
    postings = Posting.objects.filter(
        Q(account__kind__in=_ON_STATEMENT, account__reference=str(payee.pk))
        | Q(account__kind=AccountKind.DISPUTE_HOLD, account__reference__in=in_orders),
        account__currency=payee.currency,
    )
    return _told(postings.exclude(entry__kind=EntryKind.PAYOUT))


def _told(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    return postings.select_related("account", "entry", "payout_line__payout")


def _lines(postings: Iterable[Posting]) -> list[StatementLine]:
    """One line an entry; a payout's carry, which has two legs on the balance, has two."""
    rows = list(postings)
    first: dict[int, int] = {}
    for row in rows:
        rank = _rank(row)
        first[row.entry_id] = min(first.get(row.entry_id, rank), rank)
    rows = [row for row in rows if _rank(row) == first[row.entry_id]]
    beside = _legs_beside([row.entry_id for row in rows])
    orders = _orders([row.entry.reference for row in rows if row.entry.kind in _ABOUT_AN_ORDER])
    return [_line(row, beside[row.entry_id], orders) for row in rows]


def _rank(posting: Posting) -> int:
    kind = AccountKind(posting.account.kind)
    return _ON_STATEMENT.index(kind) if kind in _ON_STATEMENT else len(_ON_STATEMENT)


@dataclass(frozen=True, slots=True)
class _Order:
    """What a line says of the order it is about. sold: before anything of it went back."""

    sold: int
    destination: str
    exchange: Exchange | None


def _orders(order_refs: list[str]) -> dict[str, _Order]:
    rows = HeldPayment.objects.filter(order_ref__in=set(order_refs)).select_related("quote")
    return {
        str(row.order_ref): _Order(row.seller_amount, row.destination, _exchange(row))
        for row in rows
    }


def _exchange(held: HeldPayment) -> Exchange | None:
    if held.currency == held.seller_currency:
        return None
    quote = held.quote
    return Exchange(held.currency, quote.rate, quote.source, quote.as_of)


def _legs_beside(entry_ids: list[int]) -> dict[int, dict[str, int]]:
    """What the same entries did to the fee and to the seller's debt."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    legs = Posting.objects.filter(entry_id__in=entry_ids, account__kind__in=_EXPLAINING)
    for entry_id, kind, amount in legs.values_list("entry_id", "account__kind", "amount"):
        found[entry_id][kind] = found[entry_id].get(kind, 0) + amount
    return found


def _line(
    posting: Posting, beside: Mapping[str, int], orders: Mapping[str, _Order]
) -> StatementLine:
    kind = EntryKind(posting.entry.kind)

    def leg(account: AccountKind) -> Money:
        return Money(beside.get(account, 0), posting.currency)

    order = orders.get(posting.entry.reference) if kind in _ABOUT_AN_ORDER else None
    is_on_balance = posting.account.kind == AccountKind.SELLER_PAYABLE
    net = Money(posting.amount if is_on_balance else 0, posting.currency)
    fee, fee_tax = leg(AccountKind.COMMISSION), leg(AccountKind.FEE_TAX_PAYABLE)
    provider_fee = leg(AccountKind.PROVIDER_FEES)
    reserve, blocked = leg(AccountKind.RESERVE), leg(AccountKind.DISPUTE_HOLD)
    owed = leg(AccountKind.SELLER_RECEIVABLE)
    if kind in ABOUT_A_DEBT:
        owed = Money(0, posting.currency)
    kept = net + fee + fee_tax + provider_fee + reserve + blocked + owed
    gross = kept
    if kind == EntryKind.RELEASE and order is not None:
        gross = Money(order.sold, posting.currency)
    line = getattr(posting, "payout_line", None)
    return StatementLine(
        posting_id=posting.pk,
        kind=kind,
        at=posting.entry.created_at,
        order_ref=uuid.UUID(posting.entry.reference) if order is not None else None,
        gross=gross,
        refunded=gross - kept,
        fee=fee,
        fee_tax=fee_tax,
        provider_fee=provider_fee,
        reserve=reserve,
        blocked=blocked,
        owed=owed,
        net=net,
        memo=posting.entry.memo,
        exchange=order.exchange if order is not None else None,
        destination=order.destination if order is not None else "",
        payout_id=line.payout_id if line else None,
        payout_number=line.payout.number if line else "",
    )
