"""The measure of all pages here: one plain Django page of 24 cards, one query, the usual middleware.

It is as large as the market's own list page (BENCH_PAGE_BYTES), so that both send the same bytes.
Served by the same web server with the same options: `granian … bench.bare:application`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).resolve().parent / "templates"],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            **json.loads(os.environ["BENCH_DATABASE"]),
        }
    },
)
django.setup()
PAGE_BYTES = int(os.environ.get("BENCH_PAGE_BYTES", "0"))


class Maker(models.Model):
    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "sellers_business"

    def __str__(self) -> str:
        return self.name


class Ware(models.Model):
    id = models.UUIDField(primary_key=True)
    business = models.ForeignKey(Maker, on_delete=models.DO_NOTHING)
    title = models.CharField(max_length=120)
    slug = models.CharField(max_length=140)
    currency = models.CharField(max_length=3)
    from_amount = models.BigIntegerField()
    state = models.CharField(max_length=12)
    shop_open = models.BooleanField()
    live_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "catalog_listing"

    def __str__(self) -> str:
        return self.title


def page(request: HttpRequest) -> HttpResponse:
    """The 24 newest wares."""
    wares = (
        Ware._default_manager.filter(state="LIVE", shop_open=True)
        .select_related("business")
        .order_by("-live_at")[:24]
    )
    response = render(request, "bare.html", {"wares": wares})
    missing = PAGE_BYTES - len(response.content)
    if missing > 0:
        response.content += b"." * missing
    return response


urlpatterns = [path("", page)]
application = get_wsgi_application()
