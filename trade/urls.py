from django.urls import path

from trade import views

app_name = "trade"
urlpatterns = [path("trade/hs", views.hs_search, name="hs_search")]
