"""manage.py rotate_field_keys: encrypt by the first key of FIELD_KEYS what older ones encrypted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.sealing import SealError, present_key
from payments.services.bank_accounts import reseal_bank_data


class Command(BaseCommand):
    """After it has run, the older keys may be taken out of FIELD_KEYS."""

    help = "Encrypt bank data by the first key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = reseal_bank_data()
        except SealError as error:
            raise CommandError(f"{error}.") from None
        self.stdout.write(f"{changed} rows are now encrypted by the key {present_key()}.")
