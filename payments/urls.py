"""Pages about money that belong to nobody in particular."""

from __future__ import annotations

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [path("rates/", views.rates, name="rates")]
