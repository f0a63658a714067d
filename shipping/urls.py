"""The seller's pages about delivery."""

from django.urls import path

from shipping import views

app_name = "shipping"
_AT = "sell/<slug:slug>/delivery/"
_PROFILE = f"{_AT}<int:profile_id>/"
urlpatterns = [
    path(_AT, views.profiles, name="profiles"),
    path(f"{_AT}item-numbers/", views.item_numbers, name="item_numbers"),
    path(
        f"{_AT}item-numbers/<int:range_id>/remove/",
        views.item_range_remove,
        name="item_range_remove",
    ),
    path(f"{_AT}new/", views.profile_edit, name="profile_new"),
    path(_PROFILE, views.profile_edit, name="profile"),
    path(f"{_PROFILE}remove/", views.profile_remove, name="profile_remove"),
    path(f"{_PROFILE}options/new/", views.option_edit, name="option_new"),
    path(f"{_PROFILE}options/<uuid:option_id>/", views.option_edit, name="option"),
    path(f"{_PROFILE}options/<uuid:option_id>/remove/", views.option_remove, name="option_remove"),
]
