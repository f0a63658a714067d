"""Where bank payouts go: stored encrypted, changed with care, opened by the payout path only."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.sealing import Sealed, SealError, present_key, seal, unseal
from common.states import TransitionError
from payments.models import BankAccount, BankFile, Payee
from payments.rules.bank_accounts import BankDetails
from payments.rules.providers import BANK_FILE

RESEALED_AT_ONCE = 100


def set_bank_account(
    *, payee_id: uuid.UUID, details: BankDetails, actor: User, now: datetime
) -> BankAccount:
    """Give a payee its bank account, or another one instead; `details` have been checked.

    A first account is good at once. Another one cools off (PAYOUT_COOLING_OFF_HOURS): until then no
    payout begins and none that waits leaves, so that whoever did not want the change can stop it.
    What is in a bank file already is not affected. The account that it has is given once, however
    often it is sent.
    """
    with transaction.atomic():
        payee = Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
        old = BankAccount.objects.filter(payee=payee, replaced_at__isnull=True).first()
        usable_from = now
        if old is not None and _is_same(old, details):
            return old
        if old is not None:
            usable_from = now + timedelta(hours=settings.PAYOUT_COOLING_OFF_HOURS)
            old.replaced_at = now
            old.save(update_fields=["replaced_at"])
            payee.cooling_off_until = usable_from
            payee.save(update_fields=["cooling_off_until"])
        account = BankAccount(
            payee=payee,
            scheme=details.scheme,
            country=details.country,
            currency=payee.currency,
            hint=details.hint,
            created_by=actor,
            created_at=now,
            usable_from=usable_from,
        )
        sealed = seal(_as_json(details), about=_about(account))
        account.sealed, account.key_id = sealed.text, sealed.key_id
        account.save(force_insert=True)
        record_action(
            actor=actor,
            action="change_bank_account" if old else "add_bank_account",
            target=payee,
            before={"account": str(old)} if old else {},
            after={"account": str(account), "usable_from": usable_from.isoformat()},
            now=now,
        )
    return account


def _is_same(account: BankAccount, details: BankDetails) -> bool:
    """Whether nothing would change; one that no key opens is another one."""
    try:
        return open_bank_account(account) == details
    except SealError:
        return False


def pay_by_bank_file(*, payee: Payee, actor: User | None, reason: str, now: datetime) -> Payee:
    """From now on its payouts go by bank file; what is on its way already stays with its provider.

    Raises TransitionError when they do already.
    """
    with transaction.atomic():
        locked = Payee.objects.select_for_update(no_key=True).get(pk=payee.pk)
        if locked.provider == BANK_FILE:
            raise TransitionError("it is paid by bank file already")
        before = locked.provider
        locked.provider = BANK_FILE
        locked.save(update_fields=["provider"])
        record_action(
            actor=actor,
            action="pay_by_bank_file",
            target=locked,
            reason=reason,
            before={"provider": before},
            after={"provider": BANK_FILE},
            now=now,
        )
    return locked


def open_bank_account(account: BankAccount) -> BankDetails:
    """The account itself: for what is sent to the bank, and nothing else. Raises SealError."""
    text = unseal(Sealed(account.key_id, account.sealed), about=_about(account))
    kept = json.loads(text)
    return BankDetails(
        scheme=account.scheme,
        country=account.country,
        holder=kept["holder"],
        street=kept["street"],
        postcode=kept["postcode"],
        town=kept["town"],
        numbers=kept["numbers"],
    )


def seal_file(file: BankFile, xml: str) -> None:
    """Put the content of a bank file into its row, encrypted."""
    sealed = seal(xml, about=_about(file))
    file.xml, file.key_id = sealed.text, sealed.key_id


def open_file(file: BankFile) -> str:
    """The content of a bank file, for whoever takes it to the bank. Raises SealError."""
    return unseal(Sealed(file.key_id, file.xml), about=_about(file))


def reseal_bank_data() -> int:
    """Encrypt by the present key what an older one encrypted; returns how many rows changed.

    A few at a time, each in its own transaction; may be stopped and run again. Raises SealError
    for a row that does not open: it is left as it is.
    """
    changed = 0
    for model, field in ((BankAccount, "sealed"), (BankFile, "xml")):
        old = model._default_manager.exclude(key_id=present_key()).order_by("pk")
        while ids := list(old.values_list("pk", flat=True)[:RESEALED_AT_ONCE]):
            for row_id in ids:
                changed += _reseal(model, row_id, field)
    return changed


def _reseal(model: type[BankAccount | BankFile], row_id: uuid.UUID, field: str) -> bool:
    with transaction.atomic():
        row = model._default_manager.select_for_update().get(pk=row_id)
        if row.key_id == present_key():
            return False
        plain = unseal(Sealed(row.key_id, getattr(row, field)), about=_about(row))
        sealed = seal(plain, about=_about(row))
        setattr(row, field, sealed.text)
        row.key_id = sealed.key_id
        row.save(update_fields=[field, "key_id"])
    return True


def _about(row: BankAccount | BankFile) -> str:
    return f"{row._meta.label}:{row.pk}"


def _as_json(details: BankDetails) -> str:
    kept = {
        "holder": details.holder,
        "street": details.street,
        "postcode": details.postcode,
        "town": details.town,
        "numbers": dict(details.numbers),
    }
    return json.dumps(kept, ensure_ascii=False)
