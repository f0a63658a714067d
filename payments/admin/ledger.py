"""The books: accounts with their balances, entries with their legs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin import ReadOnlyAdmin
from payments.admin.parts import ReadOnlyInline, amount_text
from payments.admin.reports import (
    AGES,
    aged_held_file,
    exchange_position_file,
    trial_balance_file,
)
from payments.models import Account, Entry, Posting
from payments.selectors import trial_balance
from payments.selectors.reconciliation import last_runs, open_differences
from payments.selectors.reports import REPORT_CURRENCY, aged_held, exchange_position


def _button(title: str | Promise, path: str) -> Callable[[Any], Any]:
    """As for the list that it stands on: being staff is not enough to read the books."""
    made: Callable[[Any], Any] = action(description=title, url_path=path, permissions=["view"])
    return made


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """The ledger's accounts with their balances, and the trial balance as CSV."""

    list_display = ("kind", "currency", "reference", "current_balance")
    list_filter = ("kind", "currency")
    search_fields = ("reference",)
    ordering = ("currency", "kind", "reference")
    show_full_result_count = False
    actions_list = ("reports", "trial_balance_csv", "aged_held_csv", "exchange_position_csv")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.annotate(now=F("balance__credits") - F("balance__debits"))

    @admin.display(description=_("balance"), ordering="now")
    def current_balance(self, row: Any) -> str:
        return amount_text(row.now, row.currency)

    @_button(_("Reports"), "reports")
    def reports(self, request: HttpRequest) -> HttpResponse:
        """Trial balance, aged held payments and exchange position on one page."""
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Reports on the books"),
            "now": now,
            "trial": trial_balance(),
            "ages": AGES,
            "aged": [
                (line, list(zip(line.amounts, line.counts, strict=True)))
                for line in aged_held(now=now)
            ],
            "positions": exchange_position(now=now),
            "report_currency": REPORT_CURRENCY,
            "runs": last_runs(),
            "open_differences": open_differences().count(),
        }
        return render(request, "payments/admin_reports.html", context)

    @_button(_("Trial balance (CSV)"), "trial-balance")
    def trial_balance_csv(self, request: HttpRequest) -> HttpResponse:
        return trial_balance_file(timezone.now())

    @_button(_("Held payments by age (CSV)"), "held-payments")
    def aged_held_csv(self, request: HttpRequest) -> HttpResponse:
        return aged_held_file(timezone.now())

    @_button(_("Exchange position (CSV)"), "exchange-position")
    def exchange_position_csv(self, request: HttpRequest) -> HttpResponse:
        return exchange_position_file(timezone.now())


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
