"""The shop's pages, the seller's listings, and the public interface."""

from __future__ import annotations

from django.urls import path

from catalog.api import desk as desk_api
from catalog.api import market as api
from catalog.views import dashboard, desk, feeds, fees, listing, shop

app_name = "catalog"
_AT = "sell/<slug:slug>/listings/"
_ONE = f"{_AT}<uuid:listing_id>/"
urlpatterns = [
    path("", shop.home, name="home"),
    path("search/", shop.search, name="search"),
    path("c/<path:path>/", shop.category, name="category"),
    path("shops/<slug:slug>/", shop.shop, name="storefront"),
    path("l/<uuid:listing_id>/cost/", listing.listing_cost, name="listing_cost"),
    path("l/<uuid:listing_id>/<slug:slug>/", listing.listing, name="listing"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap"),
    path("sitemap-shelves.xml", feeds.sitemap_shelves, name="sitemap_shelves"),
    path("sitemap-listings-<int:part>.xml", feeds.sitemap_listings, name="sitemap_listings"),
    path("api/v1/categories/", api.CategoriesView.as_view(), name="api_categories"),
    path("api/v1/listings/", api.ListingsView.as_view(), name="api_listings"),
    path("api/v1/listings/<uuid:listing_id>/", api.ListingView.as_view(), name="api_listing"),
    path("api/v1/quotes/", api.QuotesView.as_view(), name="api_quotes"),
    path("api/v1/desk/quote/", desk_api.DeskQuoteView.as_view(), name="api_desk_quote"),
    path("desk/", desk.desk, name="desk"),
    path("fees/", fees.fees, name="fees"),
    path("sell/<slug:slug>/fees/", fees.seller_fees, name="seller_fees"),
    path(_AT, dashboard.listings, name="listings"),
    path(f"{_AT}new/", dashboard.listing_new, name="listing_new"),
    path(f"{_AT}hs/", dashboard.hs_options, name="hs_options"),
    path(_ONE, dashboard.listing_edit, name="listing_edit"),
    path(f"{_ONE}photos/", dashboard.listing_photos, name="listing_photos"),
    path(f"{_ONE}photos/<int:image_id>/", dashboard.photo_change, name="photo_change"),
    path(f"{_ONE}variants/", dashboard.listing_variants, name="listing_variants"),
    path(f"{_ONE}preview/", dashboard.listing_preview, name="listing_preview"),
    path(f"{_ONE}state/", dashboard.listing_state, name="listing_state"),
]
