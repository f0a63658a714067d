"""Bank files: what waits goes into one, and what the bank answers goes back into the books."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from payments.gateways.bank_answers import Answer, AnswerError, AnswerLine, Verdict, read_answer
from payments.gateways.base import TransferFacts, TransferStatus
from payments.gateways.pain001 import Debtor, PaymentOrder, Transfer, write_order
from payments.models import BankAccount, BankAnswer, BankFile, BankFileLine, Payee
from payments.rules.bank_accounts import AccountError, read_account
from payments.services.bank_accounts import open_bank_account, seal_file
from payments.services.inbox import note_transfer
from payments.states import BANK_LINE, BankLineState

__all__ = [
    "AnswerError",
    "AnswerKnownError",
    "NoPlatformAccountError",
    "NothingToPayError",
    "PastDateError",
    "import_bank_answer",
    "make_bank_file",
    "platform_account",
]
MOST_LINES = 5000
MESSAGE_ID_BYTES = 4
REPORTED = 500
ANY_CURRENCY = "*"


class NothingToPayError(Exception):
    """No payout in that currency waits that may leave now."""


class PastDateError(ValueError):
    """A bank can't pay on a day that is over."""


class NoPlatformAccountError(Exception):
    """PLATFORM_BANK_ACCOUNTS names no account for the currency, or one that is not valid."""


class AnswerKnownError(Exception):
    """The very same file has been taken in already; `answer` says when."""

    def __init__(self, answer: BankAnswer) -> None:
        super().__init__(answer.digest)
        self.answer = answer


class LineResult(StrEnum):
    """What a line of an answer did. REPEATED: known already, or nothing to book yet."""

    APPLIED = "APPLIED"
    REPEATED = "REPEATED"
    UNKNOWN = "UNKNOWN"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: LineResult
    detail: str = ""


# --- making a file -------------------------------------------------------------------------------


def make_bank_file(
    *, currency: str, execute_on: date, actor: User | None, now: datetime
) -> BankFile:
    """Put the payouts in `currency` that wait for a file into one, for the bank to pay on a day.

    What belongs to a payee on hold or cooling off, or without a usable account, waits on. A payout
    is in one file only, whoever else makes one. actor: None for the command. Raises
    NothingToPayError, PastDateError, NoPlatformAccountError, SealError.
    """
    if execute_on < now.date():
        raise PastDateError(execute_on)
    debtor = platform_account(currency)
    with transaction.atomic():
        lines, accounts = _ready(currency, now)
        if not lines:
            raise NothingToPayError(currency)
        message_id = f"FP{now:%Y%m%d}{secrets.token_hex(MESSAGE_ID_BYTES).upper()}"
        order = PaymentOrder(
            message_id=message_id,
            created_at=now,
            execute_on=execute_on,
            debtor=debtor,
            transfers=[_transfer(line, accounts[line.payout.payee_id]) for line in lines],
        )
        file = _keep(order, actor, now)
        for line in lines:
            line.file, line.state = file, BankLineState.SENT
            line.account = accounts[line.payout.payee_id]
        BankFileLine.objects.bulk_update(lines, ["file", "state", "account"])
        record_action(
            actor=actor,
            action="make_bank_file",
            target=file,
            after={"currency": currency, "total": file.total, "count": file.count},
            now=now,
        )
    return file


def _ready(
    currency: str, now: datetime
) -> tuple[list[BankFileLine], Mapping[uuid.UUID, BankAccount]]:
    """What may leave now, locked, and where it goes.

    The payees are locked first: a hold or another account comes wholly before or wholly after.
    """
    waiting = BankFileLine.objects.filter(currency=currency, state=BankLineState.WAITING)
    cool = Q(cooling_off_until__isnull=True) | Q(cooling_off_until__lte=now)
    payees = (
        Payee.objects.select_for_update(no_key=True)
        .filter(cool, pk__in=waiting.values("payout__payee"), payouts_held=False)
        .order_by("pk")
    )
    accounts = {
        account.payee_id: account
        for account in BankAccount.objects.filter(
            payee__in=[payee.pk for payee in payees],
            replaced_at__isnull=True,
            usable_from__lte=now,
        )
    }
    lines = (
        waiting.filter(payout__payee__in=list(accounts))
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("payout")
        .order_by("created_at", "pk")
    )
    return list(lines[:MOST_LINES]), accounts


def _transfer(line: BankFileLine, account: BankAccount) -> Transfer:
    return Transfer(
        end_to_end_id=line.end_to_end_id,
        money=Money(line.amount, line.currency),
        to=open_bank_account(account),
        remittance=f"{settings.SITE_NAME} {line.end_to_end_id}",
    )


def _keep(order: PaymentOrder, actor: User | None, now: datetime) -> BankFile:
    xml = write_order(order)
    file = BankFile(
        message_id=order.message_id,
        currency=order.total.currency,
        total=order.total.amount,
        count=len(order.transfers),
        execute_on=order.execute_on,
        digest=hashlib.sha256(xml.encode()).hexdigest(),
        created_by=actor,
        created_at=now,
    )
    seal_file(file, xml)
    file.save(force_insert=True)
    return file


def platform_account(currency: str) -> Debtor:
    """Our own account for payouts in a currency (setting PLATFORM_BANK_ACCOUNTS).

    Raises NoPlatformAccountError.
    """
    accounts: Mapping[str, Mapping[str, str]] = settings.PLATFORM_BANK_ACCOUNTS
    found = accounts.get(currency) or accounts.get(ANY_CURRENCY)
    if found is None:
        raise NoPlatformAccountError(currency)
    country = str(found.get("country", ""))
    numbers = {name: str(found.get(name, "")) for name in ("iban", "account", "bic")}
    scheme = "iban" if numbers["iban"] else "other"
    try:
        _, numbers = read_account(scheme=scheme, country=country, typed=numbers)
    except AccountError as error:
        raise NoPlatformAccountError(f"{currency}: {error}") from None
    return Debtor(
        name=str(found.get("name") or settings.SITE_NAME),
        country=country,
        town=str(found.get("town", "")),
        iban=numbers.get("iban", ""),
        account=numbers.get("account", ""),
        bic=numbers.get("bic", ""),
    )


# --- taking in an answer -------------------------------------------------------------------------


def import_bank_answer(
    *, name: str, content: bytes, actor: User | None, now: datetime
) -> BankAnswer:
    """Take in a pain.002 or camt.054, once; returns what its lines did.

    Nothing is booked here: what a line says is put into the inbox, from where it reaches the books
    as every provider's word does. A line that contradicts what we sent (another amount, currency or
    file, or an answer that was final already) is reported and changes nothing. Raises AnswerError,
    AnswerKnownError.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = BankAnswer.objects.filter(digest=digest).first()
    if known is not None:
        raise AnswerKnownError(known)
    answer = read_answer(content)
    with transaction.atomic():
        row, newly = BankAnswer.objects.get_or_create(
            digest=digest,
            defaults={
                "name": name[:120],
                "kind": answer.kind,
                "imported_by": actor,
                "imported_at": now,
            },
        )
        if not newly:
            raise AnswerKnownError(row)
        results = _apply_all(answer, now)
        _write_down(row, results)
        record_action(
            actor=actor,
            action="import_bank_answer",
            target=row,
            after={"kind": row.kind, "lines": row.lines, "applied": row.applied},
            now=now,
        )
    return row


def _apply_all(answer: Answer, now: datetime) -> list[tuple[AnswerLine, str, _Outcome]]:
    """Each line with the payment it is about; a whole file's line once for each of its payments."""
    named = [line.end_to_end_id for line in answer.lines if line.end_to_end_id]
    files = [line.message_id for line in answer.lines if not line.end_to_end_id]
    rows = {
        row.end_to_end_id: row
        for row in BankFileLine.objects.select_for_update(of=("self",))
        .filter(Q(end_to_end_id__in=named) | Q(file__message_id__in=files))
        .select_related("file", "payout")
        .order_by("pk")
    }
    results = []
    for line in answer.lines:
        if line.end_to_end_id:
            row = rows.get(line.end_to_end_id)
            outcome = _apply(answer.kind, line, row, now)
            results.append((line, line.end_to_end_id, outcome))
            continue
        ours = [row for row in rows.values() if row.file and row.file.message_id == line.message_id]
        open_ = [row for row in ours if row.state == BankLineState.SENT]
        results += [(line, row.end_to_end_id, _apply(answer.kind, line, row, now)) for row in open_]
        if not open_:
            result = LineResult.REPEATED if ours else LineResult.UNKNOWN
            results.append((line, line.message_id, _Outcome(result)))
    return results


def _apply(kind: str, line: AnswerLine, row: BankFileLine | None, now: datetime) -> _Outcome:
    if row is None:
        return _Outcome(LineResult.UNKNOWN)
    wrong = _contradiction(kind, line, row)
    if wrong:
        return _Outcome(LineResult.REFUSED, wrong)
    if line.verdict == Verdict.PENDING:
        return _Outcome(LineResult.REPEATED)
    old, new = BankLineState(row.state), BankLineState(line.verdict.value)
    if new == old or (new, old) == (BankLineState.PAID, BankLineState.RETURNED):
        return _Outcome(LineResult.REPEATED)
    if new == BankLineState.RETURNED and old == BankLineState.SENT:
        old = BankLineState.PAID  # what comes back had left, although nobody said so
    if not BANK_LINE.may(old, new):
        return _Outcome(LineResult.REFUSED, f"it was {old.value} already")
    row.state, row.reason, row.answered_at = new, line.reason, now
    row.save(update_fields=["state", "reason", "answered_at"])
    is_paid = new == BankLineState.PAID
    status = TransferStatus.PAID if is_paid else TransferStatus.FAILED
    facts = TransferFacts(status, row.end_to_end_id, "" if is_paid else line.reason)
    note_transfer(row=row.payout, facts=facts, now=now)
    return _Outcome(LineResult.APPLIED)


def _contradiction(kind: str, line: AnswerLine, row: BankFileLine) -> str:
    """What of a line does not agree with what we sent; empty when all does."""
    if row.file is None:
        return "it was never sent"
    if line.message_id and line.message_id != row.file.message_id:
        return f"it was in the file {row.file.message_id}"
    ours = Money(row.amount, row.currency)
    if line.amount is None:
        # What is booked on our account always has an amount.
        return "" if kind == "pain.002" else "it has no amount"
    if (line.amount, line.currency) != (ours.to_decimal(), ours.currency):
        return f"we sent {ours}, the bank says {line.amount} {line.currency}"
    return ""


def _write_down(row: BankAnswer, results: list[tuple[AnswerLine, str, _Outcome]]) -> None:
    counts: dict[LineResult, int] = dict.fromkeys(LineResult, 0)
    report: list[dict[str, Any]] = []
    for line, name, outcome in results:
        counts[outcome.result] += 1
        is_news = outcome.result in {LineResult.UNKNOWN, LineResult.REFUSED} or line.reason
        if is_news and len(report) < REPORTED:
            report.append(
                {
                    "id": name[:35],
                    "result": outcome.result.value,
                    "detail": outcome.detail or line.reason,
                }
            )
    row.lines = len(results)
    row.applied = counts[LineResult.APPLIED]
    row.repeated = counts[LineResult.REPEATED]
    row.unknown = counts[LineResult.UNKNOWN]
    row.refused = counts[LineResult.REFUSED]
    row.report = report
    row.save()
