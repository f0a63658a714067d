from django.apps import AppConfig

from marketplace.celery import app as celery_app

# Importing Celery's app here binds every shared task to it, in the web as well as in the workers.
__all__ = ["MarketplaceConfig", "celery_app"]


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        # Tasks import models, which exist only from now on.
        from marketplace.schedule import beat_schedule  # noqa: PLC0415

        celery_app.conf.beat_schedule = beat_schedule()
