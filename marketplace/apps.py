from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _

from marketplace.celery import app as celery_app

# Importing Celery's app here binds every shared task to it, in the web as well as in the workers.
__all__ = ["MarketplaceConfig", "celery_app"]


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        # Tasks import models, which exist only from now on.
        from marketplace.schedule import beat_schedule  # noqa: PLC0415

        celery_app.conf.beat_schedule = beat_schedule()
        # Every form of the shop speaks as its own pages do; a field may still say it better.
        Field.default_error_messages["required"] = _("Please fill this in.")
