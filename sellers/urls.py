"""Pages about selling and about businesses."""

from django.urls import path

from sellers.views import dashboard, shop, tax_numbers

app_name = "sellers"
urlpatterns = [
    path("sell/", shop.start, name="start"),
    path("sell/open/", shop.open_page, name="open"),
    path("sell/<slug:slug>/status/", dashboard.status, name="status"),
    path("sell/<slug:slug>/submit/", dashboard.submit, name="submit"),
    path("sell/<slug:slug>/business/", dashboard.business, name="business"),
    path("sell/<slug:slug>/tax-numbers/", tax_numbers.tax_numbers, name="tax_numbers"),
    path(
        "sell/<slug:slug>/tax-numbers/<uuid:registration_id>/end/",
        tax_numbers.end,
        name="tax_number_end",
    ),
    path("sell/<slug:slug>/team/", dashboard.team, name="team"),
    path("sell/<slug:slug>/team/<int:member_id>/", dashboard.member_role, name="member_role"),
    path(
        "sell/<slug:slug>/team/<int:member_id>/remove/",
        dashboard.member_remove,
        name="member_remove",
    ),
]
