"""Where and when a seller is paid: changed by its owners, told to all of them, stopped by any."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.services import record_action
from orders.notices.payouts import tell_bank_account
from payments.models import BankAccount
from payments.rules.bank_accounts import BankDetails
from payments.services.bank_accounts import set_bank_account
from payments.services.payees import ACCOUNT_CHANGE, hold_payouts
from sellers.models import Business

STOP_SALT = "orders.bank-account-change"
STOP_SECONDS = 30 * 24 * 3600
STOPPED = gettext_noop(
    "Somebody told us that the last change of the bank account was not theirs. We look into it."
)


class StopLinkError(ValueError):
    """The link is not ours, or older than a month."""


def change_bank_account(
    *, business: Business, actor: User, details: BankDetails, now: datetime
) -> BankAccount:
    """Pay a business to another account, and tell every owner, with a link that stops it."""
    with transaction.atomic():
        account = set_bank_account(
            payee_id=business.payee_id, details=details, actor=actor, now=now
        )
        tell_bank_account(business=business, account=account, token=stop_token(account), now=now)
    return account


def stop_token(account: BankAccount) -> str:
    """The secret of the link in the e-mail about a change."""
    return signing.dumps(str(account.pk), salt=STOP_SALT)


def changed_by_link(token: str) -> tuple[Business, BankAccount]:
    """The change that a link is about. Raises StopLinkError."""
    try:
        account_id = uuid.UUID(signing.loads(token, salt=STOP_SALT, max_age=STOP_SECONDS))
    except (signing.BadSignature, ValueError):
        raise StopLinkError from None
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise StopLinkError
    business = Business.objects.filter(payee_id=account.payee_id).first()
    if business is None:
        raise StopLinkError
    return business, account


def stop_change(*, token: str, now: datetime) -> Business:
    """Hold all payouts of the business until a moderator has looked. Raises StopLinkError.

    Whoever has the link may: an owner whose sign-in was taken over can't sign in any more.
    """
    business, account = changed_by_link(token)
    with transaction.atomic():
        payee = hold_payouts(
            payee_id=business.payee_id, reason=STOPPED, now=now, cause=ACCOUNT_CHANGE
        )
        record_action(
            actor=None,
            action="stop_bank_account_change",
            target=payee,
            reason=STOPPED,
            after={"account": str(account)},
            now=now,
        )
    return business
