"""A market with a history of orders, made quickly for `python -m bench money`.

    history {"payees": …, "history": …, "fresh": …}    from an empty database
    history {"fresh": …}                               more released orders that nobody settled yet

Bulk inserts past the triggers, by the schema's owner; check_books proves afterwards that the rows
are as the services would have left them. Says as JSON what is there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from psycopg2.extras import execute_values

from payments.models import HeldPayment, Payee, Payment, Payout, Quote
from payments.services import create_payee
from payments.states import (
    MAY_GO_NEGATIVE,
    AccountKind,
    EntryKind,
    HeldState,
    PaymentState,
    TransferState,
)

CURRENCIES: Final = ("EUR", "GBP", "GHS", "VND", "JPY", "HUF")
BATCH = 5_000
T = TypeVar("T")
# Entry, its kind, account, currency, reference, amount.
Row = tuple[str, str, str, str, str, int]


def main(arguments: Sequence[str]) -> None:
    wanted = json.loads(arguments[0])
    now = timezone.now()
    for number in range(wanted.get("payees", 0)):
        currency = CURRENCIES[number % len(CURRENCIES)]
        create_payee(name=f"Seller {number}", country="IT", currency=currency, now=now)
    released_orders(wanted.get("history", 0), now=now - timedelta(days=30), is_paid_out=True)
    released_orders(wanted.get("fresh", 0), now=now, is_paid_out=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_posting), (SELECT count(*) FROM ledger_account)"
        )
        postings, accounts = cursor.fetchone() or (0, 0)
    print(json.dumps({"postings": postings, "accounts": accounts}))


def pieces(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while some := list(islice(rest, BATCH)):
        yield some


def released_orders(count: int, *, now: datetime, is_paid_out: bool) -> None:
    """Buyers pay in euros; each order is captured and released. `count` orders, evenly by payee."""
    if not count:
        return
    payees = list(Payee.objects.order_by("name"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        quotes = [_quote(currency, now) for currency in CURRENCIES]
        Quote.objects.bulk_create(quotes)
        by_currency = {quote.from_currency: quote for quote in quotes}
        cursor.execute(
            "CREATE TEMP TABLE legs (entry text, kind text, account text, currency text,"
            " reference text, amount bigint) ON COMMIT DROP"
        )
        for payees_of in pieces(islice(cycle(payees), count)):
            pairs = [_order(payee, by_currency[payee.currency], now) for payee in payees_of]
            Payment.objects.bulk_create(payment for payment, _ in pairs)
            HeldPayment.objects.bulk_create(held for _, held in pairs)
            _copy_legs(cursor, (leg for _, held in pairs for leg in _legs_of(held)))
        if is_paid_out:
            payouts = [_old_payout(payee, now) for payee in payees]
            _copy_legs(cursor, _payout_legs(cursor, payouts))
        _post_legs(cursor)
        if is_paid_out:
            _explain(cursor, payouts)


def _quote(currency: str, now: datetime) -> Quote:
    return Quote(
        from_currency=currency,
        to_currency="EUR",
        mid=1,
        spread_bp=150,
        rate="1.015",
        source="bench",
        as_of=now.date(),
        created_at=now,
        expires_at=now,
    )


def _order(payee: Payee, quote: Quote, now: datetime) -> tuple[Payment, HeldPayment]:
    """Worth 10 to 60 euros; the euro counts as one unit of each currency."""
    key = uuid.uuid4()
    worth = 1_000 + key.int % 5_000
    spread = 0 if payee.currency == "EUR" else worth // 50
    tax = worth // 5
    payment = Payment(
        purchase_ref=uuid.uuid4(),
        provider="sandbox",
        currency="EUR",
        amount=worth + spread + tax,
        state=PaymentState.PAID,
        email="buyer@bench.example",
        session_ref=f"ses_{key.hex}",
        charge_ref=f"ch_{key.hex}",
        created_at=now,
        expires_at=now,
        paid_at=now,
    )
    return payment, HeldPayment(
        payment=payment,
        order_ref=key,
        payee=payee,
        quote=quote,
        destination=("FR", "DE", "IT", "ES")[key.int % 4],
        seller_currency=payee.currency,
        seller_amount=worth,
        commission_amount=worth * 6 // 100,
        currency="EUR",
        buyer_amount=payment.amount,
        mid_amount=worth,
        spread_amount=spread,
        tax_amount=tax,
        duty_amount=0,
        fees_amount=0,
        state=HeldState.RELEASED,
        booked_at=now,
        released_at=now,
    )


def _legs_of(held: HeldPayment) -> Iterator[Row]:
    """Entry, its kind, account, currency, reference, amount: the capture and the release."""
    order, own, shard = str(held.order_ref), held.seller_currency, str(held.order_ref.int % 8)
    capture = (f"capture:{held.payment_id}", EntryKind.CAPTURE)
    yield *capture, AccountKind.PROVIDER_CLEARING, "EUR", shard, -held.buyer_amount
    yield *capture, AccountKind.TAX_PAYABLE, "EUR", held.destination, held.tax_amount
    yield *capture, AccountKind.HELD, own, order, held.seller_amount
    if own != "EUR":
        yield *capture, AccountKind.FX_SPREAD, "EUR", shard, held.spread_amount
        yield *capture, AccountKind.FX_POSITION, "EUR", shard, held.mid_amount
        yield *capture, AccountKind.FX_POSITION, own, shard, -held.seller_amount
    release = (f"release:{order}", EntryKind.RELEASE)
    net = held.seller_amount - held.commission_amount
    yield *release, AccountKind.HELD, own, order, -held.seller_amount
    yield *release, AccountKind.COMMISSION, own, shard, held.commission_amount
    yield *release, AccountKind.SELLER_PAYABLE, own, str(held.payee_id), net


def _copy_legs(cursor: Any, rows: Iterator[Row]) -> None:
    for some in pieces(rows):
        execute_values(cursor, "INSERT INTO legs VALUES %s", some, page_size=len(some))


def _post_legs(cursor: Any) -> None:
    """Accounts, entries, postings and balances of what is in the table `legs`."""
    names = [kind.value for kind in MAY_GO_NEGATIVE]
    cursor.execute(
        "INSERT INTO ledger_account (kind, currency, reference, may_go_negative)"
        " SELECT DISTINCT account, currency, reference, account = ANY(%s) FROM legs"
        " ON CONFLICT DO NOTHING",
        [names],
    )
    cursor.execute(
        "INSERT INTO ledger_entry (key, kind, reference, memo, created_at)"
        " SELECT DISTINCT entry, kind, split_part(entry, ':', 2), '', now() FROM legs"
    )
    cursor.execute(
        "INSERT INTO ledger_posting (account_id, entry_id, currency, amount)"
        " SELECT a.id, e.id, l.currency, l.amount FROM legs l"
        " JOIN ledger_account a ON (a.kind, a.currency, a.reference)"
        " = (l.account, l.currency, l.reference)"
        " JOIN ledger_entry e ON e.key = l.entry ORDER BY e.id"
    )
    cursor.execute(
        "INSERT INTO ledger_balance (account_id, currency, credits, debits, floor_zero)"
        " SELECT a.id, a.currency, sum(greatest(p.amount, 0)), sum(greatest(-p.amount, 0)),"
        " NOT a.may_go_negative FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id"
        " WHERE (a.kind, a.currency, a.reference) IN (SELECT account, currency, reference FROM legs)"
        " GROUP BY a.id ON CONFLICT (account_id)"
        " DO UPDATE SET credits = excluded.credits, debits = excluded.debits"
    )


def _old_payout(payee: Payee, now: datetime) -> Payout:
    return Payout(
        payee=payee,
        number=f"P-{payee.pk.hex[:10]}",
        period="before",
        provider="sandbox",
        currency=payee.currency,
        transfer=TransferState.DONE,
        state="DONE",
        created_at=now,
        done_at=now,
        paid_at=now,
    )


def _payout_legs(cursor: Any, payouts: Sequence[Payout]) -> Iterator[Row]:
    """Each payee's old payout takes all that its old orders brought; sets the amounts."""
    cursor.execute(
        "SELECT reference, sum(amount) FROM legs WHERE account = 'SELLER_PAYABLE' GROUP BY 1"
    )
    owed = {reference: int(amount) for reference, amount in cursor.fetchall()}
    for payout in payouts:
        payout.amount = owed[str(payout.payee_id)]
        sent, paid = f"payout:{payout.pk}", f"payout_paid:{payout.pk}"
        payee, currency = str(payout.payee_id), payout.currency
        transit = (AccountKind.PAYOUT_IN_TRANSIT, currency, str(payout.pk))
        yield sent, EntryKind.PAYOUT, AccountKind.SELLER_PAYABLE, currency, payee, -payout.amount
        yield sent, EntryKind.PAYOUT, *transit, payout.amount
        yield paid, EntryKind.PAYOUT_PAID, *transit, -payout.amount
        clearing = (AccountKind.PROVIDER_CLEARING, currency, str(payout.pk.int % 8))
        yield paid, EntryKind.PAYOUT_PAID, *clearing, payout.amount


def _explain(cursor: Any, payouts: Sequence[Payout]) -> None:
    Payout.objects.bulk_create(payouts)
    cursor.execute(
        "INSERT INTO payments_payoutline (payout_id, posting_id)"
        " SELECT o.id, p.id FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        " JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'SELLER_PAYABLE'"
        " JOIN payments_payout o ON o.payee_id::text = a.reference AND o.period = 'before'"
        " WHERE e.kind = 'RELEASE'"
    )
