"""manage.py load_demo: fill an empty market with the demo's people, goods and orders."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.demo.load import demo_sign_ins, is_loaded, load_market
from marketplace.demo.people import PASSWORD
from payments.services.rates import refresh_rates
from sellers.models import Business


class Command(BaseCommand):
    """Loads once; a market that already has the demo is left as it is."""

    help = "Fill an empty market with the demo's businesses, listings and orders."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_loaded():
            self.stdout.write("The demo market is there already.")
            return
        if not settings.DEMO or not settings.SANDBOX_ENABLED:
            raise CommandError("The demo market needs DEMO=true and the sandbox provider.")
        if Business.objects.exists():
            raise CommandError("This market has businesses already; the demo wants an empty one.")
        started = time.monotonic()
        now = timezone.now()
        refresh_rates(now=now)
        load_market(now=now, say=self.stdout.write)
        self.stdout.write(f"The demo market stands ({time.monotonic() - started:.0f} s).")
        for who, email in demo_sign_ins():
            self.stdout.write(f"  {who}: {email}  {PASSWORD}")
