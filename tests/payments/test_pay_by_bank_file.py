"""Sellers whom no provider reaches: a file for our bank, its answers, and the books after both."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import mockbank
import pytest
import sepaxml
import time_machine
import xmlschema
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from pytest_django import Settings

from accounts.models import AuditEntry
from common.money import Money
from payments.models import BankAnswer, BankFile, BankFileLine, Payee, Payout, ProviderEvent
from payments.selectors import balance, check_books
from payments.services import hold_payouts, resume_payouts
from payments.services.bank_accounts import open_file, set_bank_account
from payments.services.bank_files import (
    AnswerError,
    AnswerKnownError,
    NoPlatformAccountError,
    NothingToPayError,
    PastDateError,
    import_bank_answer,
    make_bank_file,
)
from payments.states import AccountKind, BankLineState, TransferState
from tests.payments.bank import (
    IBANS,
    JAPANESE,
    bank_payee,
    camt054,
    details,
    document,
    earn,
    pain002,
    person,
    read_inbox,
    settle,
    texts,
)
from tests.payments.test_post_an_entry import in_threads

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TRANSACTION = "CdtTrfTxInf"


@pytest.fixture
def bence(db: None, now: datetime) -> Payee:
    account = details("iban", "HU", {"iban": IBANS["HUF"]}, holder="Bence Őri", town="Szeged")
    return bank_payee("Bence Bor", "HU", "HUF", account, now)


@pytest.fixture
def haru(db: None, now: datetime) -> Payee:
    account = details("jp", "JP", JAPANESE, holder="春 Sato", town="大阪", street="梅田 1//2")
    return bank_payee("Haru Washi", "JP", "JPY", account, now)


@pytest.fixture
def noor(db: None, now: datetime) -> Payee:
    account = details("iban", "KW", {"iban": IBANS["KWD"]}, holder="Noor & Sons", town="Salmiya")
    return bank_payee("Noor", "KW", "KWD", account, now)


def make(currency: str, now: datetime) -> BankFile:
    return make_bank_file(currency=currency, execute_on=(now + DAY).date(), actor=person(), now=now)


def take(content: bytes, now: datetime) -> BankAnswer:
    answer = import_bank_answer(name="answer.xml", content=content, actor=person(), now=now)
    read_inbox(now)
    return answer


def is_valid(file: BankFile) -> bool:
    """By ISO's own schema, which somebody else's package carries."""
    folder = Path(sepaxml.__file__).parent / "schemas"
    schema = xmlschema.XMLSchema(folder / "pain.001.001.09.xsd")
    schema.validate(open_file(file))
    return True


def payable(payee: Payee) -> int:
    return balance(
        kind=AccountKind.SELLER_PAYABLE, currency=payee.currency, reference=str(payee.pk)
    ).amount


def bank(currency: str) -> int:
    return balance(kind=AccountKind.PLATFORM_BANK, currency=currency).amount


def test_forints(bence: Payee, now: datetime) -> None:
    """1,234.56 earned: 1,234.00 is paid, 0.56 carried."""
    earn(bence, 123456)
    [payout] = settle("1", now)
    file = make("HUF", now)
    assert is_valid(file)
    root = document(file)
    assert (file.total, file.count, payable(bence)) == (123400, 1, 56)
    assert texts(root, "GrpHdr/CtrlSum") == texts(root, "PmtInf/CtrlSum") == ["1234.00"]
    assert texts(root, "InstdAmt") == ["1234.00"]
    assert texts(root, "PmtId/EndToEndId") == [payout.number]
    assert texts(root, "CdtrAcct/Id/IBAN") == [IBANS["HUF"]]
    assert texts(root, "CdtrAgt/FinInstnId/BICFI") == ["OTPVHUHB"]
    assert texts(root, "Cdtr/Nm") == ["Bence Ori"]
    assert texts(root, "ReqdExctnDt/Dt") == ["2026-11-25"]
    assert texts(root, "DbtrAcct/Id/IBAN") == ["DE89370400440532013000"]


def test_yen_have_no_decimals_and_japan_no_iban(haru: Payee, now: datetime) -> None:
    for amount in (2400, 1):
        earn(haru, amount)
    settle("1", now)
    file = make("JPY", now)
    assert is_valid(file)
    root = document(file)
    assert texts(root, "InstdAmt") == texts(root, "GrpHdr/CtrlSum") == ["2401"]
    assert texts(root, "CdtrAcct/Id/Othr/Id") == ["1234567"]
    assert texts(root, "ClrSysMmbId/ClrSysId/Cd") == ["JPZGN"]
    assert texts(root, "ClrSysMmbId/MmbId") == ["0005001"]
    # Latin letters only, no two slashes; the address is in its parts.
    assert texts(root, "Cdtr/Nm") == ["Chun Sato"]
    assert texts(root, "Cdtr/PstlAdr/TwnNm") == ["DaBan"]
    assert texts(root, "Cdtr/PstlAdr/Ctry") == ["JP"]
    assert texts(root, "Cdtr/PstlAdr/StrtNm") == ["MeiTian 1/2"]
    assert open_file(file).isascii()


def test_dinars_have_three_decimals_and_sums_are_exact(noor: Payee, now: datetime) -> None:
    """Two payees; 12.345 is paid as 12.340, because the last decimal is not paid."""
    other = bank_payee(
        "Amal", "KW", "KWD", details("iban", "KW", {"iban": IBANS["KWD"]}, holder="Amal"), now
    )
    earn(noor, 12345)
    earn(other, 70)
    settle("1", now)
    file = make("KWD", now)
    assert is_valid(file)
    root = document(file)
    assert sorted(texts(root, "InstdAmt")) == ["0.070", "12.340"]
    assert texts(root, "GrpHdr/CtrlSum") == ["12.410"]
    assert texts(root, "GrpHdr/NbOfTxs") == texts(root, "PmtInf/NbOfTxs") == ["2"]
    assert sorted(texts(root, "Cdtr/Nm")) == ["Amal", "Noor Sons"]


def test_from_the_file_to_a_rejection_to_the_next_file(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    file = make("HUF", now)
    answer = take(pain002(file.message_id, (payout.number, "RJCT", "AC04")), now + DAY)
    assert (answer.kind, answer.lines, answer.applied) == ("pain.002", 1, 1)
    payout.refresh_from_db()
    assert (payout.transfer, payout.last_error) == (TransferState.FAILED, "AC04")
    assert (payable(bence), bank("HUF")) == (50000, 0)
    [again] = settle("2", now + DAY)
    second = make("HUF", now + DAY)
    root = document(second)
    assert texts(root, "EndToEndId") == [again.number]
    assert again.number != payout.number
    take(camt054((again.number, "500.00", "HUF", "")), now + 2 * DAY)
    again.refresh_from_db()
    assert again.transfer == TransferState.DONE
    assert (payable(bence), bank("HUF")) == (0, 50000)
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="HUF").amount == 0
    assert check_books().problems == []


def test_paid_and_then_returned_by_the_other_bank(noor: Payee, now: datetime) -> None:
    earn(noor, 5000)
    [payout] = settle("1", now)
    make("KWD", now)
    take(camt054((payout.number, "5.000", "KWD", "")), now + DAY)
    assert bank("KWD") == 5000
    answer = take(camt054((payout.number, "5.000", "KWD", "AC01"), number="N2"), now + 3 * DAY)
    assert answer.report == [{"id": payout.number, "result": "APPLIED", "detail": "AC01"}]
    payout.refresh_from_db()
    assert (payout.transfer, payout.last_error) == (TransferState.FAILED, "AC01")
    assert (payable(noor), bank("KWD")) == (5000, 0)
    # The debit, told once more and late: nothing of it is paid a second time.
    late = take(camt054((payout.number, "5.000", "KWD", ""), number="N3"), now + 4 * DAY)
    assert (late.applied, late.repeated) == (0, 1)
    assert check_books().problems == []


def test_a_return_of_which_no_debit_was_told(noor: Payee, now: datetime) -> None:
    earn(noor, 5000)
    [payout] = settle("1", now)
    make("KWD", now)
    take(camt054((payout.number, "5.000", "KWD", "AC01")), now + DAY)
    assert (payable(noor), bank("KWD")) == (5000, 0)
    assert BankFileLine.objects.get().state == BankLineState.RETURNED
    assert check_books().problems == []


def test_a_debit_that_our_bank_reverses_came_back(noor: Payee, now: datetime) -> None:
    """Some banks send no return but undo their own debit; undoing a credit pays nobody."""
    earn(noor, 5000)
    [payout] = settle("1", now)
    make("KWD", now)
    undone = camt054((payout.number, "5.000", "KWD", ""), number="N1", is_reversal=True)
    assert take(undone, now + DAY).lines == 0
    take(camt054((payout.number, "5.000", "KWD", ""), number="N2"), now + DAY)
    back = camt054((payout.number, "5.000", "KWD", "x"), number="N3", is_reversal=True)
    assert take(back, now + 2 * DAY).applied == 1
    payout.refresh_from_db()
    assert payout.transfer == TransferState.FAILED
    assert (payable(noor), bank("KWD")) == (5000, 0)
    assert check_books().problems == []


def test_accepted_is_not_yet_paid(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    file = make("HUF", now)
    for status in ("ACCP", "ACSP", "PDNG", "RCVD"):
        answer = take(pain002(file.message_id, (payout.number, status, "X")), now)
        assert (answer.applied, answer.repeated) == (0, 1)
    take(pain002(file.message_id, (payout.number, "ACSC", "X")), now)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE


def test_a_file_that_is_refused_whole(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    file = make("HUF", now)
    assert take(pain002("another", group="RJCT"), now).unknown == 1
    answer = take(pain002(file.message_id, group="RJCT"), now)
    assert (answer.lines, answer.applied) == (1, 1)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.FAILED
    assert payable(bence) == 50000


def test_the_same_file_is_taken_in_once(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    make("HUF", now)
    content = camt054((payout.number, "500.00", "HUF", ""))
    take(content, now)
    with pytest.raises(AnswerKnownError):
        take(content, now)
    # Other bytes with the same news.
    assert take(content + b"\n", now).repeated == 1
    assert BankAnswer.objects.count() == 2
    assert bank("HUF") == 50000


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("500.01", "HUF"), ("499.99", "HUF"), ("500.00", "EUR"), ("5000", "HUF"), ("x", "HUF")],
)
@pytest.mark.parametrize("reason", ["", "AC04"])
def test_another_amount_is_refused_and_books_nothing(
    bence: Payee, now: datetime, amount: str, currency: str, reason: str
) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    make("HUF", now)
    answer = take(camt054((payout.number, amount, currency, reason)), now)
    assert (answer.applied, answer.refused) == (0, 1)
    assert answer.report[0]["id"] == payout.number
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert (BankFileLine.objects.get().state, bank("HUF")) == (BankLineState.SENT, 0)


def test_what_contradicts_an_answer_is_told_to_a_person(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    file = make("HUF", now)
    take(camt054((payout.number, "500.00", "HUF", "")), now)
    answer = take(pain002(file.message_id, (payout.number, "RJCT", "AC04")), now)
    assert (answer.applied, answer.refused) == (0, 1)
    assert bank("HUF") == 50000


def test_what_is_not_ours_is_counted(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    [payout] = settle("1", now)
    unsent = take(camt054((payout.number, "500.00", "HUF", "")), now)
    assert unsent.refused == 1  # it waits for a file still
    make("HUF", now)
    elsewhere = take(pain002("FP-ANOTHER", (payout.number, "RJCT", "AC04")), now)
    assert elsewhere.refused == 1
    strangers = take(camt054(("P-UNKNOWN1", "500.00", "HUF", ""), ("", "1.00", "HUF", "")), now)
    assert (strangers.lines, strangers.unknown) == (2, 2)
    assert not ProviderEvent.objects.filter(kind="payout.asked").exists()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>
<Document><CstmrPmtStsRpt><GrpHdr><MsgId>&c;</MsgId></GrpHdr></CstmrPmtStsRpt></Document>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "dtd"),
        (FILE, "dtd"),
        (b"", "xml"),
        (b"\x00\xff\xfe", "xml"),
        (b"<a>", "xml"),
        (b'<?xml version="1.0" encoding="made-up"?><a/>', "xml"),
        (b"<Document><Other/></Document>", "kind"),
        (b" " * 20_000_001, "size"),
    ],
)
def test_files_that_are_no_answer(db: None, now: datetime, content: bytes, code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        import_bank_answer(name="x", content=content, actor=None, now=now)
    assert refused.value.code == code
    assert not BankAnswer.objects.exists()


def test_nobody_on_hold_cooling_off_or_without_account_is_in_a_file(
    bence: Payee, now: datetime
) -> None:
    earn(bence, 50000)
    settle("1", now)
    hold_payouts(payee_id=bence.pk, reason="Under review", now=now)
    with pytest.raises(NothingToPayError):
        make("HUF", now)
    resume_payouts(payee_id=bence.pk, now=now)
    other = details("iban", "HU", {"iban": "HU93116000060000000012345676"})
    set_bank_account(payee_id=bence.pk, details=other, actor=person(), now=now)
    bence.refresh_from_db()
    assert bence.cooling_off_until is not None
    with pytest.raises(NothingToPayError):
        make("HUF", bence.cooling_off_until - timedelta(seconds=1))
    # What waited goes to the account that its payee has now, not to the one that it left.
    file = make("HUF", bence.cooling_off_until)
    assert texts(document(file), "CdtrAcct/Id/IBAN") == [other.iban]
    assert BankFileLine.objects.get().account == bence.bank_accounts.get(replaced_at=None)


@pytest.mark.django_db(transaction=True)
def test_two_make_a_file_at_once(bence: Payee, now: datetime) -> None:
    for amount in (50000, 70000):
        earn(bence, amount)
    settle("1", now)

    def one(_: object) -> int:
        try:
            return make("HUF", now).count
        except NothingToPayError:
            return 0

    assert in_threads(4, one).count(1) == 1
    assert BankFile.objects.count() == 1


def test_what_a_file_says_is_fixed(bence: Payee, now: datetime) -> None:
    earn(bence, 50000)
    settle("1", now)
    file = make("HUF", now)
    line = file.lines.get()
    changes: list[tuple[Any, dict[str, Any]]] = [
        (BankFile.objects.filter(pk=file.pk), {"total": 1}),
        (BankFile.objects.filter(pk=file.pk), {"digest": "x"}),
        (BankFileLine.objects.filter(pk=line.pk), {"amount": 1}),
        (BankFileLine.objects.filter(pk=line.pk), {"account": None}),
        (BankFileLine.objects.filter(pk=line.pk), {"file": None}),
    ]
    for rows, change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    for row in (file, line):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_a_file_needs_an_account_of_ours_and_a_day_to_come(
    bence: Payee, now: datetime, settings: Settings
) -> None:
    earn(bence, 50000)
    settle("1", now)
    with pytest.raises(PastDateError):
        make_bank_file(currency="HUF", execute_on=(now - DAY).date(), actor=None, now=now)
    for accounts in ({}, {"*": {"iban": "DE89370400440532013001"}}, {"*": {"account": "12345"}}):
        settings.PLATFORM_BANK_ACCOUNTS = accounts
        with pytest.raises(NoPlatformAccountError):
            make("HUF", now)
    assert BankFileLine.objects.get().state == BankLineState.WAITING
    settings.PLATFORM_BANK_ACCOUNTS = {
        "HUF": {"account": "1234567890", "bic": "OTPVHUHB", "country": "HU", "town": "Budapest"}
    }
    root = document(make("HUF", now))
    assert texts(root, "DbtrAcct/Id/Othr/Id") == ["1234567890"]
    assert texts(root, "DbtrAgt/FinInstnId/BICFI") == ["OTPVHUHB"]


def test_account_numbers_are_not_in_the_database_nor_in_the_trail(
    bence: Payee, now: datetime
) -> None:
    earn(bence, 50000)
    settle("1", now)
    file = make("HUF", now)
    kept = [file.xml, *bence.bank_accounts.values_list("sealed", flat=True)]
    kept += [json.dumps([row.before, row.after]) for row in AuditEntry.objects.all()]
    assert all(IBANS["HUF"] not in text and "111018" not in text for text in kept)
    assert AuditEntry.objects.filter(action="make_bank_file").count() == 1


# --- commands ------------------------------------------------------------------------------------


@pytest.fixture
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + DAY, tick=False):
        yield


@pytest.mark.usefixtures("_today")
def test_from_the_command_line(bence: Payee, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(CommandError, match="No payout"):
        call_command("bank_file", "make", "huf")
    earn(bence, 50000)
    [payout] = settle("1", now)
    out = tmp_path / "order.xml"
    call_command("bank_file", "make", "huf", "--out", str(out), stderr=StringIO())
    assert payout.number in out.read_text()
    answer = tmp_path / "answer.xml"
    answer.write_bytes(camt054((payout.number, "500.00", "HUF", ""), ("P-X", "1", "HUF", "")))
    said = StringIO()
    call_command("bank_file", "import", str(answer), stdout=said)
    call_command("bank_file", "import", str(answer), stdout=said)
    assert said.getvalue().splitlines() == [
        "answer.xml: camt.054, 2 lines: 1 applied, 0 known, 1 unknown, 0 refused",
        "  P-X UNKNOWN ",
        "answer.xml: taken in already",
    ]
    answer.write_bytes(b"no")
    with pytest.raises(CommandError, match="can't be read"):
        call_command("bank_file", "import", str(answer))


# --- a bank that nobody here wrote ---------------------------------------------------------------


@pytest.fixture
def other_bank() -> Iterator[str]:
    server = mockbank.make_server(
        mockbank.Config(port=0, quiet=True, clock="2026-11-24T09:30", timezone="UTC")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def ask(url: str, body: str | None = None, method: str = "POST") -> Any:
    kind = "application/json" if body and body.startswith("{") else "application/xml"
    data = None if body is None else body.encode()
    request = Request(url, data=data, method=method, headers={"Content-Type": kind})
    with urlopen(request, timeout=10) as response:
        return json.loads(response.read())


def test_another_bank_takes_our_file_and_we_read_its_answers(
    other_bank: str, now: datetime, settings: Settings
) -> None:
    """One payment is good, one goes to a closed account, one comes back some days later."""
    accounts = {row["id"]: row for row in ask(f"{other_bank}/_mock/accounts", method="GET")}
    ours, closed = accounts["ACME"], accounts["INITECH"]
    settings.PLATFORM_BANK_ACCOUNTS = {
        "EUR": {"iban": ours["iban"], "bic": ours["bic"], "country": "NL", "town": "Utrecht"}
    }
    payouts: dict[str, Payout] = {}
    good, back = "NL91ABNA0417164300", "NL02ABNA0123456789"
    wanted = {"good": good, "shut": closed["iban"], "back": back}
    for amount, (name, iban) in enumerate(wanted.items(), start=1):
        account = details("iban", "NL", {"iban": iban, "bic": "MOCKNL2A"}, holder=name)
        payee = bank_payee(name, "NL", "EUR", account, now)
        earn(payee, amount * 1000)
        payouts[name] = Payout.objects.get(pk=settle("1", now)[0].pk)
    returns = {"end_to_end_id": payouts["back"].number, "days": 3, "reason": "AC04"}
    fate = {"behaviour": "return-later", "parameters": returns}
    ask(f"{other_bank}/_mock/accounts/ACME", json.dumps(fate), "PATCH")
    file = make("EUR", now)
    assert is_valid(file)
    ask(f"{other_bank}/payments", open_file(file))
    for _ in range(8):
        ask(f"{other_bank}/_mock/advance?days=1", "")
    seen = set()
    for message in ask(f"{other_bank}/_mock/mailbox", method="GET"):
        if message["type"].startswith(("pain.002", "camt.054")):
            seen.add(message["type"][:8])
            answer = take(message["body"].encode(), now)
            assert (answer.unknown, answer.refused) == (0, 0), answer.report
    assert seen == {"pain.002", "camt.054"}
    states = {}
    for name, payout in payouts.items():
        payout.refresh_from_db()
        states[name] = payout.transfer
    assert states == {
        "good": TransferState.DONE, "shut": TransferState.FAILED, "back": TransferState.FAILED,
    }  # fmt: skip
    assert balance(kind=AccountKind.PLATFORM_BANK, currency="EUR") == Money(1000, "EUR")
    assert check_books().problems == []
