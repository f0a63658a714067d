"""The books: accounts with their balances, entries with their legs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin import ReadOnlyAdmin
from common.money import Money
from payments.admin.parts import ReadOnlyInline, amount_text
from payments.models import Account, Entry, Posting
from payments.selectors import trial_balance

_trial_balance_button: Callable[[Any], Any] = action(
    description=_("Trial balance (CSV)"),
    url_path="trial-balance",
    # As for the list that it stands on: being staff is not enough to read the books.
    permissions=["view"],
)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """The ledger's accounts with their balances, and the trial balance as CSV."""

    list_display = ("kind", "currency", "reference", "current_balance")
    list_filter = ("kind", "currency")
    search_fields = ("reference",)
    ordering = ("currency", "kind", "reference")
    show_full_result_count = False
    actions_list = ("trial_balance_csv",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.annotate(now=F("balance__credits") - F("balance__debits"))

    @admin.display(description=_("balance"), ordering="now")
    def current_balance(self, row: Any) -> str:
        return amount_text(row.now, row.currency)

    @_trial_balance_button
    def trial_balance_csv(self, request: HttpRequest) -> HttpResponse:
        """Credits, debits and balance of every kind and currency, in major units."""
        return trial_balance_file(timezone.now())


def trial_balance_file(now: datetime) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"trial-balance-{now:%Y-%m-%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(("currency", "account", "credits", "debits", "balance"))
    for line in trial_balance():
        sides = (Money(side, line.currency) for side in (line.credits, line.debits))
        figures = [f"{money.to_decimal():f}" for money in (*sides, line.balance)]
        writer.writerow((line.currency, line.kind, *figures))
    return response


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = readonly_fields = ("account", "currency", "money")

    @admin.display(description=_("amount, credit positive"))
    def money(self, row: Posting) -> str:
        return amount_text(row.amount, row.currency)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """What happened, leg by leg."""

    list_display = ("created_at", "kind", "reference", "key", "memo")
    list_filter = ("kind",)
    search_fields = ("key", "reference")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    show_full_result_count = False
    inlines = (PostingInline,)
