from django.apps import AppConfig

from marketplace.celery import app as celery_app

__all__ = ["MarketplaceConfig", "celery_app"]  # importing it here binds every shared task to it


class MarketplaceConfig(AppConfig):
    name = "marketplace"
