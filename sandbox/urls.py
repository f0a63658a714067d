"""The provider's pages, below /sandbox/."""

from __future__ import annotations

from django.urls import path

from sandbox import views

app_name = "sandbox"

urlpatterns = [
    path("", views.console, name="console"),
    path("act/", views.act, name="act"),
    path("pay/<str:session_id>/", views.pay, name="pay"),
    path("pay/<str:session_id>/confirm/", views.challenge, name="challenge"),
    path("pay/<str:session_id>/bank/", views.bank, name="bank"),
]
