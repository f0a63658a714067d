"""The addresses of the basket, the checkout, purchases and orders."""

from __future__ import annotations

from django.urls import path

from orders.views import (
    dashboard,
    getting_paid,
    my_data,
    papers,
    payout_settings,
    payouts,
    refunds,
    seller_cases,
    seller_disputes,
    shop_basket,
    shop_cases,
    shop_checkout,
    shop_payment,
    shop_protection,
    shop_purchases,
    statements,
    webhooks,
)
from payments.gateways.base import Channel

app_name = "orders"
_SELL = "sell/<slug:slug>/"
_ONE = f"{_SELL}orders/<str:number>/"

urlpatterns = [
    path("basket/", shop_basket.basket, name="basket"),
    path("basket/add/", shop_basket.basket_add, name="basket_add"),
    path("basket/update/", shop_basket.basket_update, name="basket_update"),
    path("checkout/", shop_checkout.checkout, name="checkout"),
    path("checkout/return/<str:token>/", shop_payment.checkout_return, name="checkout_return"),
    path("checkout/pay/<str:token>/", shop_payment.pay, name="pay"),
    path("checkout/give-up/<str:token>/", shop_payment.give_up, name="give_up"),
    path("purchases/<str:token>/", shop_purchases.purchase, name="purchase"),
    path(
        "purchases/<str:token>/<str:number>/received/",
        shop_purchases.confirm_receipt,
        name="confirm_receipt",
    ),
    path("purchases/<str:token>/<str:number>/case/", shop_cases.case, name="case"),
    path("purchases/<str:token>/<str:number>/case/act/", shop_cases.case_act, name="case_act"),
    path(
        "purchases/<str:token>/<str:number>/case/files/<uuid:file_id>/",
        shop_cases.case_file,
        name="case_file",
    ),
    path("protection/", shop_protection.protection, name="protection"),
    path("account/purchases/", shop_purchases.purchases, name="purchases"),
    path("account/data/", my_data.my_data, name="my_data"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path(
        "webhooks/<slug:provider>/connect/",
        webhooks.webhook,
        {"channel": Channel.CONNECT},
        name="webhook_connect",
    ),
    path(
        "webhooks/<slug:provider>/thin/",
        webhooks.webhook,
        {"channel": Channel.THIN},
        name="webhook_thin",
    ),
    path(_SELL, dashboard.overview, name="overview"),
    path(f"{_SELL}orders/", dashboard.seller_orders, name="seller_orders"),
    path(_ONE, dashboard.seller_order, name="seller_order"),
    path(f"{_ONE}ship/", dashboard.ship, name="ship"),
    path(f"{_ONE}cancel/", dashboard.cancel, name="cancel"),
    path(f"{_ONE}refund/", refunds.seller_refund, name="seller_refund"),
    path(f"{_ONE}packing-slip.pdf", papers.slip, name="slip"),
    path(f"{_ONE}customs.pdf", papers.customs, name="customs"),
    path(f"{_ONE}papers/", papers.papers, name="papers"),
    path(f"{_ONE}papers/advance-data.json", papers.papers_advance, name="papers_advance"),
    path(f"{_ONE}papers/<slug:paper>.pdf", papers.paper, name="paper"),
    path(f"{_SELL}cases/", seller_cases.seller_cases, name="seller_cases"),
    path(f"{_SELL}cases/<int:case_id>/", seller_cases.seller_case, name="seller_case"),
    path(f"{_SELL}cases/<int:case_id>/act/", seller_cases.seller_case_act, name="seller_case_act"),
    path(
        f"{_SELL}cases/<int:case_id>/files/<uuid:file_id>/",
        seller_cases.seller_case_file,
        name="seller_case_file",
    ),
    path(f"{_SELL}disputes/", seller_disputes.seller_disputes, name="seller_disputes"),
    path(
        f"{_SELL}disputes/<int:share_id>/",
        seller_disputes.seller_dispute,
        name="seller_dispute",
    ),
    path(f"{_SELL}getting-paid/", getting_paid.getting_paid, name="getting_paid"),
    path(f"{_SELL}getting-paid/continue/", getting_paid.go_on, name="getting_paid_continue"),
    path(f"{_SELL}getting-paid/back/", getting_paid.came_back, name="getting_paid_back"),
    path(f"{_SELL}getting-paid/again/", getting_paid.link_used, name="getting_paid_again"),
    path(f"{_SELL}payouts/", payouts.payouts, name="payouts"),
    path(f"{_SELL}payout-settings/", payout_settings.payout_settings, name="payout_settings"),
    path(f"{_SELL}payout-settings/account/", payout_settings.bank_account, name="bank_account"),
    path("payout-stop/<str:token>/", payout_settings.stop, name="payout_stop"),
    path(f"{_SELL}payouts/<str:number>/", payouts.payout, name="payout"),
    path(f"{_SELL}payouts/<str:number>/lines.csv", statements.payout_csv, name="payout_csv"),
    path(f"{_SELL}payouts/<str:number>/statement.pdf", statements.payout_pdf, name="payout_pdf"),
    path(f"{_SELL}years/<int:year>/", statements.year, name="year"),
    path(f"{_SELL}years/<int:year>/totals.csv", statements.year_csv, name="year_csv"),
    path(f"{_SELL}years/<int:year>/totals.pdf", statements.year_pdf, name="year_pdf"),
]
