"""The address map: each app brings its own pages; this file only says where they hang."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from marketplace.demo import style

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("", include("notifications.urls")),
    path("", include("payments.urls")),
    path("", include("trade.urls")),
    path("", include("sellers.urls")),
    path("", include("shipping.urls")),
    path("", include("orders.urls")),
    path("", include("catalog.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("style/", style.style_page, name="style"))
if settings.SANDBOX_ENABLED:
    urlpatterns.append(path("sandbox/", include("sandbox.urls")))
