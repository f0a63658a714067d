"""manage.py load_demo: fill an empty market with the demo's people, goods and orders."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import User
from marketplace.demo import mark
from marketplace.demo.load import demo_sign_ins, is_loaded, load_market
from marketplace.demo.numbers import join_every_scheme
from marketplace.demo.people import PASSWORD
from payments.services.rates import refresh_rates
from trade.services.sanctions_lists import refresh_demo_list


class Command(BaseCommand):
    """Loads once; a market that already has the demo is left as it is."""

    help = "Fill an empty market with the demo's businesses, listings and orders."

    def handle(self, *args: Any, **options: Any) -> None:
        data_dir, database = settings.DATA_DIR, connection.settings_dict["NAME"]
        if not mark.is_half_loaded(data_dir, database) and is_loaded():
            mark.note_sign_ins(data_dir, people=demo_sign_ins(), password=PASSWORD)
            if settings.DEMO:
                # A market of before the platform had numbers, or the rulebook this scheme.
                join_every_scheme(now=timezone.now())
                refresh_demo_list(now=timezone.now())
            self.stdout.write("The demo market is there already.")
            return
        if not settings.DEMO or not settings.SANDBOX_ENABLED:
            # Whoever takes payments now: the demo's past was paid with the sandbox's cards.
            raise CommandError("The demo market needs DEMO=true and SANDBOX_ENABLED=true.")
        if User.objects.exists():
            raise CommandError(
                "This market is in use already and the demo wants an empty one: use --no-demo."
            )
        started = time.monotonic()
        now = timezone.now()
        with mark.loading(data_dir, database):
            refresh_rates(now=now)
            load_market(now=now, say=self.stdout.write)
        mark.note_sign_ins(data_dir, people=demo_sign_ins(), password=PASSWORD)
        self.stdout.write(f"The demo market stands ({time.monotonic() - started:.0f} s).")
        for who, email in demo_sign_ins():
            self.stdout.write(f"  {who}: {email}  {PASSWORD}")
