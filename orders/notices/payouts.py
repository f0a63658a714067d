"""What a business's owners are told about where their money goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.urls import reverse

from notifications.notices import NoticeTemplate
from payments.models import BankAccount
from sellers.models import Business
from sellers.notices import tell_business
from sellers.selectors import owners_until_lately
from sellers.states import Role

FORMER_OWNERS_TOLD = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class BankAccountChanged(NoticeTemplate):
    """Payouts go to another account from now on, and how to stop that. waits: it cools off."""

    kind: ClassVar[str] = "bank_account_changed"
    business: Business
    account: BankAccount
    waits: bool


def tell_bank_account(
    *, business: Business, account: BankAccount, token: str, now: datetime
) -> None:
    """To every owner, in their language; the notice leads to the page that stops the change.

    Whoever was an owner until lately is told, too: a thief would have put the others out first.
    """
    tell_business(
        business=business,
        notice=BankAccountChanged(
            business=business, account=account, waits=account.usable_from > now
        ),
        url=reverse("orders:payout_stop", args=[token]),
        key=f"bank_account:{account.pk}",
        now=now,
        roles=(Role.OWNER,),
        also=owners_until_lately(business=business, since=now - FORMER_OWNERS_TOLD),
    )
