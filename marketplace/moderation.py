"""The moderators' side bar: what waits for a decision first, then everything else by its matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

IN_REVIEW = "IN_REVIEW"


@dataclass(frozen=True, slots=True)
class Item:
    """A list of the side bar. waiting: only what is in that state, with its number beside it."""

    title: Any
    icon: str
    model: str
    waiting: str = ""


GROUPS: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    (
        _("Review queue"),
        (
            Item(_("Businesses"), "storefront", "sellers.Business", waiting=IN_REVIEW),
            Item(_("Listings"), "sell", "catalog.Listing", waiting=IN_REVIEW),
            Item(_("Sanctions matches"), "policy", "trade.ScreeningCase", waiting="OPEN"),
            Item(
                _("Tax numbers to confirm"), "badge", "trade.TaxNumberCheck", waiting="UNANSWERED"
            ),
            Item(_("Cases to decide"), "support_agent", "orders.Case", waiting="ESCALATED"),
            Item(
                _("Disputes to answer"),
                "gavel",
                "payments.ProviderDispute",
                waiting="NEEDS_RESPONSE",
            ),
            Item(_("Refunds that failed"), "undo", "payments.Refund", waiting="FAILED"),
            Item(
                _("Differences to put right"), "difference", "payments.Difference", waiting="OPEN"
            ),
            Item(
                _("Provider events to look at"), "inbox", "payments.ProviderEvent", waiting="PARKED"
            ),
        ),
    ),
    (
        _("Orders"),
        (
            Item(_("Purchases"), "shopping_basket", "orders.Purchase"),
            Item(_("Orders"), "package_2", "orders.Order"),
            Item(_("All cases"), "forum", "orders.Case"),
            Item(_("Shipments"), "local_shipping", "shipping.Shipment"),
        ),
    ),
    (
        _("Money"),
        (
            Item(_("Payments"), "credit_card", "payments.Payment"),
            Item(_("Held payments"), "lock", "payments.HeldPayment"),
            Item(_("Refunds"), "undo", "payments.Refund"),
            Item(_("Payouts"), "outbound", "payments.Payout"),
            Item(_("Payees"), "account_balance", "payments.Payee"),
            Item(_("All disputes"), "gavel", "payments.ProviderDispute"),
            Item(_("Reserves"), "savings", "payments.ReserveHold"),
            Item(_("Bank files"), "description", "payments.BankFile"),
            Item(_("Payouts by bank"), "list_alt", "payments.BankFileLine"),
            Item(_("The bank's answers"), "mark_email_read", "payments.BankAnswer"),
            Item(_("Ledger entries"), "menu_book", "payments.Entry"),
            Item(_("Ledger accounts"), "account_tree", "payments.Account"),
            Item(_("Reconciliations"), "balance", "payments.ReconciliationRun"),
            Item(_("Differences"), "difference", "payments.Difference"),
            Item(_("Account statements"), "receipt_long", "payments.BalanceTransaction"),
            Item(_("Fees"), "sell", "payments.FeeRule"),
            Item(_("Tax on the fees"), "request_quote", "payments.FeeTaxRule"),
            Item(_("Duty and tax charged"), "receipt", "orders.OrderCharge"),
            Item(_("Our tax numbers"), "badge", "trade.Registration"),
            Item(_("Buyers' tax numbers"), "badge", "trade.TaxNumberCheck"),
            Item(_("Changes of the rulebook"), "rule", "trade.RulebookChange"),
            Item(_("Sanctions lists"), "checklist", "trade.SanctionsList"),
            Item(_("All sanctions matches"), "policy", "trade.ScreeningCase"),
            Item(_("Exchange rates"), "currency_exchange", "payments.Rate"),
            Item(_("Rates entered by hand"), "edit_note", "payments.RateProposal"),
            Item(_("Spreads"), "percent", "payments.SpreadRule"),
            Item(_("Sources of rates"), "cloud_download", "payments.RateFetch"),
            Item(_("Provider events"), "inbox", "payments.ProviderEvent"),
        ),
    ),
    (
        _("Catalogue"),
        (
            Item(_("All listings"), "inventory_2", "catalog.Listing"),
            Item(_("Categories"), "category", "catalog.Category"),
        ),
    ),
    (
        _("People"),
        (
            Item(_("Users"), "person", "accounts.User"),
            Item(_("All businesses"), "store", "sellers.Business"),
            Item(_("Notices"), "notifications", "notifications.Notice"),
            Item(_("E-mails"), "mail", "notifications.EmailDelivery"),
        ),
    ),
    (
        _("Sandbox payments"),
        (
            Item(_("Sessions"), "science", "sandbox.Session"),
            Item(_("Webhooks"), "webhook", "sandbox.Delivery"),
        ),
    ),
    (_("Audit"), (Item(_("Who did what"), "policy", "accounts.AuditEntry"),)),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of what this person may see; a list that has no page of its own is left out."""
    groups: list[dict[str, Any]] = []
    for title, items in GROUPS:
        shown = [found for item in items if (found := _item(item, request)) is not None]
        if shown:
            groups.append({"title": title, "separator": bool(groups), "items": shown})
    return groups


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page: the side bar's groups, which a phone hides behind a button."""
    return {**context, "groups": navigation(request)}


def environment(_request: HttpRequest) -> list[str] | None:
    """The word beside the name: this market is only for trying."""
    return [gettext("Demo"), "warning"] if settings.DEMO else None


def _item(item: Item, request: HttpRequest) -> dict[str, Any] | None:
    model = apps.get_model(item.model)
    page = admin.site._registry.get(model)
    if page is None or not page.has_view_permission(request):
        return None
    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    shown: dict[str, Any] = {"title": item.title, "icon": item.icon, "link": link}
    asked = request.GET.get("state__exact", "")
    is_queue = any(
        entry.model == item.model and entry.waiting and entry.waiting == asked
        for _title, entries in GROUPS
        for entry in entries
    )
    shown["active"] = request.path.startswith(link) and item.waiting == (asked if is_queue else "")
    if item.waiting:
        shown["waiting"] = True
        shown["link"] = f"{link}?state__exact={item.waiting}"
        shown["badge"] = str(model._default_manager.filter(state=item.waiting).count() or "")
    return shown
