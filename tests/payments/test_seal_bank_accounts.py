"""Bank accounts at rest: encrypted under named keys, bound to their row, renewed with the keys."""

from __future__ import annotations

import base64
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from common.sealing import Sealed, SealError, seal, unseal
from payments.models import BankAccount, BankFile, Payee
from payments.services.bank_accounts import open_bank_account, open_file, seal_file
from tests.payments.bank import IBANS, bank_payee, details

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.FIELD_KEYS = {"2025a": OLD}


@pytest.fixture
def bence(db: None, now: datetime) -> Payee:
    return bank_payee("Bence", "HU", "HUF", details("iban", "HU", {"iban": IBANS["HUF"]}), now)


def test_what_is_sealed_opens_and_looks_like_nothing() -> None:
    plain = "HU42 1177 ő 春"
    first, second = seal(plain, about="a:1"), seal(plain, about="a:1")
    assert unseal(first, about="a:1") == unseal(second, about="a:1") == plain
    assert first.text != second.text
    assert first.key_id == "2025a"
    assert b"1177" not in base64.b64decode(first.text)


def test_it_opens_nowhere_else_and_not_after_a_change(settings: Settings) -> None:
    sealed = seal("HU42", about="a:1")
    raw = bytearray(base64.b64decode(sealed.text))
    raw[-1] ^= 1
    wrong = [
        (sealed, "a:2"),
        (Sealed(sealed.key_id, base64.b64encode(raw).decode()), "a:1"),
        (Sealed(sealed.key_id, "no base64!"), "a:1"),
        (Sealed(sealed.key_id, ""), "a:1"),
        (Sealed(sealed.key_id, "AAAA"), "a:1"),
    ]
    for one, about in wrong:
        with pytest.raises(SealError, match="does not open") as refused:
            unseal(one, about=about)
        assert "HU42" not in str(refused.value)
    settings.FIELD_KEYS = {"2025a": NEW}
    with pytest.raises(SealError, match="does not open"):
        unseal(sealed, about="a:1")
    settings.FIELD_KEYS = {"2026a": OLD}
    with pytest.raises(SealError, match="2025a, which FIELD_KEYS lacks"):
        unseal(sealed, about="a:1")


def test_the_first_key_seals_and_all_open(settings: Settings) -> None:
    old = seal("HU42", about="a:1")
    settings.FIELD_KEYS = {"2026a": NEW, "2025a": OLD}
    assert unseal(old, about="a:1") == "HU42"
    assert seal("HU42", about="a:1").key_id == "2026a"


def test_an_account_of_another_row_does_not_open(bence: Payee, now: datetime) -> None:
    """Whoever can write to the table can't point one payee's payouts to another's account."""
    other = bank_payee("Eve", "HU", "HUF", details("iban", "HU", {"iban": IBANS["HUF"]}), now)
    theirs = BankAccount.objects.get(payee=other)
    BankAccount.objects.filter(payee=bence).update(sealed=theirs.sealed, key_id=theirs.key_id)
    with pytest.raises(SealError):
        open_bank_account(BankAccount.objects.get(payee=bence))
    assert open_bank_account(theirs).iban == IBANS["HUF"]


def test_keys_are_changed_while_the_market_runs(
    bence: Payee, now: datetime, settings: Settings
) -> None:
    file = BankFile(
        message_id="FP1", currency="HUF", total=1, count=1, execute_on=now.date(), digest="x"
    )
    seal_file(file, "<Document/>")
    file.save(force_insert=True)
    settings.FIELD_KEYS = {"2026a": NEW, "2025a": OLD}
    said = StringIO()
    call_command("rotate_field_keys", stdout=said)
    call_command("rotate_field_keys", stdout=said)
    assert said.getvalue().splitlines() == [
        "2 rows are now encrypted by the key 2026a.",
        "0 rows are now encrypted by the key 2026a.",
    ]
    settings.FIELD_KEYS = {"2026a": NEW}
    account = BankAccount.objects.get()
    file.refresh_from_db()
    assert (account.key_id, file.key_id) == ("2026a", "2026a")
    assert open_bank_account(account).iban == IBANS["HUF"]
    assert open_file(file) == "<Document/>"


def test_what_does_not_open_is_left_as_it_is(bence: Payee, settings: Settings) -> None:
    before = BankAccount.objects.values().get()
    settings.FIELD_KEYS = {"2026a": NEW}
    with pytest.raises(CommandError, match="2025a"):
        call_command("rotate_field_keys", stdout=StringIO())
    assert BankAccount.objects.values().get() == before


def test_people_see_the_end_of_a_number_only(bence: Payee) -> None:
    account = BankAccount.objects.get()
    assert (str(account), account.hint) == ("HU …0000", "0000")
    assert IBANS["HUF"] not in account.sealed
