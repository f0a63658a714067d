"""The customs desk's own pages and interface; the question "Can I sell it there?" is catalog's."""

from __future__ import annotations

from django.urls import path

from trade import api
from trade.views import codes, destinations

app_name = "trade"
_API = "api/v1/desk/"
urlpatterns = [
    path("trade/hs", codes.hs_search, name="hs_search"),
    path("desk/destinations/", destinations.destinations, name="destinations"),
    path("desk/changes/", destinations.changes, name="changes"),
    path("desk/changes.atom", destinations.changes_feed, name="changes_feed"),
    path("desk/<slug:code>/", destinations.destination, name="destination"),
    path("desk/<slug:code>/changes.atom", destinations.changes_feed, name="destination_feed"),
    path(f"{_API}destinations/", api.PlacesView.as_view(), name="api_destinations"),
    path(f"{_API}destinations/<slug:code>/", api.DestinationView.as_view(), name="api_destination"),
    path(f"{_API}changes/", api.ChangesView.as_view(), name="api_changes"),
]
