"""The addresses of the basket, the checkout, purchases and orders."""

from __future__ import annotations

from django.urls import path

from orders.views import shop_basket, shop_checkout, shop_payment, shop_purchases, webhooks

app_name = "orders"

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
    path("account/purchases/", shop_purchases.purchases, name="purchases"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
]
