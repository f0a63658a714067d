"""Pages about the visitor."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("address-fields/", views.address_fields, name="address_fields"),
    path("account/", views.profile, name="profile"),
    path("account/addresses/", views.addresses, name="addresses"),
    path("account/addresses/new/", views.edit_address, name="address_new"),
    path("account/addresses/<int:address_id>/", views.edit_address, name="address"),
    path("account/addresses/<int:address_id>/remove/", views.remove_address, name="address_remove"),
]
