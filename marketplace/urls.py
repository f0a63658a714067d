"""The address map: each app brings its own pages; this file only says where they hang."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
]
# TEMPORARY while the rooms are built side by side: only what exists.
ROOMS = [
    "accounts",
    "notifications",
    "sellers",
    "shipping",
    "orders",
    "catalog",
    "trade",
    "payments",
]
urlpatterns += [path("", include(f"{app}.urls")) for app in ROOMS if find_spec(f"{app}.urls")]
urlpatterns.append(path("account/", include("allauth.urls")))
if settings.SANDBOX_ENABLED and find_spec("sandbox.urls"):
    urlpatterns.append(path("sandbox/", include("sandbox.urls")))
