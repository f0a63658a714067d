"""Background work: three queues, so that a flood of mail never delays money. The numbers are in settings, with their reasons."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

QUEUES = ("settlement", "notifications", "default")

app = Celery("freeport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
