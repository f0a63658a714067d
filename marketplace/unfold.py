"""How the moderators' pages look: the colours of static/css/site.css, our mark, our groups.

`settings` imports this module, so nothing here may touch models; what the side bar shows is
worked out by marketplace/moderation.py for each request.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

# The greens around --brand (600) and, for dark pages, its light counterpart (400).
PRIMARY = {
    "50": "#f0f8f7",
    "100": "#e2efed",
    "200": "#bfe0de",
    "300": "#8edbd9",
    "400": "#67c7c6",
    "500": "#2b8a92",
    "600": "#0c5560",
    "700": "#0a4a54",
    "800": "#083f48",
    "900": "#06323a",
    "950": "#05262a",
}
# From --paper and --line over --ink-3 to the dark pages' surface.
BASE = {
    "50": "#fbfaf6",
    "100": "#f2f0e8",
    "200": "#e0dccf",
    "300": "#c3cac8",
    "400": "#9dabae",
    "500": "#5b686d",
    "600": "#435359",
    "700": "#2b3a3f",
    "800": "#1c2a2e",
    "900": "#152023",
    "950": "#0e1619",
}


def unfold_settings(site_name: str) -> dict[str, Any]:
    """The setting UNFOLD."""
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_URL": "/",
        "SITE_ICON": _mark,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _favicon}],
        "SHOW_VIEW_ON_SITE": True,
        "SHOW_HISTORY": True,
        "SHOW_BACK_BUTTON": True,
        "BORDER_RADIUS": "10px",
        "ENVIRONMENT": "marketplace.moderation.environment",
        "DASHBOARD_CALLBACK": "marketplace.moderation.dashboard",
        "COLORS": {"primary": PRIMARY, "base": BASE},
        "STYLES": [_styles],
        "COMMAND": {"search_models": False, "show_history": False},
        "SIDEBAR": {
            "show_search": False,
            "show_all_applications": False,
            "navigation": "marketplace.moderation.navigation",
        },
    }


def _mark(_request: HttpRequest) -> str:
    return static("svg/favicon.svg")


def _favicon(_request: HttpRequest) -> str:
    return static("svg/favicon.svg")


def _styles(_request: HttpRequest) -> str:
    return static("css/admin.css")
